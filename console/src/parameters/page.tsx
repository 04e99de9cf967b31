import { lazy, Suspense, useCallback } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { Page } from "../layout/shell";
import { usePreferences } from "../preferences";
import { FilterBar } from "./filter-bar";
import { ListHeader } from "./list-header";
import { Nothing, Pages, Preferences } from "./list-parts";
import { ListContext, useListState } from "./list-state";
import { Rows } from "./rows";

const Tree = lazy(() => import("./tree").then(({ Tree }) => ({ default: Tree })));
const DeleteDialog = lazy(() => import("./delete-dialog"));

// Made once: what they show they take from the list's context.
const AROUND = {
  header: <ListHeader />,
  filter: <FilterBar />,
  pagination: <Pages />,
  preferences: <Preferences />,
  empty: <Nothing />,
};

export function ParametersPage() {
  const c = useText(common);
  return (
    <Page title={c.parameters}>
      <List />
    </Page>
  );
}

function List() {
  const { hierarchy, pageSize } = usePreferences();
  const { around, definitions, rows, waiting, sort, descending, round, deleting, reach } = useListState();
  const { show, count, complete, page, path, shared, selected, setSelected, setDeleting, refresh } = around;
  const order = useCallback((sort: string, descending: boolean) => show({ sort, descending }), [show]);
  const choose = useCallback((path: string) => show({ path }), [show]);
  const table = (
    <Rows
      {...AROUND}
      rows={rows}
      before={(page - 1) * pageSize}
      total={complete ? count : undefined}
      definitions={definitions}
      sort={sort}
      descending={descending}
      selectable={!shared}
      selected={selected}
      loading={waiting && rows.length === 0}
      onSort={order}
      onSelect={setSelected}
      onReach={reach}
    />
  );
  return (
    <ListContext value={around}>
      {hierarchy && !shared ? (
        <div className="beside">
          <Suspense fallback={<div />}>
            <Tree round={round} path={path} onChoose={choose} />
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
    </ListContext>
  );
}
