import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { problem } from "../aws/problem";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";

/** An error where its cause is on the page. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useText(common);
  if (error === undefined) return null;
  const { title, detail, next } = problem(error);
  return (
    <Alert type="error" header={title} action={retry && <Button formAction="none" onClick={retry}>{t.refresh}</Button>}>
      {detail && <div>{detail}</div>}
      {next && <div>{next}</div>}
    </Alert>
  );
}
