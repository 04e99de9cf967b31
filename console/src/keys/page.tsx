import { CancelKeyDeletionCommand, DisableKeyCommand, EnableKeyCommand } from "@aws-sdk/client-kms";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { notify, notifyProblem } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { CreateDialog } from "./create-dialog";
import { DeleteKeyDialog } from "./delete-dialog";
import { Details } from "./details";
import { type Key, kms, listKeys } from "./kms";
import { words } from "./text";

function State({ state }: { state: string | undefined }) {
  const type = state === "Enabled" ? "success" : state === "Disabled" ? "stopped" : "warning";
  return <StatusIndicator type={type}>{state}</StatusIndicator>;
}

export default function KeysPage() {
  const t = useText(words);
  const c = useText(common);
  const [query, setQuery] = useSearchParams();
  const { data = [], error, loading, reload } = useAnswer(listKeys, "keys");
  const [filter, setFilter] = useState("");
  const [dialog, setDialog] = useState<"create" | "delete">();
  const wanted = filter.trim().toLowerCase();
  const rows = data.filter((key) => [key.KeyId ?? "", ...key.aliases].some((each) => each.toLowerCase().includes(wanted)));
  const chosen = data.find((key) => key.KeyId === query.get("key"));
  const own = chosen?.KeyManager === "CUSTOMER" ? chosen : undefined;
  const pending = own?.KeyState === "PendingDeletion";

  async function act(send: () => Promise<unknown>) {
    try {
      await send();
      notify("success", t.done);
      reload();
    } catch (failure) {
      notifyProblem(failure);
    }
  }

  const KeyId = own?.KeyId;
  return (
    <Page title={t.title}>
      <SpaceBetween size="l">
        <Table<Key>
          items={rows}
          trackBy="KeyId"
          loading={loading && data.length === 0}
          loadingText={c.loading}
          selectionType="single"
          selectedItems={chosen ? [chosen] : []}
          onSelectionChange={({ detail }) => setQuery({ key: detail.selectedItems[0]?.KeyId ?? "" })}
          ariaLabels={{
            tableLabel: t.title,
            selectionGroupLabel: t.selection,
            itemSelectionLabel: (_, key) => t.select(key.aliases[0] ?? key.KeyId ?? ""),
          }}
          header={
            <Header
              variant="h1"
              counter={`(${rows.length})`}
              description={t.lead}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button iconName="refresh" ariaLabel={c.refresh} onClick={reload} />
                  {own?.KeyState === "Disabled" ? (
                    <Button onClick={() => void act(() => kms().send(new EnableKeyCommand({ KeyId })))}>{t.enable}</Button>
                  ) : (
                    <Button
                      disabled={own?.KeyState !== "Enabled"}
                      onClick={() => void act(() => kms().send(new DisableKeyCommand({ KeyId })))}
                    >
                      {t.disable}
                    </Button>
                  )}
                  {pending ? (
                    <Button onClick={() => void act(() => kms().send(new CancelKeyDeletionCommand({ KeyId })))}>
                      {t.cancelDeletion}
                    </Button>
                  ) : (
                    <Button disabled={!own} onClick={() => setDialog("delete")}>
                      {t.schedule}
                    </Button>
                  )}
                  <Button variant="primary" onClick={() => setDialog("create")}>
                    {t.create}
                  </Button>
                </SpaceBetween>
              }
            >
              {t.title}
            </Header>
          }
          filter={
            <TextFilter
              filteringText={filter}
              filteringAriaLabel={t.filter}
              filteringPlaceholder={t.filter}
              onChange={({ detail }) => setFilter(detail.filteringText)}
            />
          }
          empty={
            error !== undefined ? (
              <ProblemAlert error={error} retry={reload} />
            ) : (
              <Box textAlign="center">
                <strong>{t.empty}</strong>
                <Box color="text-body-secondary">{t.emptyNext}</Box>
              </Box>
            )
          }
          columnDefinitions={[
            { id: "alias", header: t.alias, cell: (key) => key.aliases.join(", ") || t.noAlias, isRowHeader: true },
            { id: "id", header: t.keyId, cell: (key) => key.KeyId },
            { id: "state", header: t.state, cell: (key) => <State state={key.KeyState} /> },
            { id: "spec", header: t.spec, cell: (key) => key.KeySpec },
            {
              id: "manager",
              header: t.managedBy,
              cell: (key) => t.managers[key.KeyManager === "AWS" ? "AWS" : "CUSTOMER"],
            },
            { id: "created", header: t.created, cell: (key) => formatTime(key.CreationDate) },
          ]}
        />
        {chosen ? <Details key={chosen.KeyId} of={chosen} /> : <Box color="text-body-secondary">{t.choose}</Box>}
      </SpaceBetween>
      {dialog === "create" && (
        <CreateDialog
          onClose={() => setDialog(undefined)}
          onDone={() => {
            setDialog(undefined);
            reload();
          }}
        />
      )}
      {dialog === "delete" && KeyId && (
        <DeleteKeyDialog
          keyId={KeyId}
          onClose={() => setDialog(undefined)}
          onDone={() => {
            setDialog(undefined);
            reload();
          }}
        />
      )}
    </Page>
  );
}
