import {
  type AccessKey,
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { notify, notifyProblem } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { words as sessionWords } from "../session/text";
import { iam } from "./iam";
import { words } from "./text";

/** A user's access keys. A new secret is shown until the page is left or the note is closed. */
export function AccessKeys({ user }: { user: string }) {
  const t = useText(words);
  const c = useText(common);
  const s = useText(sessionWords);
  const { data = [], error, reload } = useAnswer(async () => {
    const { AccessKeyMetadata = [] } = await iam().send(new ListAccessKeysCommand({ UserName: user }));
    return AccessKeyMetadata;
  }, user);
  const [fresh, setFresh] = useState<AccessKey>();
  const copying = { copySuccessText: c.copied, copyErrorText: c.copyFailed };

  async function act(send: () => Promise<unknown>) {
    try {
      await send();
      notify("success", t.changed);
      reload();
    } catch (failure) {
      notifyProblem(failure);
    }
  }

  async function create() {
    try {
      const { AccessKey } = await iam().send(new CreateAccessKeyCommand({ UserName: user }));
      setFresh(AccessKey);
      reload();
    } catch (failure) {
      notifyProblem(failure);
    }
  }

  return (
    <SpaceBetween size="m">
      {fresh && (
        <Alert type="success" header={t.keyOnce} dismissible onDismiss={() => setFresh(undefined)}>
          <KeyValuePairs
            columns={2}
            items={[
              {
                label: s.keyId,
                value: (
                  <CopyToClipboard
                    variant="inline"
                    copyButtonAriaLabel={`${c.copy} ${s.keyId}`}
                    textToCopy={fresh.AccessKeyId ?? ""}
                    {...copying}
                  />
                ),
              },
              {
                label: t.secretKey,
                value: (
                  <CopyToClipboard
                    variant="inline"
                    copyButtonAriaLabel={`${c.copy} ${t.secretKey}`}
                    textToCopy={fresh.SecretAccessKey ?? ""}
                    {...copying}
                  />
                ),
              },
            ]}
          />
        </Alert>
      )}
      <Table
        items={data}
        trackBy="AccessKeyId"
        ariaLabels={{ tableLabel: t.accessKeys }}
        header={
          <Header
            variant="h2"
            counter={`(${data.length})`}
            description={t.accessKeysHint}
            actions={
              <Button disabled={data.length >= 2} onClick={() => void create()}>
                {t.createKey}
              </Button>
            }
          >
            {t.accessKeys}
          </Header>
        }
        empty={error !== undefined ? <ProblemAlert error={error} retry={reload} /> : t.noKeys}
        columnDefinitions={[
          { id: "id", header: s.keyId, cell: (key) => key.AccessKeyId, isRowHeader: true },
          {
            id: "state",
            header: c.status,
            cell: (key) => (
              <StatusIndicator type={key.Status === "Active" ? "success" : "stopped"}>
                {t.keyStates[key.Status ?? ""]}
              </StatusIndicator>
            ),
          },
          { id: "created", header: t.created, cell: (key) => formatTime(key.CreateDate) },
          {
            id: "actions",
            header: c.actions,
            cell: ({ AccessKeyId, Status }) => {
              const key = { UserName: user, AccessKeyId };
              const other = Status === "Active" ? "Inactive" : "Active";
              return (
                <SpaceBetween direction="horizontal" size="xs">
                  <Button
                    variant="inline-link"
                    onClick={() => void act(() => iam().send(new UpdateAccessKeyCommand({ ...key, Status: other })))}
                  >
                    {other === "Active" ? t.activate : t.deactivate}
                  </Button>
                  <Button
                    variant="inline-link"
                    onClick={() => void act(() => iam().send(new DeleteAccessKeyCommand(key)))}
                  >
                    {c.delete}
                  </Button>
                </SpaceBetween>
              );
            },
          },
        ]}
      />
    </SpaceBetween>
  );
}
