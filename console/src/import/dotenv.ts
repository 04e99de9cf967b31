/** `.env` files as the dotenv family reads them: `export`, comments, quotes, `\n` within double quotes, quoted line breaks. */
export interface Entry {
  key: string;
  value: string;
}

export interface Parsed {
  entries: Entry[];
  /** Lines that say nothing this understands, counted from 1. */
  unread: number[];
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$" };

export function parseDotenv(text: string): Parsed {
  const found = new Map<string, string>();
  const unread: number[] = [];
  let rest = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  let line = 1;
  while (rest) {
    const start = LINE.exec(rest.slice(0, (rest.indexOf("\n") + 1 || rest.length + 1) - 1));
    let taken: number;
    if (start?.[1] !== undefined) {
      const [value, length] = readValue(rest.slice(start[0].length));
      found.delete(start[1]);
      found.set(start[1], value);
      taken = start[0].length + length;
    } else {
      taken = rest.indexOf("\n") < 0 ? rest.length : rest.indexOf("\n");
      if (!/^\s*(#|$)/.test(rest.slice(0, taken))) unread.push(line);
    }
    const end = rest.indexOf("\n", taken);
    const next = end < 0 ? rest.length : end + 1;
    line += rest.slice(0, next).split("\n").length - 1;
    rest = rest.slice(next);
  }
  return { entries: [...found].map(([key, value]) => ({ key, value })), unread };
}

/** The value at the beginning of the text, and how much of the text it takes. */
function readValue(text: string): [value: string, length: number] {
  const quote = text[0];
  if (quote === '"' || quote === "'" || quote === "`") {
    const body = quote === '"' ? /^"((?:[^"\\]|\\[\s\S])*)"/ : quote === "'" ? /^'([^']*)'/ : /^`([^`]*)`/;
    const quoted = body.exec(text);
    if (quoted?.[1] !== undefined) {
      const value = quote === '"' ? quoted[1].replace(/\\([nrt"\\$])/g, (_, mark: string) => ESCAPES[mark] ?? mark) : quoted[1];
      return [value, quoted[0].length];
    }
  }
  const end = text.indexOf("\n");
  const line = end < 0 ? text : text.slice(0, end);
  return [line.replace(/(^|\s)#.*$/, "").trim(), line.length];
}
