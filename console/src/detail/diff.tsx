import type { ParameterHistory } from "@aws-sdk/client-ssm";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { Lines, type Values } from "./lines";
import { readValue } from "./read";
import { changedPairs } from "./settings";
import { words } from "./text";

interface Props {
  name: string;
  older: ParameterHistory;
  newer: ParameterHistory;
  onClose: () => void;
}

/** What changed from one version to another. Secrets are fetched and shown when asked for. */
export default function DiffDialog({ name, older, newer, onClose }: Props) {
  const t = useText(words);
  const c = useText(common);
  const secret = [older.Type, newer.Type].includes("SecureString");
  const [values, setValues] = useState<Values | undefined>(secret ? undefined : [older.Value ?? "", newer.Value ?? ""]);
  const [error, setError] = useState<unknown>();
  const changed = changedPairs(c, older, newer);

  async function show() {
    setError(undefined);
    try {
      setValues([await readValue(name, older.Version), await readValue(name, newer.Version)]);
    } catch (failure) {
      setError(failure);
    }
  }

  return (
    <Modal
      visible
      size="large"
      header={t.compareTitle(older.Version ?? 0, newer.Version ?? 0)}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button onClick={onClose}>{c.close}</Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <ProblemAlert error={error} />
        {values ? (
          <Lines values={values} />
        ) : (
          <Alert type="info" action={<Button onClick={() => void show()}>{t.showDiff}</Button>}>
            {t.compareSecret}
          </Alert>
        )}
        {changed.length > 0 && (
          <SpaceBetween size="xs">
            <Box variant="h3">{t.settingsChanged}</Box>
            <KeyValuePairs items={changed} />
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Modal>
  );
}
