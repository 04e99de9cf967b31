import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useState } from "react";
import { useText } from "../i18n/text";
import { words } from "./text";

export function faultOf(json: string): string | undefined {
  try {
    JSON.parse(json);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A policy document as text, with JSON's faults as it is typed. Without `onChange` to read only. */
export function DocumentField(props: { value: string; label: string; onChange?: (value: string) => void }) {
  const t = useText(words);
  const fault = props.value ? faultOf(props.value) : undefined;
  return (
    <FormField stretch label={props.label} errorText={fault && t.documentBad(fault)}>
      <div className="code">
        <Textarea
          value={props.value}
          rows={Math.min(24, props.value.split("\n").length + 1)}
          readOnly={!props.onChange}
          spellcheck={false}
          onChange={({ detail }) => props.onChange?.(detail.value)}
        />
      </div>
    </FormField>
  );
}

/** A document there is, to be saved when it was changed. */
export function DocumentEditor(props: { value: string; label: string; onSave?: (value: string) => Promise<void> }) {
  const t = useText(words);
  const { value, label, onSave } = props;
  const [text, setText] = useState(value);
  const [busy, setBusy] = useState(false);
  useEffect(() => setText(value), [value]);
  async function save() {
    setBusy(true);
    await onSave?.(text);
    setBusy(false);
  }
  return (
    <SpaceBetween size="s">
      <DocumentField value={text} label={label} onChange={onSave && setText} />
      {onSave && (
        <Button disabled={text === value || !!faultOf(text)} loading={busy} onClick={() => void save()}>
          {t.saveDocument}
        </Button>
      )}
    </SpaceBetween>
  );
}
