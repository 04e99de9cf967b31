import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ProblemAlert } from "./problem-alert";

interface Props {
  title: string;
  /** What the button says. */
  action: string;
  disabled?: boolean;
  size?: ModalProps.Size;
  /** When it ends well, it closes the dialog itself. */
  task: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog for one task: its button runs it, and so does Enter; what goes wrong is said here, and leaves it open. */
export function TaskDialog({ title, action, disabled = false, size, task, onClose, children }: Props) {
  const c = useText(common);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function run() {
    if (disabled || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await task();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      size={size}
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {c.cancel}
            </Button>
            <Button variant="primary" disabled={disabled} loading={busy} onClick={() => void run()}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <SpaceBetween size="m">
          <ProblemAlert error={error} />
          {children}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
