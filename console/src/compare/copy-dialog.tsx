import Alert, { type AlertProps } from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { problem } from "../aws/problem";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ActionModal } from "../layout/action-modal";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { settingsOf, tag, tagsOf, write } from "./copy";
import { CopyReview, isPending, type Outcome } from "./copy-review";
import type { Row } from "./matrix";
import { type Along, review, targetName } from "./review";
import { words } from "./text";

interface Props {
  rows: readonly Row[];
  paths: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

/** What is copied where and what that changes, before it is. What fails is told by key, and goes on from there. */
export function CopyDialog({ rows, paths, onClose, onDone }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [along, setAlong] = useState<Along>({ tags: true, policies: true });
  const [from, setFrom] = useState(0);
  const [to, setTo] = useState(1);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [reading, setReading] = useState(t.reading(0, rows.length));
  const progress = (done: number, all: number) => setReading(t.reading(done, all));
  const [outcomes, setOutcomes] = useState<Record<string, Outcome>>({});
  const [run, setRun] = useState<{ done: number; all: number }>();
  const stopped = useRef(false);
  const sides = [
    ["from", from, setFrom],
    ["to", to, setTo],
  ] as const;
  const options = paths.map((path, index) => ({ value: String(index), label: path }));
  const path = paths[to] ?? "";
  const takes = from === to ? [] : rows;

  const names = takes.flatMap((row) => [row.cells[from]?.Name ?? "", targetName(row, to, path)]).filter(Boolean);
  const settings = useAnswer(() => settingsOf(names, progress), JSON.stringify([from, to]));
  const there = along.tags ? names.filter((name) => settings.data?.has(name)) : [];
  const tags = useAnswer(() => tagsOf(there, progress), JSON.stringify([from, to, there.length]));
  const loading = settings.loading || tags.loading;

  const known = { settings: settings.data ?? new Map(), tags: tags.data ?? new Map() };
  const reviews = loading ? [] : takes.map((row) => review(c, row, from, to, path, known, along));
  const failed = settings.error !== undefined || tags.error !== undefined;
  const pending = failed ? [] : reviews.filter((each) => isPending(each, outcomes[each.key]));
  const chosen = pending.filter((each) => !left.has(each.key));
  const tried = Object.values(outcomes);
  const copied = reviews.filter((each) => outcomes[each.key] && !isPending(each, outcomes[each.key])).length;
  const broken = reviews.find((each) => outcomes[each.key]?.error !== undefined && pending.includes(each));

  // It says what went wrong, and may be out of sight above a long table.
  const told = useRef<AlertProps.Ref>(null);
  const fault = problem(broken && outcomes[broken.key]?.error);
  const stoppedAt = run ? undefined : broken?.name;
  useEffect(() => {
    if (stoppedAt) told.current?.focus();
  }, [stoppedAt]);

  async function go() {
    stopped.current = false;
    const note = (key: string, outcome: Outcome) => setOutcomes((before) => ({ ...before, [key]: outcome }));
    for (const [done, each] of chosen.entries()) {
      setRun({ done, all: chosen.length });
      let written = outcomes[each.key]?.written ?? false;
      try {
        if (!written) await write(each);
        written ||= Boolean(each.put);
        await tag(each);
        note(each.key, { written, done: true });
      } catch (error) {
        note(each.key, { written, done: false, error });
        stopped.current = true;
      }
      if (stopped.current) break;
    }
    setRun(undefined);
    if (stopped.current) return;
    notify("success", t.copied(copied + chosen.length, path));
    onDone();
  }

  /** The one that is on its way is waited for, so that the review can say what became of it. */
  function leave() {
    if (run) stopped.current = true;
    else if (tried.some(({ written, done }) => written || done)) onDone();
    else onClose();
  }

  return (
    <ActionModal
      title={t.copy}
      action={(tried.length ? t.goOn : t.copyRun)(chosen.length)}
      leave={run ? t.stop : tried.length ? c.close : undefined}
      disabled={!chosen.length}
      busy={run !== undefined}
      size="x-large"
      onAction={() => void go()}
      onClose={leave}
    >
      <SpaceBetween size="m">
        <ProblemAlert error={settings.error} retry={settings.reload} />
        <ProblemAlert error={tags.error} retry={tags.reload} />
        {broken && stoppedAt && (
          <Alert ref={told} type="error" header={t.stoppedAt(stoppedAt)}>
            <div>{fault.detail || fault.title}</div>
            <div>{fault.next}</div>
            <div>{t.stoppedNext(copied, chosen.length)}</div>
          </Alert>
        )}
        {run && <ProgressBar value={(100 * run.done) / run.all} label={t.copying(run.done, run.all)} />}
        <ColumnLayout columns={2}>
          {sides.map(([side, column, choose]) => (
            <FormField key={side} label={t[side]} errorText={side === "to" && from === to && t.samePath}>
              <Select
                selectedOption={options[column] ?? null}
                options={options}
                disabled={tried.length > 0}
                onChange={({ detail }) => choose(Number(detail.selectedOption.value))}
              />
            </FormField>
          ))}
        </ColumnLayout>
        <FormField label={t.along} description={t.alongHint}>
          {(["tags", "policies"] as const).map((what) => (
            <Checkbox
              key={what}
              checked={along[what]}
              disabled={run !== undefined}
              onChange={({ detail }) => setAlong({ ...along, [what]: detail.checked })}
            >
              {c[what]}
            </Checkbox>
          ))}
        </FormField>
        <CopyReview
          reviews={failed ? [] : reviews}
          outcomes={outcomes}
          chosen={chosen}
          busy={run !== undefined}
          reading={loading ? reading : undefined}
          onChoose={(keys) => setLeft(new Set(pending.map((each) => each.key).filter((key) => !keys.has(key))))}
        />
      </SpaceBetween>
    </ActionModal>
  );
}
