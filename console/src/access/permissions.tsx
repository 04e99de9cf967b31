import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify, notifyProblem } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { CreateDialog } from "./create-dialog";
import { DocumentEditor } from "./document-editor";
import { iam, listPolicies, readDocument, STARTER } from "./iam";
import { words } from "./text";

export type Identity = { kind: "user" | "role"; name: string };

/** The calls that are the same for users and roles but for their names. */
export function callsOf({ kind, name }: Identity) {
  const user = { UserName: name };
  const role = { RoleName: name };
  const client = iam();
  const isUser = kind === "user";
  return {
    attached: () =>
      isUser ? client.send(new ListAttachedUserPoliciesCommand(user)) : client.send(new ListAttachedRolePoliciesCommand(role)),
    inline: () => (isUser ? client.send(new ListUserPoliciesCommand(user)) : client.send(new ListRolePoliciesCommand(role))),
    read: (PolicyName: string) =>
      isUser
        ? client.send(new GetUserPolicyCommand({ ...user, PolicyName }))
        : client.send(new GetRolePolicyCommand({ ...role, PolicyName })),
    put: (PolicyName: string, PolicyDocument: string) =>
      isUser
        ? client.send(new PutUserPolicyCommand({ ...user, PolicyName, PolicyDocument }))
        : client.send(new PutRolePolicyCommand({ ...role, PolicyName, PolicyDocument })),
    remove: (PolicyName: string) =>
      isUser
        ? client.send(new DeleteUserPolicyCommand({ ...user, PolicyName }))
        : client.send(new DeleteRolePolicyCommand({ ...role, PolicyName })),
    attach: (PolicyArn: string) =>
      isUser
        ? client.send(new AttachUserPolicyCommand({ ...user, PolicyArn }))
        : client.send(new AttachRolePolicyCommand({ ...role, PolicyArn })),
    detach: (PolicyArn: string) =>
      isUser
        ? client.send(new DetachUserPolicyCommand({ ...user, PolicyArn }))
        : client.send(new DetachRolePolicyCommand({ ...role, PolicyArn })),
  };
}

interface Held {
  attached: { arn: string; name: string }[];
  inline: { name: string; document: string }[];
}

async function load(identity: Identity): Promise<Held> {
  const calls = callsOf(identity);
  const [{ AttachedPolicies = [] }, { PolicyNames = [] }] = await Promise.all([calls.attached(), calls.inline()]);
  const inline = await Promise.all(
    PolicyNames.map(async (name) => ({ name, document: readDocument((await calls.read(name)).PolicyDocument) })),
  );
  return { attached: AttachedPolicies.map(({ PolicyArn = "", PolicyName = "" }) => ({ arn: PolicyArn, name: PolicyName })), inline };
}

/** What a user or role may do: managed policies attached, inline policies to edit. */
export function Permissions({ identity }: { identity: Identity }) {
  const t = useText(words);
  const c = useText(common);
  const { data, error, reload } = useAnswer(() => load(identity), `${identity.kind} ${identity.name}`);
  const policies = useAnswer(() => listPolicies(), "policies");
  const [chosen, setChosen] = useState<{ value?: string; label?: string }>();
  const [adding, setAdding] = useState(false);
  const calls = callsOf(identity);

  async function act(send: () => Promise<unknown>) {
    try {
      await send();
      notify("success", t.changed);
      reload();
    } catch (failure) {
      notifyProblem(failure);
    }
  }

  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => setAdding(true)}>{t.addInline}</Button>}>
          {t.permissions}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ProblemAlert error={error} retry={reload} />
        <SpaceBetween size="s">
          <Box variant="h3">{t.attached}</Box>
          {data?.attached.length === 0 && <Box>{t.noneAttached}</Box>}
          {data?.attached.map(({ arn, name }) => (
            <SpaceBetween key={arn} direction="horizontal" size="s" alignItems="center">
              <strong>{name}</strong>
              <Button ariaLabel={`${t.detach} ${name}`} onClick={() => void act(() => calls.detach(arn))}>
                {t.detach}
              </Button>
            </SpaceBetween>
          ))}
          <SpaceBetween direction="horizontal" size="s">
            <div className="wide-select">
              <Select
                ariaLabel={t.choosePolicy}
                placeholder={t.choosePolicy}
                filteringType="auto"
                statusType={policies.loading ? "loading" : "finished"}
                selectedOption={chosen ?? null}
                options={(policies.data ?? []).map(({ Arn, PolicyName }) => ({ value: Arn, label: PolicyName }))}
                onChange={({ detail }) => setChosen(detail.selectedOption)}
              />
            </div>
            <Button
              disabled={!chosen}
              onClick={() => {
                setChosen(undefined);
                void act(() => calls.attach(chosen?.value ?? ""));
              }}
            >
              {t.attach}
            </Button>
          </SpaceBetween>
        </SpaceBetween>
        <SpaceBetween size="s">
          <Box variant="h3">{t.inline}</Box>
          {data?.inline.length === 0 && <Box>{t.noneInline}</Box>}
          {data?.inline.map(({ name, document }) => (
            <ExpandableSection
              key={name}
              headerText={name}
              headerActions={
                <Button ariaLabel={`${c.remove} ${name}`} onClick={() => void act(() => calls.remove(name))}>
                  {c.remove}
                </Button>
              }
              variant="container"
            >
              <DocumentEditor value={document} label={t.document} onSave={(text) => act(() => calls.put(name, text))} />
            </ExpandableSection>
          ))}
        </SpaceBetween>
      </SpaceBetween>
      {adding && (
        <CreateDialog
          title={t.addInline}
          nameLabel={t.policyName}
          document={{ label: t.document, starter: STARTER }}
          onCreate={(name, text) => calls.put(name, text)}
          onClose={() => setAdding(false)}
          onDone={() => {
            setAdding(false);
            reload();
          }}
        />
      )}
    </Container>
  );
}
