/** Words in two languages. Each room keeps its own beside its pages, so that a page brings only what it shows. */
import { type Language, preferences, usePreferences } from "../preferences";

export type Text<T> = Record<Language, T>;

/** The same words twice; the compiler sees to it that none is missing. */
export function text<T>(en: T, ko: NoInfer<T>): Text<T> {
  return { en, ko };
}

export function useText<T>(words: Text<T>): T {
  return words[usePreferences().language];
}

export function say<T>(words: Text<T>): T {
  return words[preferences().language];
}

export function formatTime(time: Date | undefined, timeStyle: "short" | "medium" = "short"): string {
  if (!time) return "–";
  return new Intl.DateTimeFormat(preferences().language, { dateStyle: "medium", timeStyle }).format(time);
}

export function formatNumber(number: number): string {
  return new Intl.NumberFormat(preferences().language).format(number);
}
