/**
 * Rows that are not drawn are stood for by a gap, above and below those that are. A gap is selected when all of its rows
 * are, so that the table's box for all, which knows only what it was given, speaks of the whole page.
 */
import type { ParameterMetadata } from "@aws-sdk/client-ssm";

export interface Gap {
  gap: "above" | "below";
  rows: readonly ParameterMetadata[];
  /** CSS pixels. */
  height: number;
}

export type Row = ParameterMetadata | Gap;

export function isGap(row: Row): row is Gap {
  return "gap" in row;
}

export function idOf(row: Row): string {
  return isGap(row) ? row.gap : (row.ARN ?? row.Name ?? "");
}

/** Which of `shown` are selected. They are the rows themselves, not copies: the table knows them by that. */
export function marked(selected: readonly ParameterMetadata[], shown: readonly Row[]): Row[] {
  const ids = new Set(selected.map(idOf));
  return shown.filter((row) => (isGap(row) ? row.rows.every((each) => ids.has(idOf(each))) : ids.has(idOf(row))));
}

/** What is selected after a table of `shown` said which of it are. What it does not show stays as it was. */
export function chosen(before: readonly ParameterMetadata[], said: readonly Row[], shown: readonly Row[]): ParameterMetadata[] {
  const was = new Set(marked(before, shown).map(idOf));
  const now = new Set(said.map(idOf));
  const result = new Map(before.map((row) => [idOf(row), row]));
  for (const row of shown) {
    if (was.has(idOf(row)) === now.has(idOf(row))) continue;
    for (const each of isGap(row) ? row.rows : [row]) {
      if (now.has(idOf(row))) result.set(idOf(each), each);
      else result.delete(idOf(each));
    }
  }
  return [...result.values()];
}

/** The one row that was chosen or left out, if it was one. */
export function toggled(
  before: readonly ParameterMetadata[],
  after: readonly ParameterMetadata[],
): ParameterMetadata | undefined {
  const [had, has] = [new Set(before.map(idOf)), new Set(after.map(idOf))];
  const changed = [...after.filter((row) => !had.has(idOf(row))), ...before.filter((row) => !has.has(idOf(row)))];
  return changed.length === 1 ? changed[0] : undefined;
}

/** With Shift held, all of a page between the row `from` and the one that was toggled goes with it, drawn or not. */
export function between(
  after: readonly ParameterMetadata[],
  page: readonly ParameterMetadata[],
  from: string,
  to: string,
): ParameterMetadata[] {
  const [start, end] = [from, to].map((id) => page.findIndex((row) => idOf(row) === id)) as [number, number];
  if (start < 0 || end < 0) return [...after];
  const range = page.slice(Math.min(start, end), Math.max(start, end) + 1);
  const inside = new Set(range.map(idOf));
  const others = after.filter((row) => !inside.has(idOf(row)));
  return after.some((row) => idOf(row) === to) ? [...others, ...range] : others;
}
