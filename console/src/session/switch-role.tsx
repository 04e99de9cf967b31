import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { clientSettings, switchRole } from "./session";
import { words } from "./text";

async function assume(role: string): Promise<void> {
  const request = { RoleArn: role, RoleSessionName: "console" };
  const { Credentials } = await new STSClient(clientSettings()).send(new AssumeRoleCommand(request));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = Credentials ?? {};
  switchRole({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }, role);
}

/** Go on as a role, with the temporary credentials STS gives for it. */
export default function SwitchRole({ onClose }: { onClose: () => void }) {
  const t = useText(words);
  const c = useText(common);
  const [role, setRole] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const bad = role !== "" && !/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(role.trim());

  async function run() {
    if (!role || bad) return;
    setBusy(true);
    setError(undefined);
    try {
      await assume(role.trim());
      notify("success", t.switched(role.trim()));
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      header={t.switchRole}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {c.cancel}
            </Button>
            <Button variant="primary" disabled={!role || bad} loading={busy} onClick={() => void run()}>
              {t.switchRole}
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
          <Box color="text-body-secondary">{t.switchLead}</Box>
          <ProblemAlert error={error} />
          <FormField label={t.roleArn} errorText={bad && t.roleBad}>
            <Input
              value={role}
              autoFocus
              spellcheck={false}
              placeholder="arn:aws:iam::111122223333:role/name"
              onChange={({ detail }) => setRole(detail.value)}
            />
          </FormField>
        </SpaceBetween>
      </form>
    </Modal>
  );
}
