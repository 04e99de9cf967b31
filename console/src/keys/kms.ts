/** The KMS client of the session, and lists of all pages. Loaded only by what needs keys. */
import { KMSClient, paginateListAliases } from "@aws-sdk/client-kms";
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
