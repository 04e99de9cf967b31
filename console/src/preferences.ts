/** What a person chose about the console itself, kept in this browser. Nothing secret, nothing about parameters. */
import { useSyncExternalStore } from "react";

export type Language = "en" | "ko";
export type Theme = "system" | "light" | "dark";

export interface Preferences {
  language: Language;
  theme: Theme;
  dense: boolean;
  /** Minutes without a key or a click until the sign-in ends. */
  idleMinutes: number;
  region: string;
  pageSize: number;
  columns: string[];
  wrapLines: boolean;
  hierarchy: boolean;
}

const KEY = "parastore.preferences";
const DEFAULTS: Preferences = {
  language: navigator.language.startsWith("ko") ? "ko" : "en",
  theme: "system",
  dense: false,
  idleMinutes: 30,
  region: "us-east-1",
  pageSize: 50,
  columns: ["name", "tier", "type", "modified"],
  wrapLines: false,
  hierarchy: true,
};

function stored(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

let current = stored();
const listeners = new Set<() => void>();

export function preferences(): Preferences {
  return current;
}

export function choose(changes: Partial<Preferences>): void {
  current = { ...current, ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Without storage a choice lasts until the page is closed.
  }
  listeners.forEach((each) => each());
}

export function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreferences, preferences);
}
