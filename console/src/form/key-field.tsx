import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { words } from "./text";

async function aliases(): Promise<string[]> {
  const { listAliases } = await import("../keys/kms");
  return listAliases();
}

/** The KMS key by alias; whoever may not list aliases types one. */
export function KeyField({ keyId, onChange }: { keyId: string; onChange: (keyId: string) => void }) {
  const t = useText(words);
  const c = useText(common);
  const { data = [], loading } = useAnswer(aliases, "aliases");
  const options = [...new Set(["alias/aws/ssm", ...data])].map((value) => ({ value }));
  return (
    <FormField label={c.keyId} description={t.keyHint}>
      <Autosuggest
        value={keyId}
        options={options}
        ariaLabel={c.keyId}
        statusType={loading ? "loading" : "finished"}
        enteredTextLabel={t.keyEnter}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
