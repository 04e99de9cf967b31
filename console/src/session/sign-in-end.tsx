import { useEffect, useRef, useState } from "react";
import { problem } from "../aws/problem";
import { formatClock, useText } from "../i18n/text";
import { notify, stand } from "../layout/notices";
import { SignInFailure } from "./oidc";
import { renew } from "./renewal";
import { type Person, useSession } from "./session";
import { words } from "./text";

const WINDOW = "popup,width=520,height=700";

/** Says above the page that the sign-in ends soon, and lets the person renew it without leaving the page. */
export default function SignInEnd({ person, minutes }: { person: Person; minutes: number }) {
  const t = useText(words);
  const region = useSession()?.region ?? "";
  const [waiting, setWaiting] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const attempt = useRef<AbortController>(undefined);

  async function again() {
    attempt.current?.abort();
    const { signal } = (attempt.current = new AbortController());
    setFailure(undefined);
    try {
      // At once, in the click: later, browsers take it for an advertisement.
      const beside = window.open("", "_blank", WINDOW);
      if (!beside) throw new SignInFailure("blocked", person.offer.label);
      setWaiting(true);
      const { until } = await renew(person, beside, region, signal);
      stand(undefined);
      notify("success", t.renewed(formatClock(new Date(until))));
    } catch (error) {
      if (signal.aborted) return;
      setFailure(error);
      setWaiting(false);
    }
  }

  useEffect(() => {
    const content = failure ? explain(failure, t) : waiting ? t.endsWaiting(person.offer.label) : t.endsNext;
    const action = { text: t.signInAgain, run: () => void again() };
    stand({ id: "sign-in-end", type: "warning", header: t.ends(minutes), content, action });
  }, [person, minutes, waiting, failure, region, t]);
  useEffect(
    () => () => {
      attempt.current?.abort();
      stand(undefined);
    },
    [],
  );
  return null;
}

function explain(failure: unknown, t: (typeof words)["en"]): string {
  if (failure instanceof SignInFailure) return `${t.why[failure.reason](failure.label)} ${failure.message}`.trim();
  const { title, detail, next } = problem(failure);
  return [title, detail, next].filter(Boolean).join(". ");
}
