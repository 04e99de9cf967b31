// An OpenID provider (panva's oidc-provider, which is certified) with people in groups, on a free port of 127.0.0.1.
// Its one argument is JSON: { jwks, people: { name: { groups } }, seconds: { IdToken } }. It says its URL when it
// listens, and ends with its standard input.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { jwks, people, seconds } = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "parastore",
        application_type: "native", // RFC 8252: any port of the loopback
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        redirect_uris: ["http://127.0.0.1/callback", "http://127.0.0.1/console/sign-in"],
        response_types: ["code"],
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
    conformIdTokenClaims: false, // claims of scopes stand in the ID token, as with most providers
    scopes: ["openid", "offline_access", "profile", "groups"],
    clientBasedCORS: () => true,
    cookies: { keys: ["only for tests"] },
    features: { deviceFlow: { enabled: true }, revocation: { enabled: true } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: `${id}@example.com`, ...people[id] }),
    }),
    jwks,
    ttl: { ...seconds, Session: 3600, Grant: 3600, Interaction: 3600 },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.resume().on("end", () => process.exit());
