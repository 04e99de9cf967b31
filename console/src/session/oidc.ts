/**
 * Signing in with an OIDC issuer: authorization code with PKCE, as a public client. oauth4webapi makes and checks the
 * messages. What has to outlast the way to the issuer and back (state, nonce, verifier) is good for one answer; tokens
 * stay in this page's memory and are used up at once.
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

interface Question {
  issuer: string;
  state: string;
  nonce: string;
  verifier: string;
  page: string;
}

/** Why there was no sign-in; `reason` is one of ours, `message` what the issuer or the library said. */
export class SignInFailure extends Error {
  constructor(
    readonly reason: "refused" | "stray" | "insecure" | "elsewhere" | "unreachable",
    readonly label: string,
    message = "",
  ) {
    super(message);
  }
}

/** Send the person to the issuer. */
export async function leave(offer: Offer): Promise<void> {
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
  sessionStorage.setItem(QUESTION, JSON.stringify(question));
  window.location.assign(to);
}

/** The ID token that the issuer's answer is good for, and whose it is. */
export async function redeem(offers: Offer[], answer: URLSearchParams): Promise<{ token: string; offer: Offer }> {
  const question = JSON.parse(sessionStorage.getItem(QUESTION) ?? "null") as Question | null;
  sessionStorage.removeItem(QUESTION);
  const offer = offers.find((each) => each.issuer === question?.issuer);
  if (!question || !offer) throw new SignInFailure("stray", "");
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
    return { token: tokens.id_token ?? "", offer };
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
