"""What the server tells those who sign in, and what their tokens give: the role's trust and the groups must agree."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
import jwt
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.issuer import CLIENT_ID, Acme

Take = Callable[..., Any]


@pytest.fixture
def take(acme: Acme) -> Take:
    """Exchange a token for a session of a role, under a name."""
    sts = boto3.client(
        "sts", endpoint_url=acme.server.url, region_name="us-east-1", config=Config(signature_version=UNSIGNED)
    )

    def exchange(token: str, role: str, name: str = "ann@example.com") -> Any:
        try:
            return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName=name, WebIdentityToken=token)
        except botocore.exceptions.ClientError as error:
            return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"

    return exchange


def told(acme: Acme, token: str | None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return requests.get(f"{acme.server.url}/sign-in/roles", headers=headers, timeout=30)


def test_everybody_is_told_where_to_sign_in_and_nothing_else(acme: Acme) -> None:
    answer = requests.get(f"{acme.server.url}/sign-in", timeout=30)
    assert answer.json() == {
        "issuers": [
            {
                "issuer": acme.issuer.url,
                "label": "Acme",
                "client_id": CLIENT_ID,
                "scopes": ["openid", "profile", "groups", "offline_access"],
                "duration_seconds": 5400,
            }
        ]
    }
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


def test_a_person_is_told_their_roles(acme: Acme) -> None:
    answer = told(acme, acme.issuer.token("ann", groups=["ops", "dev", "other"]))
    assert answer.json() == {
        "session_name": "ann@example.com",
        "groups": ["ops", "dev", "other"],
        "roles": [acme.reader, acme.writer, acme.closed],
    }
    assert told(acme, acme.issuer.token("cho")).json() == {
        "session_name": "cho@example.com",
        "groups": [],
        "roles": [],
    }


def test_nobody_else_is_told(acme: Acme) -> None:
    now = int(time.time())
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {"iss": acme.issuer.url, "aud": CLIENT_ID, "sub": "ann", "exp": now + 60, "groups": ["ops"]}
    for token in (
        None,
        "",
        "no.token.atall",
        "x" * 25_000,
        acme.issuer.token("ann", groups=["ops"], exp=now - 1),
        acme.issuer.token("ann", groups=["ops"], aud="another"),
        acme.issuer.token("ann", groups=["ops"], iss="https://id.example.com"),
        jwt.encode(claims, stranger, "RS256", {"kid": "k1"}),
        jwt.encode(claims, "x" * 64, "HS256", {"kid": "k1"}),
    ):
        answer = told(acme, token)
        assert answer.status_code in ((401, 431) if token and len(token) > 20_000 else (401,)), token
        assert acme.writer not in answer.text
        assert not token or token not in answer.text


def test_a_token_gives_the_roles_of_its_groups(acme: Acme, take: Take) -> None:
    answer = take(acme.issuer.token("ann", groups=["ops"]), acme.writer)
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/writer/ann@example.com")
    assert answer["SubjectFromWebIdentityToken"] == "ann"
    made = answer["Credentials"]
    ssm = boto3.client(
        "ssm",
        endpoint_url=acme.server.url,
        region_name="us-east-1",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )
    ssm.put_parameter(Name="/by/ann", Value="v", Type="String", Overwrite=True)
    ssm.close()


def test_the_roles_of_other_groups_it_does_not_give(acme: Acme, take: Take) -> None:
    refused = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
    ann = acme.issuer.token("ann", groups=["dev"])
    assert take(ann, acme.writer) == f"{refused}: no group of this token has the role"
    assert take(acme.issuer.token("ann"), acme.reader) == f"{refused}: no group of this token has the role"
    # The groups allow it, the role does not; then there is no saying why.
    assert take(acme.issuer.token("ann", groups=["ops"]), acme.closed) == refused
    assert take(acme.issuer.token("ann", groups=["ops"]), acme.writer + "x") == refused


def test_nobody_acts_under_the_name_of_another(acme: Acme, take: Take) -> None:
    refused = take(acme.issuer.token("ann", groups=["ops"]), acme.writer, "bob@example.com")
    assert refused.endswith(": the session of this token must be named ann@example.com")


def test_no_token_is_in_the_log(acme: Acme, take: Take) -> None:
    token = acme.issuer.token("ann", groups=["dev"])
    take(token, acme.writer)
    told(acme, token)
    assert token not in json.dumps(acme.server.log)
