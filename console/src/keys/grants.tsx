import { type GrantListEntry, RevokeGrantCommand } from "@aws-sdk/client-kms";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { notify } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { TaskDialog } from "../layout/task-dialog";
import { kms, listGrants } from "./kms";
import { words } from "./text";

const nameOf = (grant: GrantListEntry) => grant.Name || grant.GrantId?.slice(0, 12) || "";
const granteeOf = (grant: GrantListEntry) => grant.GranteePrincipal ?? grant.GranteeServicePrincipal ?? "–";

function RevokeDialog(props: { KeyId: string; grant: GrantListEntry; onClose: () => void; onDone: () => void }) {
  const t = useText(words);
  const { KeyId, grant, onClose, onDone } = props;

  async function revoke() {
    await kms().send(new RevokeGrantCommand({ KeyId, GrantId: grant.GrantId }));
    notify("success", t.revoked(nameOf(grant)));
    onDone();
  }

  return (
    <TaskDialog title={t.revokeTitle(nameOf(grant))} action={t.revoke} task={revoke} onClose={onClose}>
      <Box>{t.revokeBody(granteeOf(grant), (grant.Operations ?? []).join(", "))}</Box>
    </TaskDialog>
  );
}

/** Who may use a key by a grant, besides its policy. */
export function Grants({ KeyId }: { KeyId: string }) {
  const t = useText(words);
  const c = useText(common);
  const { data = [], error, loading, reload } = useAnswer(() => listGrants(KeyId), KeyId);
  const [revoking, setRevoking] = useState<GrantListEntry>();
  return (
    <>
      <Table<GrantListEntry>
        items={data}
        trackBy="GrantId"
        loading={loading && data.length === 0}
        loadingText={c.loading}
        wrapLines
        ariaLabels={{ tableLabel: t.grants }}
        header={
          <Header
            variant="h2"
            counter={`(${data.length})`}
            description={t.grantsHint}
            actions={<Button iconName="refresh" ariaLabel={t.grantsRefresh} onClick={reload} />}
          >
            {t.grants}
          </Header>
        }
        empty={
          error !== undefined ? (
            <ProblemAlert error={error} retry={reload} />
          ) : (
            <Box textAlign="center">
              <strong>{t.noGrants}</strong>
              <Box color="text-body-secondary">{t.noGrantsNext}</Box>
            </Box>
          )
        }
        columnDefinitions={[
          { id: "name", header: t.grant, cell: nameOf, isRowHeader: true },
          { id: "grantee", header: t.grantee, cell: granteeOf },
          { id: "operations", header: t.operations, cell: (grant) => (grant.Operations ?? []).join(", ") },
          { id: "created", header: t.created, cell: (grant) => formatTime(grant.CreationDate) },
          {
            id: "actions",
            header: c.actions,
            cell: (grant) => (
              <Button ariaLabel={`${t.revoke} ${nameOf(grant)}`} onClick={() => setRevoking(grant)}>
                {t.revoke}
              </Button>
            ),
          },
        ]}
      />
      {revoking && (
        <RevokeDialog
          KeyId={KeyId}
          grant={revoking}
          onClose={() => setRevoking(undefined)}
          onDone={() => {
            setRevoking(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}
