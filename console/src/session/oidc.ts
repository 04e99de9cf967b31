/**
 * Signing in with an OIDC issuer: authorization code with PKCE, as a public client. oauth4webapi makes and checks the
 * messages. What has to outlast the way to the issuer and back (state, nonce, verifier) is good for one answer. It stays
 * in this page's memory where the page stays, and in the tab's storage where the tab itself goes to the issuer. Tokens
 * are never kept: they are used up at once.
 */
import * as oauth from "oauth4webapi";
import { BASE } from "../layout/links";
import { BACK, QUESTION } from "./redirect";

/** An issuer that people may sign in with, as the server tells everybody. */
export interface Offer {
  issuer: string;
  label: string;
  client_id: string;
  scopes: string[];
  /** How long sessions are to last. */
  duration_seconds: number;
}

/** What whoever asked an issuer has to know of it when the answer comes. */
export interface Question {
  issuer: string;
  state: string;
  nonce: string;
  verifier: string;
  page: string;
}

type Reason = "refused" | "stray" | "insecure" | "elsewhere" | "unreachable" | "blocked" | "closed" | "another" | "lost";

/** Why there was no sign-in; `reason` is one of ours, `message` what the issuer or the library said. */
export class SignInFailure extends Error {
  constructor(
    readonly reason: Reason,
    readonly label: string,
    message = "",
  ) {
    super(message);
  }
}

/** A question to an issuer, and the address at which a person is asked it. */
export async function ask(offer: Offer): Promise<{ question: Question; to: URL }> {
  // Browsers have the cryptography that PKCE needs for https:// and for this machine only.
  if (!window.isSecureContext) throw new SignInFailure("insecure", offer.label);
  const server = await discover(offer);
  const verifier = oauth.generateRandomCodeVerifier();
  const question: Question = {
    issuer: offer.issuer,
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier,
    page: window.location.pathname.slice(BASE.length) + window.location.search,
  };
  const to = new URL(server.authorization_endpoint ?? "");
  if (to.protocol !== "https:" && !(isInsecure(offer) && to.protocol === "http:")) throw new SignInFailure("refused", offer.label, to.origin);
  const asked = {
    client_id: offer.client_id,
    redirect_uri: redirectUri(),
    response_type: "code",
    // A refresh token would have nowhere to be kept.
    scope: offer.scopes.filter((each) => each !== "offline_access").join(" "),
    state: question.state,
    nonce: question.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  Object.entries(asked).forEach(([name, value]) => to.searchParams.set(name, value));
  return { question, to };
}

/** Send the person to the issuer, in this tab. */
export async function leave(offer: Offer): Promise<void> {
  const { question, to } = await ask(offer);
  sessionStorage.setItem(QUESTION, JSON.stringify(question));
  window.location.assign(to);
}

/** What this tab left to ask; asked again, it is nothing. */
export function questionOnce(): Question | undefined {
  const question = JSON.parse(sessionStorage.getItem(QUESTION) ?? "null") as Question | null;
  sessionStorage.removeItem(QUESTION);
  return question ?? undefined;
}

/** The ID token that the issuer's answer to a question is good for. */
export async function redeem(offer: Offer, question: Question, answer: URLSearchParams): Promise<string> {
  const client = { client_id: offer.client_id };
  const server = await discover(offer);
  try {
    const given = oauth.validateAuthResponse(server, client, answer, question.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server, client, oauth.None(), given, redirectUri(), question.verifier, options(offer),
    ); // prettier-ignore
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: question.nonce,
      requireIdToken: true,
    });
    return tokens.id_token ?? "";
  } catch (error) {
    throw explained(error, offer);
  }
}

async function discover(offer: Offer): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(offer.issuer);
  let server: oauth.AuthorizationServer;
  try {
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options(offer)));
  } catch (error) {
    throw explained(error, offer);
  }
  // The page's policy lets it send requests to the issuer's own origin, and a code is not for others.
  const elsewhere = new URL(server.token_endpoint ?? offer.issuer).origin !== issuer.origin;
  if (elsewhere) throw new SignInFailure("elsewhere", offer.label, server.token_endpoint);
  return server;
}

function explained(error: unknown, { label }: Offer): SignInFailure {
  if (error instanceof TypeError) return new SignInFailure("unreachable", label);
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return new SignInFailure("refused", label, [error.error, error.error_description].filter(Boolean).join(": "));
  }
  return new SignInFailure("refused", label, error instanceof Error ? error.message : "");
}

const redirectUri = () => window.location.origin + BACK;
/** The server takes http:// for issuers on its own machine only. */
const isInsecure = (offer: Offer) => offer.issuer.startsWith("http:");
const options = (offer: Offer) => ({ [oauth.allowInsecureRequests]: isInsecure(offer) });
