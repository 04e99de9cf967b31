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
import { lazy, Suspense, useEffect, useState } from "react";
import { isDenied } from "../aws/problem";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { choose, usePreferences } from "../preferences";
import type { Offer } from "./oidc";
import { hasAnswer } from "./redirect";
import { RegionSelect } from "./region-select";
import { howItEnded, type Keys, signIn } from "./session";
import { words } from "./text";

const People = lazy(() => import("./people"));

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

async function readOffers(): Promise<Offer[]> {
  const answer = await fetch("/sign-in", { cache: "no-store" });
  return answer.ok ? ((await answer.json()) as { issuers: Offer[] }).issuers : [];
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
  const [offers, setOffers] = useState<Offer[]>([]);
  const [alone, setAlone] = useState(hasAnswer);
  useEffect(() => {
    readOffers().then(
      (found) => {
        setOffers(found);
        if (!found.length) setAlone(false);
      },
      () => setAlone(false), // Keys serve without, and whoever tries them is told what is wrong.
    );
  }, []);

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
      <Container
        header={
          <Header
            variant="h1"
            description={offers.length ? t.leadPeople : t.lead}
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
        <SpaceBetween size="l">
          {ended && !error && <Alert type="info">{t[ended]}</Alert>}
          {offers.length > 0 && (
            <Suspense>
              <People offers={offers} region={region.trim()} onAlone={setAlone} />
            </Suspense>
          )}
          {!alone && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void submit();
              }}
            >
              <Form
                header={offers.length > 0 && <Box variant="h2">{t.orWithKey}</Box>}
                actions={
                  <Button variant="primary" loading={busy} formAction="submit">
                    {t.signIn}
                  </Button>
                }
              >
                <SpaceBetween size="m">
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
            </form>
          )}
        </SpaceBetween>
      </Container>
    </main>
  );
}
