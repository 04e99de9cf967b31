import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { words } from "./text";

/** Delete after asking. `onDelete` takes away first what IAM does not delete with it. */
export function DeleteButton(props: { name: string; onDelete: () => Promise<unknown>; onDone: () => void }) {
  const t = useText(words);
  const c = useText(common);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function run() {
    setBusy(true);
    setError(undefined);
    try {
      await props.onDelete();
      notify("success", t.gone(props.name));
      props.onDone();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <>
      <Button onClick={() => setAsking(true)}>{c.delete}</Button>
      {asking && (
        <Modal
          visible
          header={t.deleteTitle(props.name)}
          onDismiss={() => setAsking(false)}
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setAsking(false)}>
                  {c.cancel}
                </Button>
                <Button variant="primary" loading={busy} onClick={() => void run()}>
                  {c.delete}
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          <SpaceBetween size="m">
            <Box>{t.deleteBody}</Box>
            <ProblemAlert error={error} />
          </SpaceBetween>
        </Modal>
      )}
    </>
  );
}
