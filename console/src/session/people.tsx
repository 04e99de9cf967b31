import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useState } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { ProblemAlert } from "../layout/problem-alert";
import { choose } from "../preferences";
import { leave, type Offer, redeem, SignInFailure } from "./oidc";
import { answerOnce } from "./redirect";
import { signIn } from "./session";
import { words } from "./text";

/** Who a token is of, as the server says: the name of their sessions, their groups, and the roles of these. */
interface Person {
  session_name: string;
  groups: string[];
  roles: string[];
}

/** A person, and the token that proves it. */
interface Known {
  person: Person;
  token: string;
  offer: Offer;
}

async function personOf(token: string): Promise<Person> {
  const answer = await fetch("/sign-in/roles", { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  const body = (await answer.json()) as Person & { message?: string };
  if (!answer.ok) throw new SignInFailure("refused", window.location.host, body.message);
  return body;
}

async function become(role: string, { person, token, offer }: Known, region: string): Promise<void> {
  const client = new STSClient({ endpoint: window.location.origin, region, maxAttempts: 1 });
  try {
    const request = {
      RoleArn: role,
      RoleSessionName: person.session_name,
      WebIdentityToken: token,
      DurationSeconds: offer.duration_seconds,
    };
    const { Credentials } = await client.send(new AssumeRoleWithWebIdentityCommand(request));
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken, Expiration } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    signIn(keys, region, role.split(":")[4], { name: person.session_name, role, until: Expiration?.getTime() ?? 0 });
  } finally {
    client.destroy();
  }
}

interface Props {
  offers: Offer[];
  region: string;
  /** Told whether this needs the page for itself. */
  onAlone: (alone: boolean) => void;
}

/** Signing in as a person: a button for each issuer, and then, when there are several, a choice of roles. */
export default function People({ offers, region, onAlone }: Props) {
  const t = useText(words);
  const c = useText(common);
  const [busy, setBusy] = useState<string>();
  const [chosen, setChosen] = useState("");
  const [known, setKnown] = useState<Known>();
  const [error, setError] = useState<unknown>();

  function fail(failure: unknown) {
    setError(failure);
    setBusy(undefined);
    setKnown(undefined);
    onAlone(false);
  }

  async function arrive(answer: URLSearchParams) {
    onAlone(true);
    setBusy("answer");
    try {
      const given = await redeem(offers, answer);
      const person = await personOf(given.token);
      const [first = ""] = person.roles;
      if (person.roles.length === 1) return await become(first, { ...given, person }, region);
      if (!first) onAlone(false);
      setKnown({ ...given, person });
      setChosen(first);
      setBusy(undefined);
    } catch (failure) {
      fail(failure);
    }
  }

  useEffect(() => {
    const answer = answerOnce();
    if (answer) void arrive(answer);
  }, []);

  async function go(offer: Offer) {
    setBusy(offer.issuer);
    setError(undefined);
    setKnown(undefined);
    choose({ region });
    await leave(offer).catch(fail);
  }

  async function take() {
    if (!known) return;
    setBusy("role");
    await become(chosen, known, region).catch(fail);
  }

  if (busy === "answer") {
    return (
      <Box textAlign="center" padding="l">
        <Spinner size="large" /> <span role="status">{t.comingBack}</span>
      </Box>
    );
  }
  const person = known?.person;
  if (person && person.roles.length > 0) {
    return (
      <SpaceBetween size="m">
        <FormField label={t.chooseRole} description={t.youAre(person.session_name)}>
          <RadioGroup
            value={chosen}
            items={person.roles.map((arn) => ({ value: arn, label: arn.split("/").at(-1), description: arn }))}
            onChange={({ detail }) => setChosen(detail.value)}
          />
        </FormField>
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" loading={busy === "role"} onClick={() => void take()}>
            {t.goOn}
          </Button>
          <Button variant="link" onClick={() => fail(undefined)}>
            {c.cancel}
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="s">
      {error instanceof SignInFailure ? (
        <Alert type="error" header={t.notSignedIn}>
          {t.why[error.reason](error.label)} {error.message}
        </Alert>
      ) : (
        <ProblemAlert error={error} />
      )}
      {person && (
        <Alert type="error" header={t.noRole}>
          {t.noRoleNext(person.session_name, person.groups)}
        </Alert>
      )}
      {offers.map((offer) => (
        <Button
          key={offer.issuer}
          fullWidth
          formAction="none"
          loading={busy === offer.issuer}
          onClick={() => void go(offer)}
        >
          {t.signInWith(offer.label)}
        </Button>
      ))}
    </SpaceBetween>
  );
}
