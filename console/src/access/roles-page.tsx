import { CreateRoleCommand } from "@aws-sdk/client-iam";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { href } from "../layout/links";
import { Page } from "../layout/shell";
import { useSession } from "../session/session";
import { CreateDialog } from "./create-dialog";
import { iam, listRoles } from "./iam";
import { ListTable } from "./list-table";
import { words } from "./text";

/** Whoever of the account may call sts:AssumeRole. */
function trustOf(account = "111122223333"): string {
  const statement = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, undefined, 2);
}

export default function RolesPage() {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const session = useSession();
  const answer = useAnswer(listRoles, "roles");
  const [creating, setCreating] = useState(false);
  return (
    <Page title={t.roles}>
      <ListTable
        title={t.roles}
        lead={t.rolesLead}
        answer={answer}
        nameOf={(role) => role.RoleName ?? ""}
        empty={t.noRoles}
        emptyNext={t.noRolesNext}
        createText={t.createRole}
        onCreate={() => setCreating(true)}
        columns={[
          {
            id: "name",
            header: c.name,
            isRowHeader: true,
            cell: ({ RoleName = "" }) => <Link href={href("/roles/detail", { name: RoleName })}>{RoleName}</Link>,
          },
          { id: "arn", header: t.arn, cell: (role) => role.Arn },
          { id: "description", header: c.description, cell: (role) => role.Description || "–" },
          { id: "created", header: t.created, cell: (role) => formatTime(role.CreateDate) },
        ]}
      />
      {creating && (
        <CreateDialog
          title={t.createRole}
          nameLabel={t.roleName}
          document={{ label: t.trust, starter: trustOf(session?.account) }}
          onCreate={(name, trust) =>
            iam().send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }))
          }
          onClose={() => setCreating(false)}
          onDone={(name) => navigate(`/roles/detail?name=${encodeURIComponent(name)}`)}
        />
      )}
    </Page>
  );
}
