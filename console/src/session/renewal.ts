/** Signing in again in a window beside the page, so that the page and what was typed into it stay. */
import { answerTo } from "./channel";
import { assume, identityOf } from "./identity";
import { ask, redeem, SignInFailure } from "./oidc";
import { type Person, renewed } from "./session";

/**
 * Send a window that was just opened to the person's issuer, and go on with new keys of the same role for the same
 * person. Until it succeeds the old keys are in use. Once the window is at the issuer, nobody can tell whether it was
 * closed: then no answer comes, until `signal` ends the wait.
 */
export async function renew(person: Person, beside: Window, region: string, signal: AbortSignal): Promise<Person> {
  const { offer, role } = person;
  const { question, to } = await ask(offer).catch((error: unknown) => {
    beside.close();
    throw error;
  });
  if (signal.aborted) beside.close();
  signal.throwIfAborted();
  if (beside.closed) throw new SignInFailure("closed", offer.label);
  const answered = answerTo(question.state, signal);
  beside.location.replace(to);
  const token = await redeem(offer, question, await answered);
  const identity = await identityOf(token);
  if (identity.session_name !== person.name) throw new SignInFailure("another", identity.session_name);
  if (!identity.roles.includes(role)) throw new SignInFailure("lost", role);
  const given = await assume(role, { identity, token, offer }, region);
  signal.throwIfAborted();
  renewed(given.keys, given.person);
  return given.person;
}
