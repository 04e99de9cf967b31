/** What copying a key to another path changes there, and what is to be written for it. */
import type { Parameter, ParameterMetadata, PutParameterCommandInput, Tag } from "@aws-sdk/client-ssm";
import { again, type Change, changes } from "../detail/settings";
import type { CommonText } from "../i18n/common";
import { below, type Row } from "./matrix";

/** What goes along with value, type, description, pattern and key. */
export interface Along {
  tags: boolean;
  policies: boolean;
}

/** What is there, by name: the settings of source and target, and their tags where those go along. */
export interface Known {
  settings: ReadonlyMap<string, ParameterMetadata>;
  tags: ReadonlyMap<string, Tag[]>;
}

/**
 * `absent`: there is nothing to copy. `stale`: it is not any more what was compared. `same`: nothing changes.
 * `retag`: only its tags change, which makes no version.
 */
export type Outlook = "create" | "overwrite" | "retag" | "same" | "absent" | "stale";

export interface Review {
  key: string;
  /** The target. */
  name: string;
  outlook: Outlook;
  /** The target and the source as compared; of a secret without its value. */
  was?: Parameter;
  is?: Parameter;
  /** Whether the value is known to stay what it is. */
  sameValue: boolean;
  /** Settings and tags. */
  changed: Change[];
  /** The new version, but its value; undefined if there is to be none. */
  put?: Omit<PutParameterCommandInput, "Value">;
  /** What a parameter that exists is tagged with after that. */
  tags: Tag[];
}

/** What a new parameter has without being asked. */
const NEW: ParameterMetadata = { Tier: "Standard", DataType: "text" };

/** `from` and `to` are columns of the row, `path` is the target's. */
export function review(c: CommonText, row: Row, from: number, to: number, path: string, known: Known, along: Along): Review {
  const [is, was] = [row.cells[from], row.cells[to]];
  const name = targetName(row, to, path);
  const nothing = { key: row.key, name, was, is, sameValue: false, changed: [], tags: [] };
  if (!is) return { ...nothing, outlook: "absent" };
  const [source, target] = [known.settings.get(is.Name ?? ""), known.settings.get(name)];
  if (!source || source.Version !== is.Version || target?.Version !== was?.Version) return { ...nothing, outlook: "stale" };

  const policies = along.policies && Boolean(source.Policies?.length);
  const request = again(source, target ?? {}, policies);
  const after = { ...source, Tier: request.Tier, Policies: policies ? source.Policies : target?.Policies };
  const settings = changes(c, target ?? NEW, after);
  const sameValue = row.alike[from] !== undefined && row.alike[from] === row.alike[to];
  const had = new Map(known.tags.get(name)?.map(({ Key, Value }) => [Key, Value]));
  const tags = (known.tags.get(is.Name ?? "") ?? []).filter(({ Key, Value }) => had.get(Key) !== Value);
  const changed = [
    ...settings,
    ...tags.map(({ Key = "", Value = "" }) => ({ label: `${c.tags}: ${Key}`, was: had.get(Key) ?? "", is: Value })),
  ];

  // Only a new parameter takes its tags with it.
  if (!target) {
    const put = { ...request, Name: name, Overwrite: undefined, Tags: tags.length ? tags : undefined };
    return { ...nothing, outlook: "create", changed, put };
  }
  if (sameValue && !settings.length) return { ...nothing, outlook: tags.length ? "retag" : "same", sameValue, changed, tags };
  return { ...nothing, outlook: "overwrite", sameValue, changed, put: { ...request, Name: name }, tags };
}

/** The name of a row's target, whether it is there or not. */
export function targetName(row: Row, to: number, path: string): string {
  return row.cells[to]?.Name ?? below(path, row.key);
}
