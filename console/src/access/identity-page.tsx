import {
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  RemoveUserFromGroupCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useLocation, useSearchParams } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { formatTime, useText } from "../i18n/text";
import { href } from "../layout/links";
import { notify, notifyProblem } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { AccessKeys } from "./access-keys";
import { DeleteButton } from "./delete-button";
import { DocumentEditor } from "./document-editor";
import { groupsOf, iam, readDocument } from "./iam";
import { callsOf, type Identity, Permissions } from "./permissions";
import { words } from "./text";

interface Shown {
  arn?: string;
  created?: Date;
  groups?: string[];
  trust?: string;
}

async function load({ kind, name }: Identity): Promise<Shown> {
  if (kind === "user") {
    const [{ User }, groups] = await Promise.all([iam().send(new GetUserCommand({ UserName: name })), groupsOf(name)]);
    return { arn: User?.Arn, created: User?.CreateDate, groups };
  }
  const { Role } = await iam().send(new GetRoleCommand({ RoleName: name }));
  return { arn: Role?.Arn, created: Role?.CreateDate, trust: readDocument(Role?.AssumeRolePolicyDocument) };
}

/** IAM deletes what nothing hangs on any more. */
async function strip(identity: Identity): Promise<void> {
  const calls = callsOf(identity);
  for (const { PolicyArn = "" } of (await calls.attached()).AttachedPolicies ?? []) await calls.detach(PolicyArn);
  for (const name of (await calls.inline()).PolicyNames ?? []) await calls.remove(name);
}

async function remove(identity: Identity): Promise<void> {
  await strip(identity);
  if (identity.kind === "role") {
    await iam().send(new DeleteRoleCommand({ RoleName: identity.name }));
    return;
  }
  const user = { UserName: identity.name };
  const { AccessKeyMetadata = [] } = await iam().send(new ListAccessKeysCommand(user));
  for (const { AccessKeyId } of AccessKeyMetadata) await iam().send(new DeleteAccessKeyCommand({ ...user, AccessKeyId }));
  for (const GroupName of await groupsOf(identity.name)) {
    await iam().send(new RemoveUserFromGroupCommand({ ...user, GroupName }));
  }
  await iam().send(new DeleteUserCommand(user));
}

function IdentityPage({ kind }: { kind: Identity["kind"] }) {
  const t = useText(words);
  const [, navigate] = useLocation();
  const [query] = useSearchParams();
  const name = query.get("name") ?? "";
  const identity: Identity = { kind, name };
  const { data, error, loading, reload } = useAnswer(() => load(identity), `${kind} ${name}`);
  const list = kind === "user" ? { text: t.users, path: "/users" } : { text: t.roles, path: "/roles" };

  async function saveTrust(document: string) {
    try {
      await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: document }));
      notify("success", t.changed);
      reload();
    } catch (failure) {
      notifyProblem(failure);
    }
  }

  return (
    <Page title={name} crumbs={[{ text: list.text, href: href(list.path) }]}>
      <SpaceBetween size="l">
        <Header
          variant="h1"
          actions={
            data && (
              <DeleteButton name={name} onDelete={() => remove(identity)} onDone={() => navigate(list.path)} />
            )
          }
        >
          {name}
        </Header>
        <ProblemAlert error={error} retry={reload} />
        {loading && !data && <Spinner size="large" />}
        {data && (
          <SpaceBetween size="l">
            <Container>
              <KeyValuePairs
                columns={3}
                items={[
                  { label: t.arn, value: data.arn },
                  { label: t.created, value: formatTime(data.created) },
                  ...(data.groups ? [{ label: t.groups, value: data.groups.join(", ") || "–" }] : []),
                ]}
              />
            </Container>
            {kind === "user" && <AccessKeys user={name} />}
            {data.trust !== undefined && (
              <Container header={<Header variant="h2">{t.trust}</Header>}>
                <DocumentEditor value={data.trust} label={t.document} onSave={saveTrust} />
              </Container>
            )}
            <Permissions identity={identity} />
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Page>
  );
}

export const UserPage = () => <IdentityPage kind="user" />;
export const RolePage = () => <IdentityPage kind="role" />;
