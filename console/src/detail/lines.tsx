import Alert from "@cloudscape-design/components/alert";
import { diffLines } from "diff";
import { useText } from "../i18n/text";
import { words } from "./text";

export type Values = [older: string, newer: string];

/** What one value has for what lines of the other. */
export function Lines({ values: [older, newer] }: { values: Values }) {
  const t = useText(words);
  if (older === newer) return <Alert type="info">{t.same}</Alert>;
  const parts = diffLines(older, newer);
  return (
    <div className="mono diff" role="table" aria-label={t.compare}>
      {parts.flatMap((part, at) =>
        part.value
          .replace(/\n$/, "")
          .split("\n")
          .map((line, index) => (
            <div
              key={`${at}.${index}`}
              role="row"
              className={part.added ? "added" : part.removed ? "removed" : undefined}
            >
              <span role="cell">{`${part.added ? "+" : part.removed ? "−" : " "} ${line}`}</span>
            </div>
          )),
      )}
    </div>
  );
}
