import type { LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { type ReactNode, useEffect, useState } from "react";
import { isDenied, problem } from "../aws/problem";
import { common } from "../i18n/common";
import { formatNumber, formatTime, useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { PAGE, useEvents } from "./lookup";
import { RecordDialog } from "./record-dialog";
import type { Row } from "./records";
import { words } from "./text";

interface Props {
  title: string;
  lead: string;
  /** The heading of the page, or of a part of it. */
  variant: "h1" | "h2";
  request: LookupEventsCommandInput;
  filter?: ReactNode;
  empty: string;
  emptyNext: ReactNode;
  onRefresh: () => void;
}

function Trouble({ error, retry }: { error: unknown; retry: () => void }) {
  const t = useText(words);
  const c = useText(common);
  if (!isDenied(error)) return <ProblemAlert error={error} retry={retry} />;
  return (
    <Alert type="error" header={t.denied} action={<Button onClick={retry}>{c.refresh}</Button>}>
      <div>{problem(error).detail}</div>
      <div>{t.deniedNext}</div>
    </Alert>
  );
}

/** Events of the trail as a table, and each one's record to read. */
export function Events({ title, lead, variant, request, filter, empty, emptyNext, onRefresh }: Props) {
  const t = useText(words);
  const c = useText(common);
  const { rows, complete, loading, error, more } = useEvents(request);
  const [page, setPage] = useState(1);
  const [shown, setShown] = useState<Row>();
  useEffect(() => setPage(1), [request]);
  const here = rows.slice((page - 1) * PAGE, page * PAGE);

  function turnTo(next: number) {
    setPage(next);
    if (!complete && !loading && rows.length < next * PAGE) more();
  }

  return (
    <>
      <Table<Row>
        items={here}
        trackBy="id"
        loading={loading && here.length === 0}
        loadingText={c.loading}
        wrapLines
        ariaLabels={{ tableLabel: title }}
        header={
          <Header
            variant={variant}
            counter={`(${formatNumber(rows.length)}${complete ? "" : "+"})`}
            description={lead}
            actions={<Button iconName="refresh" ariaLabel={c.refresh} onClick={onRefresh} />}
          >
            {title}
          </Header>
        }
        filter={
          <SpaceBetween size="s">
            {filter}
            {error !== undefined && here.length > 0 && <Trouble error={error} retry={more} />}
          </SpaceBetween>
        }
        pagination={
          <Pagination
            currentPageIndex={page}
            pagesCount={Math.max(1, page, Math.ceil(rows.length / PAGE))}
            openEnd={!complete}
            disabled={loading}
            ariaLabels={{ pageLabel: t.pageNumber, previousPageLabel: t.previous, nextPageLabel: t.next }}
            onChange={({ detail }) => turnTo(detail.currentPageIndex)}
          />
        }
        empty={
          error !== undefined ? (
            <Trouble error={error} retry={more} />
          ) : (
            <Box textAlign="center" padding={{ vertical: "l" }}>
              <SpaceBetween size="s">
                <strong>{complete ? (page > 1 ? t.noMore : empty) : t.nothingSoFar}</strong>
                {complete ? (
                  page === 1 && <Box color="text-body-secondary">{emptyNext}</Box>
                ) : (
                  <Button onClick={more}>{t.further}</Button>
                )}
              </SpaceBetween>
            </Box>
          )
        }
        columnDefinitions={[
          { id: "time", header: t.time, cell: (row) => formatTime(row.time, "medium"), minWidth: 190 },
          {
            id: "event",
            header: t.event,
            isRowHeader: true,
            minWidth: 215,
            cell: (row) => (
              <Button variant="inline-link" ariaLabel={t.show(row.name)} onClick={() => setShown(row)}>
                {row.name}
              </Button>
            ),
          },
          { id: "principal", header: t.principal, cell: (row) => row.principal, minWidth: 120 },
          {
            id: "resource",
            header: t.resource,
            cell: (row) => (row.resources.length ? row.resources.map((each) => <div key={each}>{each}</div>) : "–"),
          },
          { id: "address", header: t.address, cell: (row) => row.address, minWidth: 125 },
          {
            id: "error",
            header: t.error,
            minWidth: 90,
            cell: (row) => (row.error ? <StatusIndicator type="error">{row.error}</StatusIndicator> : "–"),
          },
        ]}
      />
      {shown && <RecordDialog row={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
