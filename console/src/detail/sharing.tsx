import {
  DeleteResourcePolicyCommand,
  type GetResourcePoliciesResponseEntry,
  type ParameterMetadata,
  PutResourcePolicyCommand,
  paginateGetResourcePolicies,
} from "@aws-sdk/client-ssm";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { ssm } from "../session/session";
import { words } from "./text";

const READS = ["ssm:GetParameter", "ssm:GetParameters", "ssm:DescribeParameters", "ssm:GetParameterHistory"];

async function load(arn: string): Promise<GetResourcePoliciesResponseEntry[]> {
  const policies: GetResourcePoliciesResponseEntry[] = [];
  for await (const page of paginateGetResourcePolicies({ client: ssm() }, { ResourceArn: arn })) {
    policies.push(...(page.Policies ?? []));
  }
  return policies;
}

/** The policy that lets accounts read one parameter. */
function allowing(accounts: readonly string[], arn: string): string {
  const partition = arn.split(":")[1];
  const principals = accounts.map((account) => `arn:${partition}:iam::${account}:root`);
  const statement = { Effect: "Allow", Principal: { AWS: principals }, Action: READS, Resource: arn };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

function pretty(policy: string | undefined): string {
  try {
    return JSON.stringify(JSON.parse(policy ?? ""), undefined, 2);
  } catch {
    return policy ?? "";
  }
}

function accountsIn(policy: string | undefined): string {
  return [...new Set((policy ?? "").match(/\b\d{12}\b(?=:root|")/g) ?? [])].join(", ") || "–";
}

export function Sharing({ parameter }: { parameter: ParameterMetadata }) {
  const t = useText(words);
  const arn = parameter.ARN ?? "";
  const advanced = parameter.Tier === "Advanced";
  const { data = [], error, loading, reload } = useAnswer(() => load(arn), arn);
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<unknown>();
  const accounts = text.split(/[\s,]+/).filter(Boolean);
  const bad = accounts.some((account) => !/^\d{12}$/.test(account));

  async function act(what: () => Promise<unknown>, said: string) {
    setFailure(undefined);
    try {
      await what();
      notify("success", said);
      setText("");
      reload();
    } catch (refused) {
      setFailure(refused);
    }
  }

  const share = () =>
    act(
      () => ssm().send(new PutResourcePolicyCommand({ ResourceArn: arn, Policy: allowing(accounts, arn) })),
      t.shared,
    );
  const unshare = ({ PolicyId, PolicyHash }: GetResourcePoliciesResponseEntry) =>
    act(() => ssm().send(new DeleteResourcePolicyCommand({ ResourceArn: arn, PolicyId, PolicyHash })), t.unshared);

  return (
    <Container
      header={
        <Header variant="h2" description={t.sharingHint} counter={`(${data.length})`}>
          {t.sharing}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ProblemAlert error={error ?? failure} retry={error === undefined ? undefined : reload} />
        {!advanced && <Alert type="info">{t.sharingTier}</Alert>}
        {advanced && parameter.Type === "SecureString" && <Alert type="info">{t.sharingKey}</Alert>}
        {advanced && !loading && data.length === 0 && <Box>{t.notShared}</Box>}
        {data.map((each) => (
          <SpaceBetween key={each.PolicyId} size="xs">
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
              <Box>
                {t.sharedWith}: <strong>{accountsIn(each.Policy)}</strong>
              </Box>
              <Button onClick={() => void unshare(each)}>{t.unshare}</Button>
            </SpaceBetween>
            <ExpandableSection headerText={t.policyDocument}>
              <pre className="mono">{pretty(each.Policy)}</pre>
            </ExpandableSection>
          </SpaceBetween>
        ))}
        {advanced && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (accounts.length && !bad) void share();
            }}
          >
            <SpaceBetween size="s">
              <FormField label={t.accounts} description={t.accountsHint} errorText={bad && t.accountsBad}>
                <Input value={text} onChange={({ detail }) => setText(detail.value)} placeholder="111122223333" />
              </FormField>
              <Button formAction="submit" disabled={!accounts.length || bad}>
                {t.share}
              </Button>
            </SpaceBetween>
          </form>
        )}
      </SpaceBetween>
    </Container>
  );
}
