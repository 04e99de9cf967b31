/** A parameter as the form has it: what is wrong with it, and the request it becomes. The server has the last word. */
import type { PutParameterCommandInput, Tag } from "@aws-sdk/client-ssm";
import type { FormText } from "./text";

export type ParameterType = "String" | "StringList" | "SecureString";
export type Tier = "Standard" | "Advanced" | "Intelligent-Tiering";

export interface Policies {
  /** Local date and time, as `<input type="datetime-local">` has it. */
  expiration: string;
  notifyBefore: string;
  notifyUnchanged: string;
  beforeUnit: "Days" | "Hours";
  unchangedUnit: "Days" | "Hours";
}

export interface Draft {
  name: string;
  description: string;
  tier: Tier;
  type: ParameterType;
  dataType: string;
  keyId: string;
  value: string;
  pattern: string;
  tags: { key: string; value: string }[];
  policies: Policies;
}

export const NO_POLICIES: Policies = {
  expiration: "",
  notifyBefore: "",
  notifyUnchanged: "",
  beforeUnit: "Days",
  unchangedUnit: "Days",
};

export const NEW: Draft = {
  name: "",
  description: "",
  tier: "Standard",
  type: "String",
  dataType: "text",
  keyId: "alias/aws/ssm",
  value: "",
  pattern: "",
  tags: [],
  policies: NO_POLICIES,
};

export type Faults = Partial<Record<"name" | "description" | "value" | "pattern" | "tags" | "policies", string>>;

const encoder = new TextEncoder();

/** Bytes of UTF-8, which is what the server counts. */
export function sizeOf(value: string): number {
  return encoder.encode(value).length;
}

export function largest(tier: Tier): number {
  return tier === "Standard" ? 4096 : 8192;
}

export function nameFault(name: string, t: FormText): string | undefined {
  if (!name) return t.nameMissing;
  if (!/^[A-Za-z0-9_.\-/]+$/.test(name)) return t.nameCharacters;
  if (name.includes("//") || name.endsWith("/")) return t.nameSlashes;
  if (name.includes("/") && !name.startsWith("/")) return t.nameQualified;
  if (/^\/?(aws|ssm)/i.test(name)) return t.nameReserved;
  if (name.split("/").filter(Boolean).length > 15) return t.nameDeep;
  return undefined;
}

export function faultsOf(draft: Draft, t: FormText, withValue = true): Faults {
  const faults: Faults = {};
  const name = nameFault(draft.name.trim(), t);
  if (name) faults.name = name;
  if (draft.description.length > 1024) faults.description = t.descriptionLong;
  if (withValue) {
    const size = sizeOf(draft.value);
    if (!draft.value) faults.value = t.valueMissing;
    else if (size > largest(draft.tier)) faults.value = draft.tier === "Standard" ? t.valueForAdvanced : t.valueLong;
    else if (draft.type === "StringList" && draft.value.split(",").some((item) => !item)) faults.value = t.listGap;
  }
  if (draft.tags.some((tag) => !tag.key)) faults.tags = t.tagKey;
  else if (new Set(draft.tags.map((tag) => tag.key)).size < draft.tags.length) faults.tags = t.tagTwice;
  const { expiration, notifyBefore } = draft.policies;
  if (notifyBefore && !expiration) faults.policies = t.policyNeedsExpiration;
  return faults;
}

/** Parameter policies as AWS's JSON; undefined where there are none. */
export function policiesOf(policies: Policies): string | undefined {
  const { expiration, notifyBefore, beforeUnit, notifyUnchanged, unchangedUnit } = policies;
  const written = [
    expiration && { Type: "Expiration", Version: "1.0", Attributes: { Timestamp: new Date(expiration).toISOString() } },
    notifyBefore && {
      Type: "ExpirationNotification",
      Version: "1.0",
      Attributes: { Before: notifyBefore, Unit: beforeUnit },
    },
    notifyUnchanged && {
      Type: "NoChangeNotification",
      Version: "1.0",
      Attributes: { After: notifyUnchanged, Unit: unchangedUnit },
    },
  ].filter(Boolean);
  return written.length ? JSON.stringify(written) : undefined;
}

/** The form's fields of the policies a parameter has. */
export function readPolicies(texts: readonly (string | undefined)[]): Policies {
  const policies = { ...NO_POLICIES };
  for (const text of texts) {
    const { Type, Attributes } = JSON.parse(text ?? "{}") as { Type?: string; Attributes?: Record<string, string> };
    if (Type === "Expiration" && Attributes?.["Timestamp"]) {
      const moment = new Date(Attributes["Timestamp"]);
      policies.expiration = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    } else if (Type === "ExpirationNotification") {
      policies.notifyBefore = Attributes?.["Before"] ?? "";
      policies.beforeUnit = Attributes?.["Unit"] === "Hours" ? "Hours" : "Days";
    } else if (Type === "NoChangeNotification") {
      policies.notifyUnchanged = Attributes?.["After"] ?? "";
      policies.unchangedUnit = Attributes?.["Unit"] === "Hours" ? "Hours" : "Days";
    }
  }
  return policies;
}

export function toTags(tags: Draft["tags"]): Tag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** PutParameter of a new parameter, or with `overwrite` of a new version. */
export function toRequest(draft: Draft, overwrite: boolean): PutParameterCommandInput {
  const policies = policiesOf(draft.policies);
  return {
    Name: draft.name.trim(),
    Value: draft.value,
    Type: draft.type,
    Tier: draft.tier,
    Description: draft.description || (overwrite ? "" : undefined),
    AllowedPattern: draft.pattern || (overwrite ? "" : undefined),
    DataType: draft.type === "String" ? draft.dataType : undefined,
    KeyId: draft.type === "SecureString" ? draft.keyId || undefined : undefined,
    Policies: policies ?? (overwrite && draft.tier === "Advanced" ? "[]" : undefined),
    Tags: !overwrite && draft.tags.length ? toTags(draft.tags) : undefined,
    Overwrite: overwrite || undefined,
  };
}
