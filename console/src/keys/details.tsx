import {
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  PutKeyPolicyCommand,
  RotateKeyOnDemandCommand,
} from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useState } from "react";
import { useAnswer } from "../aws/use-answer";
import { common } from "../i18n/common";
import { formatTime, useText } from "../i18n/text";
import { notify, notifyProblem } from "../layout/notices";
import { ProblemAlert } from "../layout/problem-alert";
import { Grants } from "./grants";
import { type Key, kms, readKey } from "./kms";
import { KeyTags } from "./tags";
import { words } from "./text";

function faultOf(json: string): string | undefined {
  try {
    JSON.parse(json);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** One key: what it is, whether it rotates, its policy to edit, its tags and grants. */
export function Details({ of: key }: { of: Key }) {
  const t = useText(words);
  const c = useText(common);
  const { KeyId } = key;
  const { data, error, loading, reload } = useAnswer(() => readKey(key), `${KeyId} ${key.KeyState}`);
  const [policy, setPolicy] = useState("");
  useEffect(() => setPolicy(data?.policy ?? ""), [data]);
  const fault = policy ? faultOf(policy) : undefined;
  const own = key.KeyManager === "CUSTOMER";
  const rotation = data?.rotation;

  async function act(send: () => Promise<unknown>) {
    try {
      await send();
      notify("success", t.done);
      reload();
    } catch (failure) {
      notifyProblem(failure);
    }
  }

  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            actions={
              own &&
              rotation && (
                <SpaceBetween direction="horizontal" size="xs">
                  <Button
                    onClick={() =>
                      void act(() =>
                        rotation.automatic
                          ? kms().send(new DisableKeyRotationCommand({ KeyId }))
                          : kms().send(new EnableKeyRotationCommand({ KeyId })),
                      )
                    }
                  >
                    {rotation.automatic ? t.rotationOff : t.rotationOn}
                  </Button>
                  <Button onClick={() => void act(() => kms().send(new RotateKeyOnDemandCommand({ KeyId })))}>
                    {t.rotateNow}
                  </Button>
                </SpaceBetween>
              )
            }
          >
            {t.details}
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            { label: "ARN", value: key.Arn },
            { label: t.aliases, value: data?.aliases.join(", ") || "–" },
            { label: c.description, value: key.Description || "–" },
            { label: t.usage, value: key.KeyUsage },
            { label: t.origin, value: key.Origin },
            { label: t.created, value: formatTime(key.CreationDate) },
            { label: t.rotation, value: rotation ? (rotation.automatic ? c.yes : c.no) : "–" },
            { label: t.lastRotated, value: rotation ? t.times(rotation.times) : "–" },
            { label: t.deletesOn, value: formatTime(key.DeletionDate) },
          ]}
        />
      </Container>
      <Container
        header={
          <Header variant="h2" description={t.policyHint}>
            {t.policy}
          </Header>
        }
      >
        <SpaceBetween size="s">
          <ProblemAlert error={error} retry={reload} />
          {loading && !data ? (
            <Spinner />
          ) : (
            data && (
              <SpaceBetween size="s">
                <FormField stretch errorText={fault && t.policyBad(fault)}>
                  <div className="code">
                    <Textarea
                      value={policy}
                      rows={Math.min(20, policy.split("\n").length + 1)}
                      readOnly={!own}
                      spellcheck={false}
                      ariaLabel={t.policy}
                      onChange={({ detail }) => setPolicy(detail.value)}
                    />
                  </div>
                </FormField>
                {own && (
                  <Button
                    disabled={policy === data.policy || !!fault}
                    onClick={() =>
                      void act(() =>
                        kms().send(new PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy: policy })),
                      )
                    }
                  >
                    {t.policySave}
                  </Button>
                )}
              </SpaceBetween>
            )
          )}
        </SpaceBetween>
      </Container>
      {own && KeyId && <KeyTags KeyId={KeyId} />}
      {KeyId && <Grants KeyId={KeyId} />}
    </SpaceBetween>
  );
}
