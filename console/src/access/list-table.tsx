import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import type { Answer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { words } from "./text";

interface Props<T> {
  title: string;
  lead: string;
  answer: Answer<T[]>;
  nameOf: (item: T) => string;
  columns: TableProps.ColumnDefinition<T>[];
  empty: string;
  emptyNext?: string;
  createText: string;
  onCreate: () => void;
}

/** The lists of IAM look alike: all of them at once, filtered by name. */
export function ListTable<T>({ title, lead, answer, nameOf, columns, empty, emptyNext, createText, onCreate }: Props<T>) {
  const t = useText(words);
  const c = useText(common);
  const [filter, setFilter] = useState("");
  const { data = [], error, loading, reload } = answer;
  const rows = data.filter((item) => nameOf(item).toLowerCase().includes(filter.trim().toLowerCase()));
  return (
    <Table<T>
      items={rows}
      trackBy={nameOf}
      loading={loading && data.length === 0}
      loadingText={c.loading}
      ariaLabels={{ tableLabel: title }}
      wrapLines
      header={
        <Header
          variant="h1"
          counter={`(${rows.length})`}
          description={lead}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel={c.refresh} onClick={reload} />
              <Button variant="primary" onClick={onCreate}>
                {createText}
              </Button>
            </SpaceBetween>
          }
        >
          {title}
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
            <strong>{empty}</strong>
            {emptyNext && <Box color="text-body-secondary">{emptyNext}</Box>}
          </Box>
        )
      }
      columnDefinitions={columns}
    />
  );
}
