import { ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "../i18n/text";
import { ActionModal } from "../layout/action-modal";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { kms } from "./kms";
import { words } from "./text";

export function DeleteKeyDialog(props: { keyId: string; onClose: () => void; onDone: () => void }) {
  const t = useText(words);
  const [days, setDays] = useState("30");
  const [error, setError] = useState<unknown>();
  const number = Number(days);
  const bad = !Number.isInteger(number) || number < 7 || number > 30;

  async function schedule() {
    setError(undefined);
    try {
      await kms().send(new ScheduleKeyDeletionCommand({ KeyId: props.keyId, PendingWindowInDays: number }));
      notify("success", t.done);
      props.onDone();
    } catch (failure) {
      setError(failure);
    }
  }

  return (
    <ActionModal
      title={t.deleteTitle}
      action={t.schedule}
      disabled={bad}
      onAction={() => void schedule()}
      onClose={props.onClose}
    >
      <SpaceBetween size="m">
        <Alert type="warning">{t.deleteBody}</Alert>
        <ProblemAlert error={error} />
        <FormField label={t.deleteDays} constraintText={t.deleteDaysHint}>
          <Input
            type="number"
            inputMode="numeric"
            value={days}
            invalid={bad}
            onChange={({ detail }) => setDays(detail.value)}
          />
        </FormField>
      </SpaceBetween>
    </ActionModal>
  );
}
