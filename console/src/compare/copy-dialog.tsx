import { AddTagsToResourceCommand, ListTagsForResourceCommand, PutParameterCommand, type Tag } from "@aws-sdk/client-ssm";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { describe, readValue } from "../detail/read";
import { policiesAgain } from "../detail/settings";
import { common } from "../i18n/common";
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

interface Along {
  tags: boolean;
  policies: boolean;
}

/** One parameter to another name, which keeps its other tags, a higher tier, and its policies where there are none to copy. */
async function copy(from: string, to: string, exists: boolean, along: Along): Promise<void> {
  const { Type, Description, AllowedPattern, KeyId, DataType, Tier, Policies } = await describe(from);
  const Tags = along.tags ? await tagsOf(from) : [];
  await ssm().send(
    new PutParameterCommand({
      Name: to,
      Value: await readValue(from),
      Type,
      Description: Description ?? (exists ? "" : undefined),
      AllowedPattern: AllowedPattern ?? (exists ? "" : undefined),
      KeyId,
      DataType,
      Tier: exists && Tier === "Standard" ? undefined : Tier,
      Policies: along.policies && Policies?.length ? policiesAgain(Policies) : undefined,
      Tags: !exists && Tags.length ? Tags : undefined,
      Overwrite: exists || undefined,
    }),
  );
  if (exists && Tags.length) {
    await ssm().send(new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: to, Tags }));
  }
}

async function tagsOf(name: string): Promise<Tag[]> {
  const { TagList } = await ssm().send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }));
  return TagList ?? [];
}

/** What is copied where, before it is. */
export function CopyDialog({ rows, paths, onClose, onDone }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [along, setAlong] = useState<Along>({ tags: true, policies: true });
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
        await copy(row.cells[from]?.Name ?? "", below(paths[to] ?? "", row.key), row.cells[to] !== undefined, along);
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
        <FormField label={t.along} description={t.alongHint}>
          {(["tags", "policies"] as const).map((what) => (
            <Checkbox
              key={what}
              checked={along[what]}
              onChange={({ detail }) => setAlong({ ...along, [what]: detail.checked })}
            >
              {c[what]}
            </Checkbox>
          ))}
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
