import Button from "@cloudscape-design/components/button";
import Flashbar from "@cloudscape-design/components/flashbar";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { dismiss, type Notice } from "./notices";

export default function NoticeBar({ notices }: { notices: readonly Notice[] }) {
  const t = useText(common);
  return (
    <Flashbar
      stackItems={notices.filter((each) => !each.action).length > 1}
      items={notices.map(({ action, ...each }) => ({
        ...each,
        action: action && <Button onClick={action.run}>{action.text}</Button>,
        ariaRole: action && "status",
        dismissible: !action,
        dismissLabel: t.dismiss,
        onDismiss: () => dismiss(each.id),
      }))}
    />
  );
}
