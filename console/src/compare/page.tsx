import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { BASE, parameterPath } from "../layout/links";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { CopyDialog } from "./copy-dialog";
import { compare, readEnvironment, type Row, type State } from "./matrix";
import { words } from "./text";

const ICONS: Record<State, StatusIndicatorProps.Type> = {
  missing: "error",
  different: "warning",
  same: "success",
  unknown: "info",
};

const clean = (path: string) => path.trim().replace(/(?<=.)\/+$/, "");

export default function ComparePage() {
  const t = useText(words);
  const c = useText(common);
  const [query, setQuery] = useSearchParams();
  const paths = query.getAll("path");
  const secrets = query.get("secrets") === "yes";
  const [typed, setTyped] = useState(() => [...paths, "", ""].slice(0, Math.max(2, paths.length)));
  const [withSecrets, setWithSecrets] = useState(secrets);
  const [differences, setDifferences] = useState(true);
  const [selected, setSelected] = useState<Row[]>([]);
  const [copying, setCopying] = useState(false);
  const wanted = typed.map(clean).filter(Boolean);
  const bad = wanted.some((path) => !path.startsWith("/"));

  const { data, error, loading, reload } = useAnswer(
    async () => compare(await Promise.all(paths.map((path) => readEnvironment(path, secrets))), secrets),
    JSON.stringify([paths, secrets]),
  );
  const all = paths.length > 1 ? (data ?? []) : [];
  const rows = differences ? all.filter((row) => row.state !== "same") : all;
  const count = (state: State) => all.filter((row) => row.state === state).length;

  function run() {
    setSelected([]);
    setQuery(new URLSearchParams([...wanted.map((path) => ["path", path]), ...(withSecrets ? [["secrets", "yes"]] : [])]));
    reload();
  }

  return (
    <Page title={t.title}>
      <SpaceBetween size="l">
        <Header variant="h1" description={t.lead}>
          {t.title}
        </Header>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (wanted.length > 1 && !bad) run();
          }}
        >
          <Container
            header={
              <Header variant="h2" description={t.pathsHint}>
                {t.paths}
              </Header>
            }
          >
            <SpaceBetween size="m">
              <AttributeEditor<string>
                items={typed}
                addButtonText={t.add}
                removeButtonText={c.remove}
                removeButtonAriaLabel={(path) => t.removePath(path)}
                isItemRemovable={() => typed.length > 2}
                disableAddButton={typed.length >= 5}
                onAddButtonClick={() => setTyped([...typed, ""])}
                onRemoveButtonClick={({ detail }) => setTyped(typed.filter((_, index) => index !== detail.itemIndex))}
                definition={[
                  {
                    label: t.path,
                    control: (path, index) => (
                      <Input
                        value={path}
                        ariaLabel={t.pathNumber(index + 1)}
                        placeholder="/myapp/dev"
                        spellcheck={false}
                        onChange={({ detail }) => setTyped(typed.map((each, at) => (at === index ? detail.value : each)))}
                      />
                    ),
                    errorText: (path) => (path && !path.startsWith("/") ? t.badPath : undefined),
                  },
                ]}
              />
              <Checkbox
                checked={withSecrets}
                description={t.secretsHint}
                onChange={({ detail }) => setWithSecrets(detail.checked)}
              >
                {t.secrets}
              </Checkbox>
              <Button variant="primary" formAction="submit" disabled={wanted.length < 2 || bad}>
                {t.run}
              </Button>
            </SpaceBetween>
          </Container>
        </form>
        <ProblemAlert error={error} retry={reload} />
        <Table<Row>
          items={rows}
          trackBy="key"
          loading={loading && paths.length > 1}
          loadingText={c.loading}
          wrapLines
          selectionType="multi"
          selectedItems={selected}
          onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
          ariaLabels={{
            tableLabel: t.title,
            selectionGroupLabel: t.selection,
            allItemsSelectionLabel: () => t.selection,
            itemSelectionLabel: (_, row) => t.select(row.key),
          }}
          header={
            <Header
              variant="h2"
              counter={`(${rows.length}/${all.length})`}
              description={all.length ? t.counts(count("missing"), count("different")) : undefined}
              actions={
                <Button disabled={!selected.length} onClick={() => setCopying(true)}>
                  {t.copy}
                </Button>
              }
            >
              {t.result}
            </Header>
          }
          filter={
            <Checkbox checked={differences} onChange={({ detail }) => setDifferences(detail.checked)}>
              {t.onlyDifferences}
            </Checkbox>
          }
          empty={
            <Box textAlign="center">
              <strong>{all.length ? t.allSame : t.empty}</strong>
              <Box color="text-body-secondary">{all.length ? t.allSameNext : t.emptyNext}</Box>
            </Box>
          }
          columnDefinitions={[
            { id: "key", header: t.key, cell: (row) => row.key, isRowHeader: true },
            {
              id: "state",
              header: t.result,
              cell: (row) => <StatusIndicator type={ICONS[row.state]}>{t.states[row.state]}</StatusIndicator>,
            },
            ...paths.map((path, index) => ({
              id: `path-${index}`,
              header: path,
              cell: (row: Row) => {
                const cell = row.cells[index];
                if (!cell) return <Box color="text-status-error">{t.missingCell}</Box>;
                return (
                  <Link href={BASE + parameterPath(cell.Name ?? "")}>
                    {cell.Value === undefined ? "••••••••" : <span className="mono">{cell.Value}</span>}
                  </Link>
                );
              },
            })),
          ]}
        />
      </SpaceBetween>
      {copying && (
        <CopyDialog
          rows={selected}
          paths={paths}
          onClose={() => setCopying(false)}
          onDone={() => {
            setCopying(false);
            setSelected([]);
            reload();
          }}
        />
      )}
    </Page>
  );
}
