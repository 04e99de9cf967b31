import type { ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { ActionModal } from "./action-modal";
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
    <ActionModal
      title={title}
      action={action}
      disabled={disabled}
      busy={busy}
      size={size}
      onAction={() => void run()}
      onClose={onClose}
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
    </ActionModal>
  );
}
