import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import { useDeferredValue, useEffect, useState } from "react";
import { common } from "../i18n/common";
import { formatNumber, useText } from "../i18n/text";
import { type Draft, largest, sizeOf } from "./draft";
import { Generator } from "./generator";
import { words } from "./text";
import { type Lint, lint, looksSecret, matches } from "./value-checks";

interface Props {
  draft: Draft;
  fault?: string;
  onChange: (changes: Partial<Draft>) => void;
}

/** The value: counted, linted, tested against the pattern; of a SecureString masked while it is typed. */
export function ValueField({ draft, fault, onChange }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [shown, setShown] = useState(false);
  const { name, type, tier, value, pattern } = draft;
  const settled = useDeferredValue(value);
  const [linted, setLinted] = useState<Lint>();
  useEffect(() => {
    let wanted = true;
    void lint(settled).then((found) => wanted && setLinted(found));
    return () => {
      wanted = false;
    };
  }, [settled]);
  const secure = type === "SecureString";
  const tested = pattern && value ? matches(pattern, value, type === "StringList") : undefined;

  return (
    <SpaceBetween size="s">
      <FormField
        label={c.value}
        stretch
        errorText={fault}
        constraintText={
          <>
            {t.valueSize(formatNumber(sizeOf(value)), formatNumber(largest(tier)))}
            {type === "StringList" && value && <> · {t.listCount(value.split(",").length)}</>}
          </>
        }
      >
        <div className={secure && !shown ? "masked" : undefined}>
          <Textarea
            value={value}
            rows={5}
            spellcheck={false}
            disableBrowserAutocorrect
            autoComplete={false}
            onChange={({ detail }) => onChange({ value: detail.value })}
          />
        </div>
      </FormField>
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        {secure && (
          <Button formAction="none" iconName={shown ? "lock-private" : "unlocked"} ariaExpanded={shown} onClick={() => setShown(!shown)}>
            {shown ? t.hide : t.show}
          </Button>
        )}
        {secure && <Generator onGenerated={(made) => onChange({ value: made })} />}
        {linted && (
          <StatusIndicator type={linted.fault ? "warning" : "success"}>
            {linted.fault
              ? secure && !shown
                ? t.lintBad(linted.language, "…")
                : t.lintBad(linted.language, linted.fault)
              : t.lintGood(linted.language)}
          </StatusIndicator>
        )}
        {tested === true && <StatusIndicator type="success">{t.patternMatches}</StatusIndicator>}
        {tested === false && <StatusIndicator type="error">{t.patternFails}</StatusIndicator>}
        {tested === "unreadable" && <StatusIndicator type="info">{t.patternUnreadable}</StatusIndicator>}
      </SpaceBetween>
      {!secure && looksSecret(name, value) && (
        <Alert
          type="warning"
          header={t.secretWarning}
          action={
            <Button formAction="none" onClick={() => onChange({ type: "SecureString" })}>{t.secretChange}
            </Button>
          }
        >
          <Box>{t.secretNext}</Box>
        </Alert>
      )}
    </SpaceBetween>
  );
}
