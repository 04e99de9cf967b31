import type { Parameter } from "@aws-sdk/client-ssm";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { problem } from "../aws/problem";
import { Lines } from "../detail/lines";
import { sayChange } from "../detail/settings";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { cut } from "./cut";
import type { Outlook, Review } from "./review";
import { words } from "./text";

/** What became of a key so far. */
export interface Outcome {
  /** Its value and settings are there, even if what came after failed. */
  written: boolean;
  done: boolean;
  error?: unknown;
}

/** Whether there is something left to do. */
export function isPending({ put, tags }: Review, outcome?: Outcome): boolean {
  return !outcome?.done && Boolean((put && !outcome?.written) || tags.length);
}

interface Props {
  reviews: readonly Review[];
  outcomes: Readonly<Record<string, Outcome>>;
  chosen: readonly Review[];
  busy: boolean;
  /** What is being read, until it is there. */
  reading?: string;
  onChoose: (keys: ReadonlySet<string>) => void;
}

/** Per key what its target is, what becomes of it and what that changes; which keys are copied is chosen here. */
export function CopyReview({ reviews, outcomes, chosen, busy, reading, onChoose }: Props) {
  const t = useText(words);
  return (
    <Table<Review>
      variant="embedded"
      wrapLines
      items={reviews}
      trackBy="key"
      loading={reading !== undefined}
      loadingText={reading}
      selectionType="multi"
      selectedItems={[...chosen]}
      isItemDisabled={(each) => busy || !isPending(each, outcomes[each.key])}
      onSelectionChange={({ detail }) => onChoose(new Set(detail.selectedItems.map((each) => each.key)))}
      ariaLabels={{
        tableLabel: t.review,
        selectionGroupLabel: t.selection,
        allItemsSelectionLabel: () => t.selection,
        itemSelectionLabel: (_, each) => t.select(each.key),
      }}
      columnDefinitions={[
        {
          id: "target",
          header: t.target,
          isRowHeader: true,
          width: "40%",
          cell: (each) => (
            <>
              <div className="mono">{each.name}</div>
              <Result review={each} outcome={outcomes[each.key]} />
            </>
          ),
        },
        { id: "changes", header: t.review, cell: (each) => <Changes review={each} /> },
      ]}
    />
  );
}

const ICONS: Record<Outlook, StatusIndicatorProps.Type> = {
  create: "pending",
  overwrite: "info",
  retag: "info",
  same: "stopped",
  absent: "stopped",
  stale: "warning",
};

function Result({ review, outcome }: { review: Review; outcome?: Outcome }) {
  const t = useText(words);
  if (outcome && !isPending(review, outcome)) return <StatusIndicator type="success">{t.isCopied}</StatusIndicator>;
  if (outcome?.error !== undefined) {
    const { title } = problem(outcome.error);
    return <StatusIndicator type="error">{`${outcome.written ? t.tagsFailed : t.notWritten}: ${title}`}</StatusIndicator>;
  }
  return <StatusIndicator type={ICONS[review.outlook]}>{t.outlooks[review.outlook]}</StatusIndicator>;
}

function Changes({ review: { outlook, was, is, sameValue, changed } }: { review: Review }) {
  const t = useText(words);
  if (!is || !["create", "overwrite", "retag"].includes(outlook)) return "–";
  return (
    <>
      {sameValue ? <div>{t.sameValue}</div> : <Value was={was} is={is} />}
      {changed.map((change) => (
        <div key={change.label}>
          {change.label}: <span className="mono">{outlook === "create" ? change.is : sayChange(change)}</span>
        </div>
      ))}
      {was?.Type === "SecureString" && is.Type !== "SecureString" && <StatusIndicator type="warning">{t.plain}</StatusIndicator>}
    </>
  );
}

/** The old value, if there is one, and the new: in short, and whole when asked. Those of secrets are not known here. */
function Value({ was, is }: { was?: Parameter; is: Parameter }) {
  const t = useText(words);
  const c = useText(common);
  const [open, setOpen] = useState(false);
  const values = was ? [was.Value, is.Value] : [is.Value];
  const known = values.filter((value) => value !== undefined);
  const [first, second] = known;
  if (first === undefined) return <div>{t.secretValue}</div>;
  const short = values.map((value, index) => (value === undefined ? t.secretValue : cut(value, values[1 - index])));
  const said = (
    <>
      {c.value}: <span className="mono">{short.join(" → ")}</span>
    </>
  );
  if (known.every((value) => short.includes(value))) return <div>{said}</div>;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary title={known.join("\n→\n")}>{said}</summary>
      {open && (second === undefined ? <pre className="mono">{first}</pre> : <Lines values={[first, second]} />)}
    </details>
  );
}
