/** What can be said of a value before it is sent, here in the browser. */

/** Whether the pattern takes the whole value (each item of a list), as this browser reads regular expressions. */
export function matches(pattern: string, value: string, isList: boolean): boolean | "unreadable" {
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern})$`, "u");
  } catch {
    return "unreadable";
  }
  return (isList ? value.split(",") : [value]).every((item) => expression.test(item));
}

const HINT = /passw(or)?d|passwd|pwd|secret|token|api[-_]?key|private[-_]?key|credential/i;
const MARKS = [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, /\bAKIA[0-9A-Z]{16}\b/, /\beyJ[\w-]+\.eyJ[\w-]+\./, /:\/\/[^\s:/@]+:[^\s@]+@/];
const PLACEHOLDER = /^(true|false|none|null|enabled|disabled|changeme|[0-9.]+|arn:.*|https?:\/\/[^:@]*)$/i;

/** Whether plain text looks like a secret, by its name or its form. The server's guard looks more closely. */
export function looksSecret(name: string, value: string): boolean {
  if (value.length < 8) return false;
  const last = name.slice(name.lastIndexOf("/") + 1);
  if (HINT.test(last) && !PLACEHOLDER.test(value) && !value.includes(" ")) return true;
  return MARKS.some((mark) => mark.test(value)) || (value.match(/[A-Za-z0-9+/=_-]{20,}/g) ?? []).some(isRandom);
}

function isRandom(word: string): boolean {
  if (!/[0-9]/.test(word) || !/[a-z]/.test(word) || !/[A-Z]/.test(word)) return false;
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / word.length) * Math.log2(n / word.length), 0) > 4;
}

export interface Lint {
  language: "JSON" | "YAML";
  fault?: string;
}

/** JSON by its first character, YAML by lines of `key:`; undefined for anything else. */
export async function lint(value: string): Promise<Lint | undefined> {
  const text = value.trim();
  if (/^[[{]/.test(text) && !text.startsWith("{{")) {
    try {
      JSON.parse(text);
      return { language: "JSON" };
    } catch (error) {
      return { language: "JSON", fault: (error as Error).message };
    }
  }
  if (!text.includes("\n") || !/^[\w.-]+:(\s|$)/m.test(text)) return undefined;
  const { parseDocument } = await import("yaml");
  const [fault] = parseDocument(value).errors;
  return { language: "YAML", fault: fault?.message.split("\n")[0] };
}

export const ALPHABETS = {
  letters: "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
  digits: "23456789",
  symbols: "!#$%&*+-=?@^_~",
};

/** Characters drawn evenly with the browser's cryptographic generator. */
export function generate(length: number, alphabet: string): string {
  const limit = 256 - (256 % alphabet.length); // beyond it some characters would come more often
  let made = "";
  while (made.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      if (byte < limit && made.length < length) made += alphabet[byte % alphabet.length];
    }
  }
  return made;
}
