import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import type { Snippet } from "./snippets";

export function SnippetTabs({ snippets }: { snippets: readonly Snippet[] }) {
  const t = useText(common);
  return (
    <Tabs
      tabs={snippets.map(({ id, label, code }) => ({
        id,
        label,
        content: (
          <SpaceBetween size="xs">
            <pre className="mono" tabIndex={0} role="group" aria-label={label}>
              {code}
            </pre>
            <CopyToClipboard
              variant="button"
              copyButtonText={t.copy}
              copySuccessText={t.copied}
              copyErrorText={t.copyFailed}
              textToCopy={code}
            />
          </SpaceBetween>
        ),
      }))}
    />
  );
}
