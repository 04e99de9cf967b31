import { PutParameterCommand } from "@aws-sdk/client-ssm";
import FormField from "@cloudscape-design/components/form-field";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { describe, readValue } from "../detail/read";
import { useText } from "../i18n/text";
import { ActionModal } from "../layout/action-modal";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { ssm } from "../session/session";
import { below, type Row } from "./matrix";
import { words } from "./text";

interface Props {
  rows: readonly Row[];
  paths: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

/** One parameter to another name, with all that makes it what it is but its tags. */
async function copy(from: string, to: string): Promise<void> {
  const { Type, Description, AllowedPattern, KeyId, DataType, Tier } = await describe(from);
  const Value = await readValue(from);
  await ssm().send(
    new PutParameterCommand({ Name: to, Value, Type, Description, AllowedPattern, KeyId, DataType, Tier, Overwrite: true }),
  );
}

/** What is copied where, before it is. */
export function CopyDialog({ rows, paths, onClose, onDone }: Props) {
  const t = useText(words);
  const [from, setFrom] = useState(0);
  const [to, setTo] = useState(1);
  const [done, setDone] = useState<number>();
  const [error, setError] = useState<unknown>();
  const options = paths.map((path, index) => ({ value: String(index), label: path }));
  const takes = rows.filter((row) => from !== to && row.cells[from]);

  async function run() {
    setError(undefined);
    try {
      for (const [index, row] of takes.entries()) {
        setDone(index);
        await copy(row.cells[from]?.Name ?? "", below(paths[to] ?? "", row.key));
      }
    } catch (failure) {
      setError(failure);
      setDone(undefined);
      return;
    }
    notify("success", t.copied(takes.length, paths[to] ?? ""));
    onDone();
  }

  return (
    <ActionModal
      title={t.copyTitle(takes.length)}
      action={t.copyRun(takes.length)}
      disabled={!takes.length}
      busy={done !== undefined}
      size="large"
      onAction={() => void run()}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <ProblemAlert error={error} />
        {done !== undefined && (
          <ProgressBar value={(100 * done) / takes.length} label={t.copying(done, takes.length)} />
        )}
        <FormField label={t.from}>
          <Select
            selectedOption={options[from] ?? null}
            options={options}
            onChange={({ detail }) => setFrom(Number(detail.selectedOption.value))}
          />
        </FormField>
        <FormField label={t.to}>
          <Select
            selectedOption={options[to] ?? null}
            options={options}
            onChange={({ detail }) => setTo(Number(detail.selectedOption.value))}
          />
        </FormField>
        <Table
          variant="embedded"
          items={rows}
          trackBy="key"
          ariaLabels={{ tableLabel: t.copyTitle(takes.length) }}
          columnDefinitions={[
            { id: "key", header: t.key, cell: (row) => row.key, isRowHeader: true },
            {
              id: "what",
              header: t.result,
              cell: (row) => (!row.cells[from] || from === to ? t.notThere : row.cells[to] ? t.willOverwrite : t.willCreate),
            },
          ]}
        />
      </SpaceBetween>
    </ActionModal>
  );
}
