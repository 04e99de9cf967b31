import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatNumber, useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { readHealth } from "./health";
import { words } from "./text";

export default function HealthPage() {
  const t = useText(words);
  const c = useText(common);
  const { data, error, loading, reload } = useAnswer(readHealth, "health");
  const [filter, setFilter] = useState("");
  const metrics = (data?.metrics ?? []).filter((each) => each.name.includes(filter.trim()));
  return (
    <Page title={t.healthTitle}>
      <SpaceBetween size="l">
        <Header
          variant="h1"
          description={t.healthLead}
          actions={<Button iconName="refresh" ariaLabel={c.refresh} loading={loading} onClick={reload} />}
        >
          {t.healthTitle}
        </Header>
        <ProblemAlert error={error} retry={reload} />
        {data && (
          <Container header={<Header variant="h2">{c.status}</Header>}>
            <KeyValuePairs
              columns={4}
              items={[
                { label: t.alive, value: <StatusIndicator type="success">{t.running}</StatusIndicator> },
                {
                  label: t.ready,
                  value: data.ready ? (
                    <StatusIndicator type="success">{c.yes}</StatusIndicator>
                  ) : (
                    <StatusIndicator type="error">{data.reason ?? c.no}</StatusIndicator>
                  ),
                },
                { label: t.version, value: data.version },
                { label: t.took, value: t.milliseconds(formatNumber(Math.round(data.milliseconds * 10) / 10)) },
              ]}
            />
          </Container>
        )}
        <Table
          items={metrics}
          trackBy="name"
          wrapLines
          loading={loading && !data}
          loadingText={c.loading}
          ariaLabels={{ tableLabel: t.metrics }}
          header={
            <Header variant="h2" counter={`(${metrics.length})`} description={t.metricsHint}>
              {t.metrics}
            </Header>
          }
          filter={
            <TextFilter
              filteringText={filter}
              filteringAriaLabel={t.filterMetrics}
              filteringPlaceholder={t.filterMetrics}
              onChange={({ detail }) => setFilter(detail.filteringText)}
            />
          }
          empty={<Box textAlign="center">{t.noMetrics}</Box>}
          columnDefinitions={[
            { id: "name", header: t.metric, cell: (each) => <span className="mono">{each.name}</span>, isRowHeader: true },
            { id: "value", header: c.value, cell: (each) => each.value },
            { id: "meaning", header: t.meaning, cell: (each) => each.meaning },
          ]}
        />
      </SpaceBetween>
    </Page>
  );
}
