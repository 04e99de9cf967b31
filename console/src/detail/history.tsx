import type { ParameterHistory } from "@aws-sdk/client-ssm";
import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { lazy, Suspense, useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { LabelDialog } from "./label-dialog";
import { history } from "./read";
import { RestoreDialog } from "./restore-dialog";
import { words } from "./text";

const DiffDialog = lazy(() => import("./diff"));

export function History({ name, onChanged }: { name: string; onChanged: () => void }) {
  const t = useText(words);
  const c = useText(common);
  const { data = [], error, loading, reload } = useAnswer(() => history(name), name);
  const [selected, setSelected] = useState<ParameterHistory[]>([]);
  const [dialog, setDialog] = useState<"diff" | "labels" | "restore">();
  const newest = data[0]?.Version ?? 0;
  const chosen = data.filter((each) => selected.some((other) => other.Version === each.Version));
  const [one, other] = chosen;

  function changed() {
    reload();
    onChanged();
  }

  return (
    <>
      <Table
        items={data}
        loading={loading && data.length === 0}
        loadingText={c.loading}
        selectionType="multi"
        selectedItems={chosen}
        trackBy={(each) => String(each.Version)}
        isItemDisabled={(each) => chosen.length >= 2 && !chosen.includes(each)}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems.slice(-2))}
        ariaLabels={{
          tableLabel: t.versions,
          selectionGroupLabel: t.versions,
          allItemsSelectionLabel: () => t.versions,
          itemSelectionLabel: (_, each) => t.selectVersion(each.Version ?? 0),
        }}
        wrapLines
        empty={<ProblemAlert error={error} retry={reload} />}
        header={
          <Header
            variant="h2"
            counter={`(${data.length})`}
            description={t.versionsHint}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel={c.refresh} onClick={reload} />
                <Button disabled={chosen.length !== 2} onClick={() => setDialog("diff")}>
                  {t.compare}
                </Button>
                <Button disabled={chosen.length !== 1} onClick={() => setDialog("labels")}>
                  {t.labels}
                </Button>
                <Button
                  disabled={chosen.length !== 1 || one?.Version === newest}
                  onClick={() => setDialog("restore")}
                >
                  {t.restore}
                </Button>
              </SpaceBetween>
            }
          >
            {t.versions}
          </Header>
        }
        columnDefinitions={[
          {
            id: "version",
            header: c.version,
            isRowHeader: true,
            cell: (each) => (
              <>
                {each.Version} {each.Version === newest && <Badge color="blue">{t.current}</Badge>}
              </>
            ),
          },
          {
            id: "labels",
            header: t.labels,
            cell: (each) => (
              <SpaceBetween direction="horizontal" size="xxs">
                {(each.Labels ?? []).map((label) => (
                  <Badge key={label} color="green">
                    {label}
                  </Badge>
                ))}
              </SpaceBetween>
            ),
          },
          {
            id: "value",
            header: c.value,
            cell: (each) =>
              each.Value === undefined ? (
                <span role="img" aria-label={t.hidden}>••••••••</span>
              ) : (
                <span className="mono">{each.Value.length > 120 ? `${each.Value.slice(0, 120)}…` : each.Value}</span>
              ),
          },
          { id: "modified", header: c.modified, cell: (each) => formatTime(each.LastModifiedDate) },
          { id: "user", header: c.modifiedBy, cell: (each) => each.LastModifiedUser },
        ]}
      />
      {dialog === "diff" && one && other && (
        <Suspense>
          <DiffDialog name={name} newer={one} older={other} onClose={() => setDialog(undefined)} />
        </Suspense>
      )}
      {dialog === "labels" && one && (
        <LabelDialog
          name={name}
          version={one}
          versions={data}
          onClose={() => setDialog(undefined)}
          onChanged={changed}
        />
      )}
      {dialog === "restore" && one && data[0] && (
        <RestoreDialog
          name={name}
          version={one}
          current={data[0]}
          onClose={() => setDialog(undefined)}
          onDone={() => {
            setDialog(undefined);
            setSelected([]);
            changed();
          }}
        />
      )}
    </>
  );
}
