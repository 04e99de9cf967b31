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

// Making a formatter takes far longer than using one, and a table uses one for every row.
const times = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

function kept<T>(made: Map<string, T>, key: string, make: () => T): T {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

export function formatTime(time: Date | undefined, timeStyle: "short" | "medium" = "short"): string {
  if (!time) return "–";
  const { language } = preferences();
  const format = kept(times, language + timeStyle, () => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle }));
  return format.format(time);
}

/** The time of day, where the day is today. */
export function formatClock(time: Date): string {
  const { language } = preferences();
  return kept(times, `${language} clock`, () => new Intl.DateTimeFormat(language, { timeStyle: "short" })).format(time);
}

export function formatNumber(number: number): string {
  const { language } = preferences();
  return kept(numbers, language, () => new Intl.NumberFormat(language)).format(number);
}
