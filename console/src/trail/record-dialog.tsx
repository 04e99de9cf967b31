import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import type { Row } from "./records";
import { words } from "./text";

/** One record. It is text, whatever it holds. */
export function RecordDialog({ row, onClose }: { row: Row; onClose: () => void }) {
  const t = useText(words);
  const c = useText(common);
  return (
    <Modal
      visible
      size="large"
      header={row.name}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <CopyToClipboard
              copyButtonText={t.copyRecord}
              copySuccessText={c.copied}
              copyErrorText={c.copyFailed}
              textToCopy={row.record}
            />
            <Button variant="primary" onClick={onClose}>
              {c.close}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {row.error && (
          <Alert type="warning" header={row.error}>
            {row.message}
          </Alert>
        )}
        <KeyValuePairs
          columns={2}
          items={[
            { label: t.time, value: formatTime(row.time, "medium") },
            { label: t.source, value: row.source },
            { label: t.principal, value: row.principal },
            { label: t.address, value: row.address },
          ]}
        />
        <div>
          <Box variant="awsui-key-label">{t.record}</Box>
          <pre className="mono">{row.record}</pre>
        </div>
      </SpaceBetween>
    </Modal>
  );
}
