import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { lazy, Suspense, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { SnippetTabs } from "../form/snippet-tabs";
import { reading } from "../form/snippets";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { editPath, href, parameterPath } from "../layout/links";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { History } from "./history";
import { Overview } from "./overview";
import { describe } from "./read";
import { Sharing } from "./sharing";
import { Tags } from "./tags";
import { words } from "./text";

const Activity = lazy(() => import("../trail/activity"));
const DeleteDialog = lazy(() => import("../parameters/delete-dialog"));

function Detail({ name, parameter, reload }: { name: string; parameter: ParameterMetadata; reload: () => void }) {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const [query] = useSearchParams();
  const [deleting, setDeleting] = useState(false);
  const foreign = name.startsWith("arn:");
  const tab = (id: string, label: string, content: React.ReactNode) => ({ id, label, content });
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          !foreign && (
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel={c.refresh} onClick={reload} />
              <Button onClick={() => setDeleting(true)}>{c.delete}</Button>
              <Button variant="primary" onClick={() => navigate(editPath(name))}>
                {c.edit}
              </Button>
            </SpaceBetween>
          )
        }
      >
        {parameter.Name}
      </Header>
      {foreign && <Alert type="info">{t.others}</Alert>}
      <Tabs
        activeTabId={query.get("tab") ?? "overview"}
        onChange={({ detail }) => navigate(parameterPath(name, detail.activeTabId), { replace: true })}
        tabs={[
          tab("overview", t.overview, <Overview name={name} parameter={parameter} />),
          tab("history", t.history, <History name={name} onChanged={reload} />),
          ...(foreign
            ? []
            : [
                tab("tags", t.tags, <Tags name={name} />),
                tab("sharing", t.sharing, <Sharing parameter={parameter} />),
              ]),
          tab(
            "activity",
            t.activity,
            <Suspense fallback={<Spinner />}>
              <Activity name={name} />
            </Suspense>,
          ),
          tab(
            "use",
            t.use,
            <Container
              header={
                <Header variant="h2" description={t.useHint}>
                  {t.use}
                </Header>
              }
            >
              <SnippetTabs snippets={reading(name, parameter.Type === "SecureString")} />
            </Container>,
          ),
        ]}
      />
      {deleting && (
        <Suspense>
          <DeleteDialog
            names={[name]}
            onClose={() => setDeleting(false)}
            onDeleted={() => navigate("/parameters")}
          />
        </Suspense>
      )}
    </SpaceBetween>
  );
}

export default function DetailPage() {
  const c = useText(common);
  const [query] = useSearchParams();
  const name = query.get("name") ?? "";
  const { data, error, loading, reload } = useAnswer(() => describe(name), name);
  return (
    <Page title={data?.Name ?? name} crumbs={[{ text: c.parameters, href: href("/parameters") }]}>
      {data ? (
        <Detail key={name} name={name} parameter={data} reload={reload} />
      ) : loading ? (
        <Spinner size="large" />
      ) : (
        <SpaceBetween size="m">
          <Header variant="h1">{name}</Header>
          <ProblemAlert error={error} retry={reload} />
        </SpaceBetween>
      )}
    </Page>
  );
}
