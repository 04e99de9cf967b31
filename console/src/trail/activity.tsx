import Link from "@cloudscape-design/components/link";
import { useMemo, useState } from "react";
import { useText } from "../i18n/text";
import { href } from "../layout/links";
import { Events } from "./events";
import { words } from "./text";

/** Who read and changed one parameter. */
export default function Activity({ name }: { name: string }) {
  const t = useText(words);
  const [round, setRound] = useState(0);
  const request = useMemo(
    () => ({ LookupAttributes: [{ AttributeKey: "ResourceName" as const, AttributeValue: name }] }),
    [name, round],
  );
  return (
    <Events
      title={t.activity}
      lead={t.activityLead}
      variant="h2"
      request={request}
      onRefresh={() => setRound((before) => before + 1)}
      empty={t.noActivity}
      emptyNext={<Link href={href("/trail")}>{t.toTrail}</Link>}
    />
  );
}
