"""The OIDC issuer's side of a sign-in: authorization code with PKCE, device code, renewal, revocation.

Authlib speaks OAuth, PyJWT checks ID tokens. The client is public: it has no secret, and proves by PKCE (S256) that it
is the one that asked. Signatures and claims of ID tokens are checked here as well as by the server that takes them.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

from parastore.client.connect import Failure, Kind
from parastore.context import SecretValue
from parastore.login.server import Offer
from parastore.login.transport import TIMEOUT, json_of, prepare, reaching, secure

_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]  # those the server takes
_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_LEEWAY = 60  # seconds that clocks may differ
_ONCE: dict[str, Any] = {"allow_redirects": False}  # a code or a token is sent nowhere else


class Endpoints(msgspec.Struct, frozen=True):
    """What an issuer's discovery document says, as far as it is needed."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    device_authorization_endpoint: str | None = None
    revocation_endpoint: str | None = None


class Question(NamedTuple):
    """What the browser is sent off with. `state`, `nonce` and `verifier` are this sign-in's alone."""

    url: str
    state: str
    nonce: str
    verifier: str


class Tokens(NamedTuple):
    """What an issuer gives; without a refresh token it has to be asked again."""

    id_token: SecretValue
    refresh_token: SecretValue | None


class DeviceCode(msgspec.Struct, frozen=True):
    """A sign-in that happens on another device: where, and what to type there. Times are seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float
    verification_uri_complete: str | None = None
    interval: float = 5.0


class Issuer:
    """One issuer, found by its discovery document. Everything raises Failure."""

    def __init__(self, offer: Offer) -> None:
        from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 (half a second)

        self._offer = offer
        self._session: Any = prepare(
            OAuth2Session(
                offer.client_id,
                scope=" ".join(offer.scopes),
                code_challenge_method="S256",
                default_timeout=TIMEOUT,
            )
        )
        document = self._get(offer.issuer.rstrip("/") + "/.well-known/openid-configuration")
        try:
            self._endpoints = msgspec.convert(document, Endpoints)
        except msgspec.ValidationError as error:
            raise Failure(Kind.REFUSED, f"{offer.label} cannot be signed in with: {error}") from None
        if self._endpoints.issuer.rstrip("/") != offer.issuer.rstrip("/"):
            raise Failure(Kind.REFUSED, f"{offer.issuer} says it is another issuer, {self._endpoints.issuer}")

    def ask(self, redirect_uri: str) -> Question:
        """The URL at which a person signs in, and is then sent to `redirect_uri`."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        # OpenID Connect gives refresh tokens only to whoever was asked for them (Core, 11).
        consent = {"prompt": "consent"} if "offline_access" in self._offer.scopes else {}
        url, _ = self._session.create_authorization_url(
            secure(self._endpoints.authorization_endpoint, "the issuer's page"),
            state=state,
            code_verifier=verifier,
            nonce=nonce,
            redirect_uri=redirect_uri,
            **consent,
        )
        return Question(url, state, nonce, verifier)

    def redeem(self, question: Question, answer: str, redirect_uri: str) -> Tokens:
        """Tokens for the answer to a question: the whole URL that the browser was sent back to."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}
        if not hmac.compare_digest(given.get("state", "").encode(), question.state.encode()):
            raise Failure(Kind.DENIED, "the answer belongs to another sign-in (state): start again")
        if given.get("iss", self._endpoints.issuer) != self._endpoints.issuer:  # RFC 9207
            raise Failure(Kind.DENIED, f"another issuer answered, {given['iss']}: start again")
        if "error" in given:
            raise self._refused(given["error"], given.get("error_description"))
        return self._tokens(
            nonce=question.nonce,
            grant_type="authorization_code",
            code=given.get("code", ""),
            code_verifier=question.verifier,
            redirect_uri=redirect_uri,
        )

    def start_device(self) -> DeviceCode:
        """Begin a sign-in on another device."""
        url = self._endpoints.device_authorization_endpoint
        if url is None:
            raise Failure(
                Kind.REFUSED, f"{self._offer.label} has no sign-in for other devices: leave out --use-device-code"
            )
        form = {"client_id": self._offer.client_id, "scope": " ".join(self._offer.scopes)}
        with self._reaching():
            answer = self._session.post(secure(url, "the issuer"), data=form, withhold_token=True, **_ONCE)
        try:
            return msgspec.convert(json_of(answer, self._offer.label), DeviceCode)
        except msgspec.ValidationError as error:
            raise Failure(Kind.REFUSED, f"{self._offer.label} does not begin a sign-in: {error}") from None

    def wait_for_device(self, started: DeviceCode, sleep: Callable[[float], None] = time.sleep) -> Tokens:
        """Ask until the person has signed in on the other device."""
        interval, until = max(started.interval, 1.0), time.monotonic() + started.expires_in
        while time.monotonic() < until:
            sleep(interval)
            try:
                return self._tokens(nonce=None, grant_type=_DEVICE_CODE, device_code=started.device_code)
            except _Pending as pending:
                interval += 5.0 if pending.slower else 0.0  # RFC 8628, 3.5
        raise Failure(Kind.DENIED, "nobody signed in within the time the issuer gives: start again")

    def renew(self, refresh_token: SecretValue) -> Tokens:
        """New tokens without the person."""
        with self._reaching():
            given = self._session.refresh_token(
                secure(self._endpoints.token_endpoint, "the issuer"), refresh_token=refresh_token.reveal(), **_ONCE
            )
        return self._checked(given, None, refresh_token)

    def revoke(self, refresh_token: SecretValue) -> bool:
        """Tell the issuer to forget a refresh token; False when it takes no such word."""
        url = self._endpoints.revocation_endpoint
        if url is None:
            return False
        with self._reaching():
            answer = self._session.revoke_token(secure(url, "the issuer"), token=refresh_token.reveal(), **_ONCE)
        return bool(answer.status_code == 200)

    def _tokens(self, nonce: str | None, **members: str) -> Tokens:
        with self._reaching():
            given = self._session.fetch_token(secure(self._endpoints.token_endpoint, "the issuer"), **members, **_ONCE)
        return self._checked(given, nonce, None)

    def _checked(self, given: Any, nonce: str | None, former: SecretValue | None) -> Tokens:
        """Tokens whose ID token is the issuer's, for this client and, with a nonce, for this sign-in."""
        token, refresh = given.get("id_token"), given.get("refresh_token")
        if not isinstance(token, str):
            raise Failure(Kind.DENIED, f"{self._offer.label} gave no ID token")
        claims = self._claims(token)
        if nonce is not None and not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
            raise Failure(Kind.DENIED, "the ID token belongs to another sign-in (nonce): start again")
        return Tokens(SecretValue(token), SecretValue(refresh) if isinstance(refresh, str) else former)

    def _claims(self, token: str) -> dict[str, Any]:
        import jwt  # noqa: PLC0415

        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
            claims: dict[str, Any] = jwt.decode(
                token,
                jwt.PyJWKSet.from_dict(self._get(self._endpoints.jwks_uri))[key_id].key,
                algorithms=_ALGORITHMS,
                audience=self._offer.client_id,
                issuer=self._endpoints.issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise Failure(Kind.DENIED, f"the ID token of {self._offer.label} does not hold: {error}") from None
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._offer.client_id:
            raise Failure(Kind.DENIED, f"the ID token of {self._offer.label} was made for another client")
        return claims

    def _get(self, url: str) -> dict[str, Any]:
        with self._reaching():
            answer = self._session.get(secure(url, "the issuer"), withhold_token=True, **_ONCE)
        return json_of(answer, self._offer.label)

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        from authlib.integrations.base_client import OAuthError  # noqa: PLC0415

        try:
            with reaching(f"{self._offer.label} ({self._offer.issuer})"):
                yield
        except OAuthError as error:
            if error.error in ("authorization_pending", "slow_down"):
                raise _Pending(slower=error.error == "slow_down") from None
            raise self._refused(error.error, error.description) from None
        except ValueError as error:  # an answer that is no JSON object
            raise Failure(Kind.REFUSED, f"{self._offer.label}: {error}") from None

    def _refused(self, error: str | None, description: str | None) -> Failure:
        said = ": ".join(filter(None, (error, description)))
        return Failure(Kind.DENIED, f"{self._offer.label} refuses: {said}. `parastore login` signs in anew")


class _Pending(Exception):
    def __init__(self, *, slower: bool) -> None:
        super().__init__()
        self.slower = slower
