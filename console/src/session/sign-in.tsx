import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { isDenied } from "../aws/problem";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { choose, usePreferences } from "../preferences";
import { RegionSelect } from "./region-select";
import { howItEnded, type Keys, signIn } from "./session";
import { words } from "./text";

/** Ask the server one small thing with the keys, and keep them when it knows them. */
async function tryKeys(keys: Keys, region: string): Promise<void> {
  const client = new SSMClient({ endpoint: window.location.origin, region, credentials: keys, maxAttempts: 1 });
  try {
    const { Parameters } = await client.send(new DescribeParametersCommand({ MaxResults: 1 }));
    signIn(keys, region, Parameters?.[0]?.ARN?.split(":")[4]);
  } catch (error) {
    if (!isDenied(error)) throw error;
    signIn(keys, region);
  } finally {
    client.destroy();
  }
}

export function SignIn() {
  const t = useText(words);
  const { language, region: before } = usePreferences();
  const [keyId, setKeyId] = useState("");
  const [secret, setSecret] = useState("");
  const [token, setToken] = useState("");
  const [temporary, setTemporary] = useState(false);
  const [region, setRegion] = useState(before);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const missing = (value: string) => (tried && !value.trim() ? t.required : "");
  const ended = howItEnded();

  async function submit() {
    setTried(true);
    if (!keyId.trim() || !secret.trim() || !region.trim() || (temporary && !token.trim())) return;
    setBusy(true);
    setError(undefined);
    try {
      const sessionToken = temporary ? token.trim() : undefined;
      await tryKeys({ accessKeyId: keyId.trim(), secretAccessKey: secret.trim(), sessionToken }, region.trim());
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Container
          header={
            <Header
              variant="h1"
              description={t.lead}
              actions={
                <Button
                  variant="inline-link"
                  formAction="none"
                  onClick={() => choose({ language: language === "en" ? "ko" : "en" })}
                >
                  {t.language}
                </Button>
              }
            >
              {t.title}
            </Header>
          }
          footer={<Box color="text-body-secondary">{t.memory}</Box>}
        >
          <Form
            actions={
              <Button variant="primary" loading={busy} formAction="submit">
                {t.signIn}
              </Button>
            }
          >
            <SpaceBetween size="m">
              {ended && !error && <Alert type="info">{ended === "idle" ? t.idle : t.signedOut}</Alert>}
              <ProblemAlert error={error} />
              <FormField label={t.keyId} errorText={missing(keyId)}>
                <Input
                  value={keyId}
                  autoFocus
                  autoComplete="username"
                  spellcheck={false}
                  onChange={({ detail }) => setKeyId(detail.value)}
                />
              </FormField>
              <FormField label={t.secret} errorText={missing(secret)}>
                <Input
                  value={secret}
                  type="password"
                  autoComplete="current-password"
                  onChange={({ detail }) => setSecret(detail.value)}
                />
              </FormField>
              <Checkbox checked={temporary} onChange={({ detail }) => setTemporary(detail.checked)}>
                {t.temporary}
              </Checkbox>
              {temporary && (
                <FormField label={t.token} description={t.tokenHint} errorText={missing(token)}>
                  <Input
                    value={token}
                    type="password"
                    autoComplete="off"
                    onChange={({ detail }) => setToken(detail.value)}
                  />
                </FormField>
              )}
              <FormField label={t.region} description={t.regionHint} errorText={missing(region)}>
                <RegionSelect value={region} label={t.region} onChange={setRegion} />
              </FormField>
            </SpaceBetween>
          </Form>
        </Container>
      </form>
    </main>
  );
}
