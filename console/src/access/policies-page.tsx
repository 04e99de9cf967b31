import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { href } from "../layout/links";
import { Page } from "../layout/shell";
import { CreateDialog } from "./create-dialog";
import { iam, listPolicies, STARTER } from "./iam";
import { ListTable } from "./list-table";
import { words } from "./text";

export default function PoliciesPage() {
  const t = useText(words);
  const c = useText(common);
  const answer = useAnswer(() => listPolicies(), "policies");
  const [creating, setCreating] = useState(false);
  return (
    <Page title={t.policies}>
      <ListTable
        title={t.policies}
        lead={t.policiesLead}
        answer={answer}
        nameOf={(policy) => policy.PolicyName ?? ""}
        empty={t.noPolicies}
        createText={t.createPolicy}
        onCreate={() => setCreating(true)}
        columns={[
          {
            id: "name",
            header: c.name,
            isRowHeader: true,
            cell: ({ PolicyName = "", Arn = "" }) => <Link href={href("/policies/detail", { arn: Arn })}>{PolicyName}</Link>,
          },
          { id: "from", header: t.managedBy, cell: ({ Arn = "" }) => (Arn.includes(":aws:policy/") ? t.aws : t.ours) },
          { id: "attachments", header: t.attachments, cell: (policy) => policy.AttachmentCount },
          { id: "created", header: t.created, cell: (policy) => formatTime(policy.CreateDate) },
        ]}
      />
      {creating && (
        <CreateDialog
          title={t.createPolicy}
          nameLabel={t.policyName}
          document={{ label: t.document, starter: STARTER }}
          onCreate={(PolicyName, PolicyDocument) => iam().send(new CreatePolicyCommand({ PolicyName, PolicyDocument }))}
          onClose={() => setCreating(false)}
          onDone={() => {
            setCreating(false);
            answer.reload();
          }}
        />
      )}
    </Page>
  );
}
