import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { TaskDialog } from "../layout/task-dialog";
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
  const [role, setRole] = useState("");
  const bad = role !== "" && !/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(role.trim());

  async function run() {
    await assume(role.trim());
    notify("success", t.switched(role.trim()));
    onClose();
  }

  return (
    <TaskDialog title={t.switchRole} action={t.switchRole} disabled={!role || bad} task={run} onClose={onClose}>
      <Box color="text-body-secondary">{t.switchLead}</Box>
      <FormField label={t.roleArn} errorText={bad && t.roleBad}>
        <Input
          value={role}
          autoFocus
          spellcheck={false}
          placeholder="arn:aws:iam::111122223333:role/name"
          onChange={({ detail }) => setRole(detail.value)}
        />
      </FormField>
    </TaskDialog>
  );
}
