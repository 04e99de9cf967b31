/** The KMS client of the session, and what the pages ask of it. Loaded only by what needs keys. */
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type GrantListEntry,
  KMSClient,
  type KeyMetadata,
  ListAliasesCommand,
  paginateListAliases,
  paginateListGrants,
  paginateListKeyRotations,
  paginateListKeys,
  paginateListResourceTags,
} from "@aws-sdk/client-kms";
import { clientSettings } from "../session/session";

export function kms(): KMSClient {
  return new KMSClient(clientSettings());
}

export async function listAliases(): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListAliases({ client: kms() }, {})) {
    names.push(...(page.Aliases ?? []).flatMap((alias) => alias.AliasName ?? []));
  }
  return names;
}

export interface Key extends KeyMetadata {
  aliases: string[];
}

/** Every key of the account and Region, with what DescribeKey says and its aliases. */
export async function listKeys(): Promise<Key[]> {
  const client = kms();
  const aliases = new Map<string, string[]>();
  for await (const page of paginateListAliases({ client }, {})) {
    for (const { AliasName, TargetKeyId } of page.Aliases ?? []) {
      if (AliasName && TargetKeyId) aliases.set(TargetKeyId, [...(aliases.get(TargetKeyId) ?? []), AliasName]);
    }
  }
  const keys: Key[] = [];
  for await (const page of paginateListKeys({ client }, {})) {
    const described = await Promise.all(
      (page.Keys ?? []).map(({ KeyId }) => client.send(new DescribeKeyCommand({ KeyId }))),
    );
    for (const { KeyMetadata } of described) {
      if (KeyMetadata) keys.push({ ...KeyMetadata, aliases: aliases.get(KeyMetadata.KeyId ?? "") ?? [] });
    }
  }
  return keys;
}

export interface KeyDetails {
  policy: string;
  aliases: string[];
  /** Undefined where a key of this kind does not rotate. */
  rotation?: { automatic: boolean; times: number };
}

export async function readKey(key: Key): Promise<KeyDetails> {
  const client = kms();
  const { KeyId } = key;
  const [{ Policy = "" }, { Aliases = [] }] = await Promise.all([
    client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" })),
    client.send(new ListAliasesCommand({ KeyId })),
  ]);
  let rotation: KeyDetails["rotation"];
  if (key.KeySpec === "SYMMETRIC_DEFAULT" && key.Origin === "AWS_KMS" && key.KeyState !== "PendingDeletion") {
    const { KeyRotationEnabled = false } = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
    let times = 0;
    for await (const page of paginateListKeyRotations({ client }, { KeyId })) times += page.Rotations?.length ?? 0;
    rotation = { automatic: KeyRotationEnabled, times };
  }
  return { policy: pretty(Policy), aliases: Aliases.flatMap((alias) => alias.AliasName ?? []), rotation };
}

export async function listTags(KeyId: string): Promise<{ key: string; value: string }[]> {
  const tags: { key: string; value: string }[] = [];
  for await (const page of paginateListResourceTags({ client: kms() }, { KeyId })) {
    tags.push(...(page.Tags ?? []).map(({ TagKey = "", TagValue = "" }) => ({ key: TagKey, value: TagValue })));
  }
  return tags;
}

export async function listGrants(KeyId: string): Promise<GrantListEntry[]> {
  const grants: GrantListEntry[] = [];
  for await (const page of paginateListGrants({ client: kms() }, { KeyId })) grants.push(...(page.Grants ?? []));
  return grants;
}

function pretty(policy: string): string {
  try {
    return JSON.stringify(JSON.parse(policy), undefined, 2);
  } catch {
    return policy;
  }
}
