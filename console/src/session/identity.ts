/** Who a token is of, and the keys that STS gives for it. */
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Offer, SignInFailure } from "./oidc";
import type { Keys, Person } from "./session";

/** As the server says: the name of the person's sessions, their groups, and the roles of these. */
export interface Identity {
  session_name: string;
  groups: string[];
  roles: string[];
}

/** A person, and the token that proves it. */
export interface Known {
  identity: Identity;
  token: string;
  offer: Offer;
}

export async function identityOf(token: string): Promise<Identity> {
  const answer = await fetch("/sign-in/roles", { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  const body = (await answer.json()) as Identity & { message?: string };
  if (!answer.ok) throw new SignInFailure("refused", window.location.host, body.message);
  return body;
}

/** The keys of one of the person's roles. */
export async function assume(role: string, known: Known, region: string): Promise<{ keys: Keys; person: Person }> {
  const { identity, token, offer } = known;
  const client = new STSClient({ endpoint: window.location.origin, region, maxAttempts: 1 });
  try {
    // By this computer's clock, which need not be the server's, and rather too early than too late.
    const until = Date.now() + offer.duration_seconds * 1000;
    const request = {
      RoleArn: role,
      RoleSessionName: identity.session_name,
      WebIdentityToken: token,
      DurationSeconds: offer.duration_seconds,
    };
    const { Credentials } = await client.send(new AssumeRoleWithWebIdentityCommand(request));
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    return { keys, person: { name: identity.session_name, role, until, offer } };
  } finally {
    client.destroy();
  }
}
