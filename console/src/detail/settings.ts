/** What a version is besides its value: what two of them differ in, and what writing one again takes. */
import type { ParameterHistory, ParameterInlinePolicy, PutParameterCommandInput } from "@aws-sdk/client-ssm";
import type { CommonText } from "../i18n/common";

/** A policy as people read it: `Expiration 2031-01-02T03:04:00.000Z`. */
export function sayPolicy({ PolicyType = "", PolicyText }: ParameterInlinePolicy): string {
  const { Attributes } = JSON.parse(PolicyText ?? "{}") as { Attributes?: Record<string, string> };
  return [PolicyType, ...Object.values(Attributes ?? {})].join(" ");
}

export interface Change {
  label: string;
  /** Empty for none. */
  was: string;
  is: string;
}

export function sayChange({ was, is }: Change): string {
  return `${was || "–"} → ${is || "–"}`;
}

/** What becomes another when `after` takes the place of `before`. */
export function changes(c: CommonText, before: ParameterHistory, after: ParameterHistory): Change[] {
  const policies = (version: ParameterHistory) => (version.Policies ?? []).map(sayPolicy).join(", ");
  const all: [label: string, before: string | undefined, after: string | undefined][] = [
    [c.type, before.Type, after.Type],
    [c.description, before.Description, after.Description],
    [c.tier, before.Tier, after.Tier],
    [c.keyId, before.KeyId, after.KeyId],
    [c.dataType, before.DataType, after.DataType],
    [c.pattern, before.AllowedPattern, after.AllowedPattern],
    [c.policies, policies(before), policies(after)],
  ];
  return all.map(([label, was = "", is = ""]) => ({ label, was, is })).filter(({ was, is }) => was !== is);
}

/** The same for `KeyValuePairs`. */
export function changedPairs(...of: Parameters<typeof changes>) {
  return changes(...of).map((change) => ({ label: change.label, value: sayChange(change) }));
}

/** The policies of a version as PutParameter takes them; "[]" for none. */
export function policiesAgain(policies: readonly ParameterInlinePolicy[] = []): string {
  return `[${policies.map((each) => each.PolicyText).join(",")}]`;
}

/** PutParameter of a version in the place of `current`, but its value. A tier does not go down. */
export function again(version: ParameterHistory, current: ParameterHistory, policies: boolean): Omit<PutParameterCommandInput, "Name" | "Value"> {
  const advanced = [version.Tier, current.Tier].includes("Advanced");
  return {
    Type: version.Type,
    Description: version.Description ?? "",
    AllowedPattern: version.AllowedPattern ?? "",
    KeyId: version.KeyId,
    DataType: version.DataType,
    Tier: advanced ? "Advanced" : version.Tier,
    Policies: advanced && policies ? policiesAgain(version.Policies) : undefined,
    Overwrite: true,
  };
}
