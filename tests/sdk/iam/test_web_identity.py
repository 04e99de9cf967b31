"""Tokens of OIDC issuers in exchange for sessions: GitHub Actions, Kubernetes service accounts and the like."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.conftest import ClientFactory
from tests.sdk.iam.conftest import House, Signer, allow, refusal, trust

from parastore.testing.server import Server

GITHUB = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:acme/shop:ref:refs/heads/main"


def jwk(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return made | {"kid": key_id, "use": "sig"}


def token(key: rsa.RSAPrivateKey, key_id: str = "k1", algorithm: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    standard = {"iss": GITHUB, "aud": "sts.amazonaws.com", "sub": SUBJECT, "iat": now, "exp": now + 300}
    content = {name: value for name, value in (standard | claims).items() if value is not None}
    return jwt.encode(content, key, algorithm=algorithm, headers={"kid": key_id})


class _Handler(BaseHTTPRequestHandler):
    server: ThreadingHTTPServer

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        if self.path == "/.well-known/openid-configuration":
            body: Any = {"issuer": base, "jwks_uri": f"{base}/keys"}
        else:
            body = {"keys": self.server.keys}  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class Place(NamedTuple):
    """A server that knows GitHub by a file of keys, and another issuer by its discovery document."""

    house: House
    github: rsa.RSAPrivateKey
    other: rsa.RSAPrivateKey
    issuer: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Any, Any, str]]:
    folder = tmp_path_factory.mktemp("oidc")
    github, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    (folder / "github.json").write_text(json.dumps({"keys": [jwk(github, "k1")]}))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as web:
        web.keys = [jwk(other, "k1")]  # type: ignore[attr-defined]
        threading.Thread(target=web.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{web.server_address[1]}"
        (folder / "parastore.toml").write_text(
            f'[[oidc_issuers]]\nissuer = "{GITHUB}"\naudiences = ["sts.amazonaws.com"]\n'
            f'jwks_file = "{folder / "github.json"}"\n'
            f'[[oidc_issuers]]\nissuer = "{issuer}"\naudiences = ["sts.amazonaws.com"]\n'
        )
        with Server(folder / "data", config=folder / "parastore.toml") as server:
            yield server, github, other, issuer
        web.shutdown()


@pytest.fixture
def place(served: tuple[Server, Any, Any, str], client_for: ClientFactory) -> Place:
    server, github, other, issuer = served
    return Place(House(server, server.new_account(), client_for), github, other, issuer)


def role(place: Place, condition: Any = None, issuer: str = GITHUB) -> str:
    name = issuer.partition("://")[2]
    wanted = {"StringLike": {f"{name}:sub": "repo:acme/*"}, "StringEquals": {f"{name}:aud": "sts.amazonaws.com"}}
    return place.house.role(
        "ci",
        trust(
            {"Federated": place.house.arn(f"oidc-provider/{name}")},
            "sts:AssumeRoleWithWebIdentity",
            Condition=condition or wanted,
        ),
        allow("ssm:*"),
    )


def test_a_token_for_a_session(place: Place) -> None:
    arn = role(place)
    answer = place.house.client("sts").assume_role_with_web_identity(
        RoleArn=arn, RoleSessionName="run-1", WebIdentityToken=token(place.github)
    )
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == (SUBJECT, "sts.amazonaws.com")
    assert answer["Provider"] == place.house.arn("oidc-provider/token.actions.githubusercontent.com")
    ssm = place.house.client("ssm", Signer.of(answer["Credentials"]))
    ssm.put_parameter(Name="/x", Value="v", Type="SecureString")
    assert ssm.get_parameter(Name="/x", WithDecryption=True)["Parameter"]["Value"] == "v"


def test_keys_are_found_by_discovery(place: Place) -> None:
    arn = role(place, issuer=place.issuer)
    sts = place.house.client("sts")
    given = token(place.other, iss=place.issuer)
    sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="run-1", WebIdentityToken=given)


def test_what_is_refused(place: Place) -> None:
    arn = role(place)
    sts = place.house.client("sts")
    public = base64.urlsafe_b64encode(b"k").decode()
    unsigned = jwt.encode({"iss": GITHUB, "aud": "sts.amazonaws.com", "sub": SUBJECT}, "", algorithm="none")
    now = int(time.time())
    rows = [
        ("another key", token(place.other), "InvalidIdentityToken"),
        ("an unknown key id", token(place.github, key_id="k2"), "InvalidIdentityToken"),
        ("no signature", unsigned, "InvalidIdentityToken"),
        ("a shared secret", jwt.encode({"iss": GITHUB}, "x" * 64, "HS256", {"kid": "k1"}), "InvalidIdentityToken"),
        ("another issuer", token(place.github, iss="https://example.com"), "InvalidIdentityToken"),
        ("another audience", token(place.github, aud="https://example.com"), "InvalidIdentityToken"),
        ("expired", token(place.github, exp=now - 1), "ExpiredTokenException"),
        ("of the future", token(place.github, nbf=now + 4000, exp=now + 5000), "IDPRejectedClaim"),
        ("without an end", token(place.github, exp=None), "InvalidIdentityToken"),
        ("without a subject", token(place.github, sub=None), "InvalidIdentityToken"),
        ("no token at all", f"abc.{public}.def", "InvalidIdentityToken"),
        ("somebody else's repository", token(place.github, sub="repo:evil/shop"), "AccessDenied"),
    ]
    for why, given, code in rows:
        error = refusal(sts, "assume_role_with_web_identity", RoleArn=arn, RoleSessionName="s1", WebIdentityToken=given)
        assert error["Code"] == code, (why, error)
        assert given not in error["Message"]
    missing = refusal(
        sts,
        "assume_role_with_web_identity",
        RoleArn=place.house.arn("role/none"),
        RoleSessionName="s1",
        WebIdentityToken=token(place.github),
    )
    assert missing["Code"] == "AccessDenied"
    log = json.dumps(place.house.server.log)
    assert not [given for _, given, _ in rows if given in log]


def test_claims_are_condition_keys(place: Place) -> None:
    wanted = {"StringEquals": {"token.actions.githubusercontent.com:environment": "production"}}
    arn = role(place, wanted)
    sts = place.house.client("sts")
    members = {"RoleArn": arn, "RoleSessionName": "s1"}
    staging = token(place.github, environment="staging")
    error = refusal(sts, "assume_role_with_web_identity", WebIdentityToken=staging, **members)
    assert error["Code"] == "AccessDenied"
    production = token(place.github, environment="production")
    sts.assume_role_with_web_identity(WebIdentityToken=production, **members)
