import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { common } from "../i18n/common";
import { formatNumber, useText } from "../i18n/text";
import { editPath, href, parameterPath } from "../layout/links";
import { ProblemAlert } from "../layout/problem-alert";
import { Page } from "../layout/shell";
import { choose, usePreferences } from "../preferences";
import { useAddress } from "./address";
import { useCatalogue } from "./catalogue";
import { columns, nameToRead } from "./columns";
import { filteringOptions, filteringProperties, toFilters } from "./filters";
import { words } from "./text";

const Tree = lazy(() => import("./tree").then(({ Tree }) => ({ default: Tree })));
const DeleteDialog = lazy(() => import("./delete-dialog"));
const ListPreferences = lazy(() => import("./preferences"));

export function ParametersPage() {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const { pageSize, columns: visible, wrapLines, hierarchy, language } = usePreferences();
  const [{ tokens, path, page, sort, descending, shared }, show] = useAddress();
  const [round, setRound] = useState(0);
  const [selected, setSelected] = useState<ParameterMetadata[]>([]);
  const [deleting, setDeleting] = useState(false);
  const [askedPreferences, setAskedPreferences] = useState(false);

  const within = path === "/" ? tokens : [...tokens, { propertyKey: "Path", operator: "^", value: path } as const];
  const list = useCatalogue(toFilters(within), shared, round);
  const definitions = useMemo(() => columns(shared), [shared, language]);
  useEffect(() => list.catalogue.want(page * pageSize), [list.catalogue, page, pageSize]);

  const sorting = definitions.find((each) => each.id === sort);
  const ordered = useMemo(() => {
    const compare = sorting?.sortingComparator;
    if (!compare) return list.items;
    const sorted = [...list.items].sort(compare);
    return descending ? sorted.reverse() : sorted;
  }, [list.items, sorting, descending]);
  const found = ordered.slice((page - 1) * pageSize, page * pageSize);
  const waiting = list.loading && found.length === 0;
  // What was there stays until there is something else, which is sooner there than an empty table would be drawn.
  const before = useRef<ParameterMetadata[]>([]);
  const rows = waiting ? before.current : found;
  useEffect(() => {
    before.current = rows;
  }, [rows]);
  const filtered = within.length > 0;
  const one = selected.length === 1 ? selected[0] : undefined;

  function refresh() {
    setSelected([]);
    setRound((before) => before + 1);
  }

  const table = (
    <Table
      variant="container"
      stickyHeader
      selectionType={shared ? undefined : "multi"}
      selectedItems={selected}
      onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
      trackBy={(each) => each.ARN ?? each.Name ?? ""}
      items={rows}
      columnDefinitions={definitions}
      columnDisplay={definitions.map(({ id = "" }) => ({ id, visible: visible.includes(id) || id === "name" }))}
      wrapLines={wrapLines}
      loading={waiting && rows.length === 0}
      loadingText={c.loading}
      resizableColumns
      sortingColumn={sorting}
      sortingDescending={descending}
      onSortingChange={({ detail }) =>
        show({ sort: (detail.sortingColumn as { id?: string }).id ?? "", descending: detail.isDescending })
      }
      ariaLabels={{
        tableLabel: t.title,
        selectionGroupLabel: t.selection,
        allItemsSelectionLabel: () => t.selectAll,
        itemSelectionLabel: (_, item) => t.select(item.Name ?? ""),
      }}
      header={
        <Header
          variant="awsui-h1-sticky"
          counter={
            selected.length
              ? `(${selected.length}/${formatNumber(list.items.length)}${list.complete ? "" : "+"})`
              : `(${formatNumber(list.items.length)}${list.complete ? "" : "+"})`
          }
          description={
            list.complete || list.items.length === 0 ? (
              t.lead
            ) : (
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <span role="status">{t.soFar(formatNumber(list.items.length))}</span>
                {list.loading && !waiting ? (
                  <Button variant="inline-link" onClick={() => list.catalogue.stop()}>
                    {t.stop}
                  </Button>
                ) : (
                  <Button variant="inline-link" onClick={() => list.catalogue.want(Number.POSITIVE_INFINITY)}>
                    {t.loadRest}
                  </Button>
                )}
              </SpaceBetween>
            )
          }
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel={c.refresh} onClick={refresh} />
              <Button
                disabled={!one}
                onClick={() => one && navigate(parameterPath(nameToRead(one, shared)))}
              >
                {t.view}
              </Button>
              <Button disabled={!one || shared} onClick={() => one && navigate(editPath(one.Name ?? ""))}>
                {c.edit}
              </Button>
              <Button disabled={selected.length === 0} onClick={() => setDeleting(true)}>
                {c.delete}
              </Button>
              <Button variant="primary" href={href("/parameters/create", { path: path === "/" ? undefined : path })}>
                {c.create}
              </Button>
            </SpaceBetween>
          }
        >
          {shared ? t.shared : t.title}
        </Header>
      }
      filter={
        <SpaceBetween size="s">
          {rows.length > 0 && <ProblemAlert error={list.error} retry={refresh} />}
          <PropertyFilter
            query={{ tokens, operation: "and" }}
            hideOperations
            filteringProperties={filteringProperties()}
            filteringOptions={filteringOptions()}
            filteringPlaceholder={t.filterHint}
            filteringAriaLabel={t.filter}
            expandToViewport
            onChange={({ detail }) => show({ tokens: [...detail.tokens] })}
          />
          <SpaceBetween direction="horizontal" size="s">
            <SegmentedControl
              label={t.owner}
              selectedId={shared ? "others" : "mine"}
              options={[
                { id: "mine", text: t.mine },
                { id: "others", text: t.shared },
              ]}
              onChange={({ detail }) => {
                setSelected([]);
                show({ shared: detail.selectedId === "others", path: "/" });
              }}
            />
            <Button
              iconName="treeview-expand"
              ariaExpanded={hierarchy}
              disabled={shared}
              onClick={() => choose({ hierarchy: !hierarchy })}
            >
              {hierarchy ? t.hideHierarchy : t.showHierarchy}
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={Math.max(1, page, Math.ceil(list.items.length / pageSize))}
          openEnd={!list.complete}
          ariaLabels={{ pageLabel: t.pageNumber }}
          disabled={waiting}
          onChange={({ detail }) => show({ page: detail.currentPageIndex })}
        />
      }
      preferences={
        askedPreferences ? (
          <Suspense>
            <ListPreferences columns={definitions} />
          </Suspense>
        ) : (
          <Button
            variant="icon"
            iconName="settings"
            ariaLabel={t.preferences}
            onClick={() => setAskedPreferences(true)}
          />
        )
      }
      empty={
        list.error !== undefined ? (
          <ProblemAlert error={list.error} retry={refresh} />
        ) : (
          <Box textAlign="center" padding={{ vertical: "l" }}>
            <SpaceBetween size="s">
              <strong>{filtered ? t.noMatch : t.empty}</strong>
              <Box color="text-body-secondary">{filtered ? t.noMatchNext : t.emptyNext}</Box>
              {filtered ? (
                <Button onClick={() => show({ tokens: [], path: "/" })}>{t.clear}</Button>
              ) : (
                <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                  <Button href={href("/import")}>{t.import}</Button>
                  <Button href={href("/parameters/create")}>{c.create}</Button>
                </SpaceBetween>
              )}
            </SpaceBetween>
          </Box>
        )
      }
    />
  );

  return (
    <Page title={c.parameters}>
      {hierarchy && !shared ? (
        <div className="beside">
          <Suspense fallback={<div />}>
            <Tree round={round} path={path} onChoose={(to) => show({ path: to })} />
          </Suspense>
          {table}
        </div>
      ) : (
        table
      )}
      {deleting && (
        <Suspense>
          <DeleteDialog
            names={selected.map((each) => each.Name ?? "")}
            onClose={() => setDeleting(false)}
            onDeleted={() => {
              setDeleting(false);
              refresh();
            }}
          />
        </Suspense>
      )}
    </Page>
  );
}
