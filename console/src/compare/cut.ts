const WHOLE = 40; // characters
const HEAD = 12;
const TAIL = 24;

/** A value in one short line: its beginning and its end, or instead of the end where it parts from `other`. */
export function cut(value: string, other?: string): string {
  const line = oneLine(value);
  if (line.length <= WHOLE) return line;
  const at = other === undefined ? 0 : parting(line, oneLine(other));
  const last = line.length - TAIL;
  const tail = at < HEAD ? last : Math.max(HEAD, Math.min(at - TAIL / 2, last));
  return `${line.slice(0, HEAD)}…${line.slice(tail, tail + TAIL)}${tail < last ? "…" : ""}`;
}

function oneLine(value: string): string {
  return value.replace(/\s*\n\s*/g, " ↵ ");
}

function parting(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}
