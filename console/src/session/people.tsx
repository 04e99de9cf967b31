import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useState } from "react";
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

async function personOf(token: string): Promise<Person> {
  const answer = await fetch("/sign-in/roles", { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  const body = (await answer.json()) as Person & { message?: string };
  if (!answer.ok) throw new SignInFailure("refused", window.location.host, body.message);
  return body;
}

async function become(role: string, person: Person, token: string, region: string): Promise<void> {
  const client = new STSClient({ endpoint: window.location.origin, region, maxAttempts: 1 });
  try {
    const asked = { RoleArn: role, RoleSessionName: person.session_name, WebIdentityToken: token };
    const { Credentials } = await client.send(new AssumeRoleWithWebIdentityCommand(asked));
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
  const [busy, setBusy] = useState<string>();
  const [chosen, setChosen] = useState("");
  const [person, setPerson] = useState<Person>();
  const [token, setToken] = useState("");
  const [error, setError] = useState<unknown>();

  function fail(failure: unknown) {
    setError(failure);
    setBusy(undefined);
    setPerson(undefined);
    setToken("");
    onAlone(false);
  }

  async function arrive(answer: URLSearchParams) {
    onAlone(true);
    setBusy("answer");
    try {
      const given = await redeem(offers, answer);
      const found = await personOf(given);
      if (found.roles.length === 1 && found.roles[0]) return await become(found.roles[0], found, given, region);
      if (found.roles.length === 0) onAlone(false);
      setPerson(found);
      setToken(given);
      setChosen(found.roles[0] ?? "");
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
    setPerson(undefined);
    choose({ region });
    await leave(offer).catch(fail);
  }

  async function take() {
    if (!person) return;
    setBusy("role");
    await become(chosen, person, token, region).catch(fail);
  }

  if (busy === "answer") {
    return (
      <Box textAlign="center" padding="l">
        <Spinner size="large" /> <span role="status">{t.comingBack}</span>
      </Box>
    );
  }
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
        <Button variant="primary" loading={busy === "role"} onClick={() => void take()}>
          {t.goOn}
        </Button>
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
          iconName="external"
          iconAlign="right"
          loading={busy === offer.issuer}
          onClick={() => void go(offer)}
        >
          {t.signInWith(offer.label)}
        </Button>
      ))}
    </SpaceBetween>
  );
}
