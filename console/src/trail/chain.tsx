import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useAnswer } from "../aws/use-answer";
import { useText } from "../i18n/text";
import { readMetrics } from "../server/health";
import { words } from "./text";

/** Whether the chain of records is whole, as far as the running server has seen. */
export function Chain({ round }: { round: number }) {
  const t = useText(words);
  const { data, error } = useAnswer(readMetrics, `chain ${round}`);
  if (!data && !error) return <StatusIndicator type="loading">{t.chainAsked}</StatusIndicator>;
  const value = (name: string) => Number(data?.find((each) => each.name === name)?.value);
  if (value("parastore_audit_up") === 0) return <StatusIndicator type="error">{t.chainDown}</StatusIndicator>;
  const altered = value("parastore_audit_altered");
  if (altered > 0) return <StatusIndicator type="error">{t.chainAltered}</StatusIndicator>;
  if (altered === 0) return <StatusIndicator type="success">{t.chainWhole}</StatusIndicator>;
  return <StatusIndicator type="warning">{t.chainUnknown}</StatusIndicator>;
}
