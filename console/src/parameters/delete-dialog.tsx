import { DeleteParametersCommand } from "@aws-sdk/client-ssm";
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ActionModal } from "../layout/action-modal";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { ssm } from "../session/session";
import { words } from "./text";

const AT_ONCE = 10;
const LISTED = 10;

interface Props {
  names: readonly string[];
  onClose: () => void;
  onDeleted: () => void;
}

/** Delete after the word was typed. What is deleted stays deleted when a later request fails, and is said. */
export default function DeleteDialog({ names, onClose, onDeleted }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [typed, setTyped] = useState("");
  const [done, setDone] = useState<number>();
  const [error, setError] = useState<unknown>();
  const confirmed = typed.trim().toLowerCase() === t.deleteWord;

  async function run() {
    if (!confirmed) return;
    setError(undefined);
    const gone: string[] = [];
    let deleted = 0;
    try {
      for (let start = 0; start < names.length; start += AT_ONCE) {
        setDone(start);
        const Names = names.slice(start, start + AT_ONCE);
        const answer = await ssm().send(new DeleteParametersCommand({ Names }));
        deleted += answer.DeletedParameters?.length ?? 0;
        gone.push(...(answer.InvalidParameters ?? []));
      }
    } catch (failure) {
      setError(failure);
      setDone(undefined);
      if (deleted) notify("warning", t.deleted(deleted));
      return;
    }
    notify("success", t.deleted(deleted), gone.length ? t.notDeleted(gone.join(", ")) : undefined);
    onDeleted();
  }

  return (
    <ActionModal
      title={t.deleteTitle(names.length)}
      action={c.delete}
      disabled={!confirmed}
      busy={done !== undefined}
      onAction={() => void run()}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <Alert type="warning">{t.deleteWarning}</Alert>
        <ul>
          {names.slice(0, LISTED).map((name) => (
            <li key={name} className="mono">
              {name}
            </li>
          ))}
          {names.length > LISTED && <li>{t.deleteMore(names.length - LISTED)}</li>}
        </ul>
        <ProblemAlert error={error} />
        {done !== undefined && names.length > AT_ONCE && (
          <ProgressBar value={(100 * done) / names.length} label={t.deleting(done, names.length)} />
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void run();
          }}
        >
          <FormField label={t.deleteType(t.deleteWord)}>
            <Input value={typed} autoFocus placeholder={t.deleteWord} onChange={({ detail }) => setTyped(detail.value)} />
          </FormField>
        </form>
      </SpaceBetween>
    </ActionModal>
  );
}
