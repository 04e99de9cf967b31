import { type ParameterHistory, PutParameterCommand } from "@aws-sdk/client-ssm";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { TaskDialog } from "../layout/task-dialog";
import { ssm } from "../session/session";
import { readValue } from "./read";
import { again, changedPairs } from "./settings";
import { words } from "./text";

interface Props {
  name: string;
  version: ParameterHistory;
  current: ParameterHistory;
  onClose: () => void;
  onDone: () => void;
}

/** An old version written again as the newest, and before that what it changes besides the value. */
export function RestoreDialog({ name, version, current, onClose, onDone }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [policies, setPolicies] = useState(true);
  const number = version.Version ?? 0;
  const next = (current.Version ?? 0) + 1;
  const stays = version.Tier === "Standard" && current.Tier === "Advanced";
  const kept = { ...(stays && { Tier: current.Tier }), ...(!policies && { Policies: current.Policies }) };
  const asks = [version, current].some((each) => each.Policies?.length);
  const changed = changedPairs(c, current, { ...version, ...kept });

  async function restore() {
    const Value = await readValue(name, number);
    const request = { Name: name, Value, ...again(version, current, policies) };
    const answer = await ssm().send(new PutParameterCommand(request));
    notify("success", t.restored(number, answer.Version ?? next));
    onDone();
  }

  return (
    <TaskDialog title={t.restoreTitle(number)} action={t.restore} task={restore} onClose={onClose}>
      <Box>{t.restoreBody(number, next)}</Box>
      {changed.length ? <KeyValuePairs items={changed} /> : <Box>{t.restoreSame}</Box>}
      {asks && (
        <Checkbox checked={policies} description={t.restorePoliciesHint} onChange={({ detail }) => setPolicies(detail.checked)}>
          {t.restorePolicies}
        </Checkbox>
      )}
      {stays && <Alert type="info">{t.restoreTier}</Alert>}
      {version.Type !== "SecureString" && current.Type === "SecureString" && <Alert type="warning">{t.restorePlain}</Alert>}
    </TaskDialog>
  );
}
