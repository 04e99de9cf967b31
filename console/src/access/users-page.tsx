import { CreateUserCommand } from "@aws-sdk/client-iam";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { href } from "../layout/links";
import { Page } from "../layout/shell";
import { CreateDialog } from "./create-dialog";
import { iam, listUsers } from "./iam";
import { ListTable } from "./list-table";
import { words } from "./text";

export default function UsersPage() {
  const t = useText(words);
  const c = useText(common);
  const [, navigate] = useLocation();
  const answer = useAnswer(listUsers, "users");
  const [creating, setCreating] = useState(false);
  return (
    <Page title={t.users}>
      <ListTable
        title={t.users}
        lead={t.usersLead}
        answer={answer}
        nameOf={(user) => user.UserName ?? ""}
        empty={t.noUsers}
        emptyNext={t.noUsersNext}
        createText={t.createUser}
        onCreate={() => setCreating(true)}
        columns={[
          {
            id: "name",
            header: c.name,
            isRowHeader: true,
            cell: ({ UserName = "" }) => <Link href={href("/users/detail", { name: UserName })}>{UserName}</Link>,
          },
          { id: "arn", header: t.arn, cell: (user) => user.Arn },
          { id: "created", header: t.created, cell: (user) => formatTime(user.CreateDate) },
        ]}
      />
      {creating && (
        <CreateDialog
          title={t.createUser}
          nameLabel={t.userName}
          onCreate={(name) => iam().send(new CreateUserCommand({ UserName: name }))}
          onClose={() => setCreating(false)}
          onDone={(name) => navigate(`/users/detail?name=${encodeURIComponent(name)}`)}
        />
      )}
    </Page>
  );
}
