import Button from "@cloudscape-design/components/button";
import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { readValue } from "./read";
import { words } from "./text";

/** Seconds a secret stays on the screen. */
const SHOWN = 30;

function Copy({ value }: { value: string }) {
  const t = useText(words);
  const c = useText(common);
  return (
    <CopyToClipboard
      variant="icon"
      copyButtonAriaLabel={t.copyValue}
      copySuccessText={c.copied}
      copyErrorText={c.copyFailed}
      textToCopy={value}
    />
  );
}

function Shown({ value }: { value: string }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <pre className="mono value">{value}</pre>
      <Copy value={value} />
    </SpaceBetween>
  );
}

/** A value that is no secret by its type. */
export function PlainValue({ name, version }: { name: string; version: number }) {
  const t = useText(common);
  const { data, error, loading } = useAnswer(() => readValue(name), `${name}:${version}`);
  if (error !== undefined) return <ProblemAlert error={error} />;
  return loading || data === undefined ? <Box>{t.loading}…</Box> : <Shown value={data} />;
}

/** A secret: fetched when somebody asks to see it, gone from the page after a while or when the page is left. */
export function SecretValue({ name }: { name: string }) {
  const t = useText(words);
  const [value, setValue] = useState<string>();
  const [left, setLeft] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    if (value === undefined) return undefined;
    const until = Date.now() + SHOWN * 1000;
    setLeft(SHOWN);
    const tick = setInterval(() => {
      const remaining = Math.ceil((until - Date.now()) / 1000);
      if (remaining <= 0 || document.hidden) setValue(undefined);
      else setLeft(remaining);
    }, 500);
    return () => clearInterval(tick);
  }, [value]);

  async function reveal() {
    setBusy(true);
    setError(undefined);
    try {
      setValue(await readValue(name));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  }

  return (
    <SpaceBetween size="xs">
      {value === undefined ? (
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <span aria-hidden="true">••••••••</span>
          <Button iconName="unlocked" loading={busy} onClick={() => void reveal()}>
            {t.reveal}
          </Button>
        </SpaceBetween>
      ) : (
        <>
          <Shown value={value} />
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Button iconName="lock-private" onClick={() => setValue(undefined)}>
              {t.hide}
            </Button>
            <Box color="text-body-secondary">{t.hidesIn(left)}</Box>
          </SpaceBetween>
        </>
      )}
      <ProblemAlert error={error} />
    </SpaceBetween>
  );
}
