/** The IAM client of the session, lists of all pages, and documents as IAM writes them. */
import {
  IAMClient,
  paginateListGroupsForUser,
  paginateListPolicies,
  paginateListRoles,
  paginateListUsers,
  type Policy,
  type Role,
  type User,
} from "@aws-sdk/client-iam";
import { clientSettings } from "../session/session";

export function iam(): IAMClient {
  return new IAMClient(clientSettings());
}

export async function listUsers(): Promise<User[]> {
  const users: User[] = [];
  for await (const page of paginateListUsers({ client: iam() }, {})) users.push(...(page.Users ?? []));
  return users;
}

export async function listRoles(): Promise<Role[]> {
  const roles: Role[] = [];
  for await (const page of paginateListRoles({ client: iam() }, {})) roles.push(...(page.Roles ?? []));
  return roles;
}

export async function listPolicies(scope: "All" | "Local" = "All"): Promise<Policy[]> {
  const policies: Policy[] = [];
  for await (const page of paginateListPolicies({ client: iam() }, { Scope: scope })) {
    policies.push(...(page.Policies ?? []));
  }
  return policies;
}

export async function groupsOf(user: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListGroupsForUser({ client: iam() }, { UserName: user })) {
    names.push(...(page.Groups ?? []).flatMap((group) => group.GroupName ?? []));
  }
  return names;
}

/** A policy document to read and edit. IAM gives it percent-encoded. */
export function readDocument(document: string | undefined): string {
  const text = decodeURIComponent(document ?? "");
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** What to begin a policy with: reading what lies below a path. */
export const STARTER = JSON.stringify(
  {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
        Resource: "arn:aws:ssm:*:*:parameter/myapp/*",
      },
      { Effect: "Allow", Action: "ssm:DescribeParameters", Resource: "*" },
    ],
  },
  undefined,
  2,
);
