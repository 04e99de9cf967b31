/** Short messages above the page: what was done, what failed. */
import { useSyncExternalStore } from "react";
import { problem } from "../aws/problem";

export interface Notice {
  id: string;
  type: "success" | "error" | "info" | "warning";
  header: string;
  content?: string;
  /** A button. Such a notice stays until whoever put it there takes it away. */
  action?: { text: string; run: () => void };
}

let notices: readonly Notice[] = [];
let standing: Notice | undefined;
let shown: readonly Notice[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next;
  shown = standing ? [standing, ...notices] : notices;
  listeners.forEach((each) => each());
}

export function notify(type: Notice["type"], header: string, content?: string): void {
  last += 1;
  set([{ id: `notice-${last}`, type, header, content }, ...notices].slice(0, 4));
}

/** Put the one notice that nobody can dismiss above the others, put another in its place, or take it away. */
export function stand(notice: Notice | undefined): void {
  standing = notice;
  set(notices);
}

export function notifyProblem(error: unknown): void {
  const { title, detail, next } = problem(error);
  notify("error", title, [detail, next].filter(Boolean).join(" "));
}

export function dismiss(id: string): void {
  set(notices.filter((each) => each.id !== id));
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}
