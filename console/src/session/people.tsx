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
import { handOver } from "./channel";
import { assume, identityOf, type Known } from "./identity";
import { leave, type Offer, questionOnce, redeem, SignInFailure } from "./oidc";
import { answerOnce } from "./redirect";
import { signIn } from "./session";
import { words } from "./text";

async function become(role: string, known: Known, region: string): Promise<void> {
  const { keys, person } = await assume(role, known, region);
  // Wanted in an hour, when the server may have other files, or be away.
  void Promise.all([import("./sign-in-end"), import("../layout/notice-bar")]).catch(() => undefined);
  signIn(keys, region, role.split(":")[4], person);
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
      const question = questionOnce();
      if (!question && (await handOver(answer))) {
        setBusy("handed over");
        return window.close();
      }
      const offer = offers.find((each) => each.issuer === question?.issuer);
      if (!question || !offer) throw new SignInFailure("stray", "");
      const token = await redeem(offer, question, answer);
      const given = { identity: await identityOf(token), token, offer };
      const [first = "", ...others] = given.identity.roles;
      if (first && !others.length) return await become(first, given, region);
      if (!first) onAlone(false);
      setKnown(given);
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
  if (busy === "handed over") return <Box textAlign="center">{t.handedOver}</Box>;
  const identity = known?.identity;
  if (identity && identity.roles.length > 0) {
    return (
      <SpaceBetween size="m">
        <FormField label={t.chooseRole} description={t.youAre(identity.session_name)}>
          <RadioGroup
            value={chosen}
            items={identity.roles.map((arn) => ({ value: arn, label: arn.split("/").at(-1), description: arn }))}
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
      {identity && (
        <Alert type="error" header={t.noRole}>
          {t.noRoleNext(identity.session_name, identity.groups)}
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
