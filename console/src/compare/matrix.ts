/** Environments side by side: which keys each path has below it, and whether the values are the same. */
import { type Parameter, paginateGetParametersByPath } from "@aws-sdk/client-ssm";
import { ssm } from "../session/session";

export type State = "missing" | "different" | "same" | "unknown";

export interface Row {
  key: string;
  state: State;
  /** One for each path; undefined where the key is missing. */
  cells: (Parameter | undefined)[];
  /** For each cell a number, which those of one value share; undefined where no value was compared. */
  alike: (number | undefined)[];
}

export interface Environment {
  path: string;
  parameters: Parameter[];
}

/** All below a path. Secrets come as ciphertext, which is left out, unless `secrets` asks to compare them. */
export async function readEnvironment(path: string, secrets: boolean): Promise<Environment> {
  const parameters: Parameter[] = [];
  const request = { Path: path, Recursive: true, WithDecryption: secrets };
  for await (const page of paginateGetParametersByPath({ client: ssm() }, request)) {
    parameters.push(...(page.Parameters ?? []));
  }
  return { path, parameters };
}

/** The name of a key below a path. */
export function below(path: string, key: string): string {
  return `${path === "/" ? "" : path}/${key}`;
}

const ORDER: readonly State[] = ["missing", "different", "unknown", "same"];

function stateOf(cells: readonly (Parameter | undefined)[], secrets: boolean): State {
  if (cells.some((cell) => !cell)) return "missing";
  const [first] = cells;
  if (cells.some((cell) => cell?.Type !== first?.Type)) return "different";
  if (first?.Type === "SecureString" && !secrets) return "unknown";
  return cells.every((cell) => cell?.Value === first?.Value) ? "same" : "different";
}

function alike(cells: readonly (Parameter | undefined)[], secrets: boolean): Row["alike"] {
  const values = cells.map((cell) => (cell && (secrets || cell.Type !== "SecureString") ? cell.Value : undefined));
  return values.map((value) => (value === undefined ? undefined : values.indexOf(value)));
}

/** Missing first, then different. No row keeps the value of a secret. */
export function compare(environments: readonly Environment[], secrets: boolean): Row[] {
  const columns = environments.map(({ path, parameters }) => {
    const base = below(path, "");
    // Of names without a slash "/" holds some, too.
    const key = (name = "") => (name.startsWith(base) ? name.slice(base.length) : name);
    return new Map(parameters.map((each) => [key(each.Name), each]));
  });
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort();
  return keys
    .map((key) => {
      const cells = columns.map((column) => column.get(key));
      const shown = cells.map((cell) => (cell?.Type === "SecureString" ? { ...cell, Value: undefined } : cell));
      return { key, state: stateOf(cells, secrets), cells: shown, alike: alike(cells, secrets) };
    })
    .sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
}
