import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Popover from "@cloudscape-design/components/popover";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "../i18n/text";
import { words } from "./text";
import { ALPHABETS, generate } from "./value-checks";

/** A random password for the value, made in this browser. */
export function Generator({ onGenerated }: { onGenerated: (value: string) => void }) {
  const t = useText(words);
  const [length, setLength] = useState("32");
  const [symbols, setSymbols] = useState(true);
  const count = Math.min(Math.max(Math.trunc(Number(length)) || 32, 8), 4096);
  const alphabet = ALPHABETS.letters + ALPHABETS.digits + (symbols ? ALPHABETS.symbols : "");
  return (
    <Popover
      header={t.generate}
      triggerType="custom"
      content={
        <SpaceBetween size="s">
          <FormField label={t.generateLength}>
            <Input
              type="number"
              inputMode="numeric"
              value={length}
              onChange={({ detail }) => setLength(detail.value)}
            />
          </FormField>
          <Checkbox checked={symbols} onChange={({ detail }) => setSymbols(detail.checked)}>
            {t.generateSymbols}
          </Checkbox>
          <Button formAction="none" onClick={() => onGenerated(generate(count, alphabet))}>{t.generateUse}</Button>
        </SpaceBetween>
      }
    >
      <Button formAction="none" iconName="key">{t.generate}</Button>
    </Popover>
  );
}
