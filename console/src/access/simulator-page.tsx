import { type EvaluationResult, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { iam, listRoles, listUsers } from "./iam";
import { words } from "./text";

interface Who {
  value: string;
  label: string;
}

async function everybody(): Promise<Who[]> {
  const [users, roles] = await Promise.all([listUsers(), listRoles()]);
  return [
    ...users.map(({ Arn = "", UserName = "" }) => ({ value: Arn, label: UserName })),
    ...roles.map(({ Arn = "", RoleName = "" }) => ({ value: Arn, label: RoleName })),
  ];
}

const lines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** What would be decided, and by which statement of which policy. */
export default function SimulatorPage() {
  const t = useText(words);
  const people = useAnswer(everybody, "everybody");
  const [who, setWho] = useState<Who>();
  const [actions, setActions] = useState("ssm:GetParameter");
  const [resources, setResources] = useState("");
  const [results, setResults] = useState<EvaluationResult[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function simulate() {
    setBusy(true);
    setError(undefined);
    try {
      const ResourceArns = lines(resources);
      const { EvaluationResults = [] } = await iam().send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: who?.value,
          ActionNames: lines(actions),
          ResourceArns: ResourceArns.length ? ResourceArns : undefined,
        }),
      );
      setResults(EvaluationResults);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  }

  const statements = (result: EvaluationResult) =>
    (result.MatchedStatements ?? []).map(
      ({ SourcePolicyId = "", StartPosition }) => `${SourcePolicyId}${StartPosition ? `:${StartPosition.Line}` : ""}`,
    );

  return (
    <Page title={t.simulator}>
      <SpaceBetween size="l">
        <Header variant="h1" description={t.simulatorLead}>
          {t.simulator}
        </Header>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (who) void simulate();
          }}
        >
          <Container>
            <SpaceBetween size="m">
              <ProblemAlert error={people.error ?? error} />
              <FormField label={t.who} description={t.whoHint}>
                <Select
                  placeholder={t.who}
                  filteringType="auto"
                  statusType={people.loading ? "loading" : "finished"}
                  selectedOption={who ?? null}
                  options={people.data ?? []}
                  onChange={({ detail }) => setWho(detail.selectedOption as Who)}
                />
              </FormField>
              <FormField label={t.actions} description={t.actionsHint}>
                <Textarea value={actions} rows={3} onChange={({ detail }) => setActions(detail.value)} />
              </FormField>
              <FormField label={t.resources} description={t.resourcesHint}>
                <Textarea
                  value={resources}
                  rows={3}
                  placeholder="arn:aws:ssm:us-east-1:111122223333:parameter/myapp/prod/db/password"
                  onChange={({ detail }) => setResources(detail.value)}
                />
              </FormField>
              <Button variant="primary" formAction="submit" loading={busy} disabled={!who || !lines(actions).length}>
                {t.simulate}
              </Button>
            </SpaceBetween>
          </Container>
        </form>
        <Table
          items={results}
          wrapLines
          ariaLabels={{ tableLabel: t.decision }}
          header={<Header variant="h2">{t.decision}</Header>}
          empty={<Box textAlign="center">{t.noResults}</Box>}
          columnDefinitions={[
            { id: "action", header: t.action, cell: (each) => each.EvalActionName, isRowHeader: true },
            { id: "resource", header: t.resource, cell: (each) => each.EvalResourceName },
            {
              id: "decision",
              header: t.decision,
              cell: ({ EvalDecision = "" }) => (
                <StatusIndicator type={EvalDecision === "allowed" ? "success" : "error"}>
                  {t.decisions[EvalDecision] ?? EvalDecision}
                </StatusIndicator>
              ),
            },
            {
              id: "because",
              header: t.because,
              cell: (each) => statements(each).join(", ") || t.nothingDecides,
            },
          ]}
        />
      </SpaceBetween>
    </Page>
  );
}
