import { CreateAliasCommand, CreateKeyCommand, type KeySpec } from "@aws-sdk/client-kms";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { TaskDialog } from "../layout/task-dialog";
import { kms } from "./kms";
import { words } from "./text";

const SPECS: Record<string, "ENCRYPT_DECRYPT" | "GENERATE_VERIFY_MAC"> = {
  SYMMETRIC_DEFAULT: "ENCRYPT_DECRYPT",
  HMAC_256: "GENERATE_VERIFY_MAC",
  HMAC_512: "GENERATE_VERIFY_MAC",
};

export function CreateDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const t = useText(words);
  const c = useText(common);
  const [alias, setAlias] = useState("alias/");
  const [description, setDescription] = useState("");
  const [spec, setSpec] = useState("SYMMETRIC_DEFAULT");
  const named = alias !== "" && alias !== "alias/";
  const bad = named && !/^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/.test(alias);

  async function create() {
    const request = { Description: description || undefined, KeySpec: spec as KeySpec, KeyUsage: SPECS[spec] };
    const { KeyMetadata } = await kms().send(new CreateKeyCommand(request));
    if (named) await kms().send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
    notify("success", t.made);
    onDone();
  }

  return (
    <TaskDialog title={t.create} action={t.makes} disabled={bad} task={create} onClose={onClose}>
      <FormField label={t.aliasLabel} description={t.aliasHint} errorText={bad && t.aliasBad}>
        <Input value={alias} spellcheck={false} onChange={({ detail }) => setAlias(detail.value)} />
      </FormField>
      <FormField label={c.description}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label={t.spec} description={t.specHint}>
        <Select
          selectedOption={{ value: spec, label: spec }}
          options={Object.keys(SPECS).map((value) => ({ value, label: value }))}
          onChange={({ detail }) => setSpec(detail.selectedOption.value ?? spec)}
        />
      </FormField>
    </TaskDialog>
  );
}
