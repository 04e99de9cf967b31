import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";

interface Props {
  title: string;
  /** What the button says. */
  action: string;
  /** What the button says that leaves; "Cancel", if nothing has been done yet. */
  leave?: string;
  disabled?: boolean;
  busy?: boolean;
  size?: ModalProps.Size;
  onAction: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with a button that acts and one that leaves. Enter does nothing by itself. */
export function ActionModal({ title, action, leave, disabled = false, busy = false, size, onAction, onClose, children }: Props) {
  const c = useText(common);
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
              {leave ?? c.cancel}
            </Button>
            <Button variant="primary" disabled={disabled} loading={busy} onClick={onAction}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}
