import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { memo, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { usePreferences } from "../preferences";
import type { columns } from "./columns";
import { useDrawn } from "./drawn";
import { between, chosen, type Gap, idOf, isGap, marked, type Row, toggled } from "./selection";
import { words } from "./text";

/** Up to so many rows all are drawn when somebody may be about to search the page, with the browser's own search. */
const WHOLE = 100;
/** Up to so many rows all are drawn always. */
const FEW = 25;

interface Props {
  rows: readonly ParameterMetadata[];
  /** How many rows come before these, on earlier pages. */
  before: number;
  /** How many there are in all, where that is known. */
  total: number | undefined;
  definitions: ReturnType<typeof columns>;
  sort: string;
  descending: boolean;
  selectable: boolean;
  selected: readonly ParameterMetadata[];
  loading: boolean;
  header: ReactNode;
  filter: ReactNode;
  pagination: ReactNode;
  preferences: ReactNode;
  empty: ReactNode;
  onSort: (sort: string, descending: boolean) => void;
  onSelect: (selected: ParameterMetadata[]) => void;
  /** Rows up to this one are drawn. */
  onReach: (end: number) => void;
}

/**
 * The table. Drawing its rows is what takes time, so it is drawn anew for other rows only, and what stands around them
 * draws by itself.
 */
export const Rows = memo(function Rows(props: Props) {
  const { rows, before, definitions, sort, selected, onReach } = props;
  const t = useText(words);
  const c = useText(common);
  const { columns: visible, wrapLines } = usePreferences();
  const place = useRef<HTMLDivElement>(null);
  const shift = useRef(false);
  const from = useRef("");

  const whole = useWhole(rows);
  const { start, end, above, below } = useDrawn(rows.length, rows.length > FEW && !(whole && rows.length <= WHOLE), place);
  useEffect(() => onReach(end), [onReach, end]);

  // ARIA's word for a number of rows that is not known. The table knows none, and says nothing then.
  useLayoutEffect(() => {
    if (props.total === undefined) place.current?.querySelector("table:has(tbody)")?.setAttribute("aria-rowcount", "-1");
  });

  const shown = useMemo<Row[]>(
    () => [
      ...(start > 0 ? [{ gap: "above", rows: rows.slice(0, start), height: above } satisfies Gap] : []),
      ...rows.slice(start, end),
      ...(end < rows.length ? [{ gap: "below", rows: rows.slice(end), height: below } satisfies Gap] : []),
    ],
    [rows, start, end, above, below],
  );
  const display = useMemo(
    () => definitions.map(({ id = "" }) => ({ id, visible: visible.includes(id) || id === "name" })),
    [definitions, visible],
  );
  const cells = useMemo(() => definitions.map(withGaps), [definitions]);
  const places = useMemo(() => new Map(rows.map((row, index) => [row as Row, String(index)])), [rows]);

  function select(said: readonly Row[]) {
    const after = chosen(selected, said, shown);
    const one = toggled(selected, after);
    props.onSelect(one && shift.current ? between(after, rows, from.current, idOf(one)) : after);
    if (one) from.current = idOf(one);
  }

  return (
    <div
      ref={place}
      onMouseDownCapture={(event) => (shift.current = event.shiftKey)}
      onKeyDownCapture={(event) => (shift.current = event.shiftKey)}
    >
      <Table<Row>
        variant="container"
        stickyHeader
        selectionType={props.selectable ? "multi" : undefined}
        selectedItems={marked(selected, shown)}
        onSelectionChange={({ detail }) => select(detail.selectedItems)}
        // Rows are known by their place: those of another filter are drawn over, which takes half as long as new ones, and
        // what has the focus stays what it is while rows come and go as one scrolls.
        trackBy={(row) => (isGap(row) ? row.gap : (places.get(row) ?? ""))}
        items={shown}
        // A gap above is a row too, for the table; to those who count rows it is all that it stands for.
        firstIndex={before + start + (start > 0 ? 0 : 1)}
        totalItemsCount={props.total}
        columnDefinitions={cells}
        columnDisplay={display}
        wrapLines={wrapLines}
        loading={props.loading}
        loadingText={c.loading}
        resizableColumns
        sortingColumn={cells.find((each) => each.id === sort)}
        sortingDescending={props.descending}
        onSortingChange={({ detail }) =>
          props.onSort((detail.sortingColumn as { id?: string }).id ?? "", detail.isDescending ?? false)
        }
        ariaLabels={{
          tableLabel: t.title,
          selectionGroupLabel: t.selection,
          allItemsSelectionLabel: () => t.selectAll,
          itemSelectionLabel: (_, row) => (isGap(row) ? "" : t.select(row.Name ?? "")),
        }}
        header={props.header}
        filter={props.filter}
        pagination={props.pagination}
        preferences={props.preferences}
        empty={props.empty}
      />
    </div>
  );
});

/**
 * Whether all of `rows` are wanted: when Ctrl or Command is held, which begins a search or a selection of the page, and
 * when it is printed; until there are other rows.
 */
function useWhole(rows: readonly ParameterMetadata[]): boolean {
  const [wanted, setWanted] = useState<readonly ParameterMetadata[]>();
  useEffect(() => {
    const held = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.key === "F3") setWanted(rows);
    };
    const printed = () => flushSync(() => setWanted(rows));
    addEventListener("keydown", held, { capture: true });
    addEventListener("beforeprint", printed);
    return () => {
      removeEventListener("keydown", held, { capture: true });
      removeEventListener("beforeprint", printed);
    };
  }, [rows]);
  return wanted === rows;
}

type Column<T> = TableProps.ColumnDefinition<T>;

function withGaps({ id, header, width, minWidth, isRowHeader, cell }: Column<ParameterMetadata>): Column<Row> {
  return {
    id,
    header,
    width,
    minWidth,
    isRowHeader,
    // The rows come in order; the table only has to know that there is one.
    sortingComparator: () => 0,
    cell: (row) => (isGap(row) ? isRowHeader && <div className="gap" style={{ blockSize: row.height }} /> : cell(row)),
  };
}
