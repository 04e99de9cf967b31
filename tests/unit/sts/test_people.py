"""People's tokens: the roles of their groups, the names of their sessions, and what a configuration must say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from parastore.server import sign_in
from parastore.sts.issuers import IssuerError, read_issuers
from parastore.sts.people import People, groups_of, refusal, roles_of, session_name

READER, WRITER, OTHER = (f"arn:aws:iam::111122223333:role/{name}" for name in ("reader", "team/writer", "other"))
PEOPLE = People(client_id="parastore", roles={"dev": (READER, WRITER), "ops": (WRITER,)})
ANN = {"aud": "parastore", "sub": "0-1", "preferred_username": "ann@example.com", "groups": ["ops", "dev"]}


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["dev"], [READER, WRITER]),
        (["ops", "dev"], [READER, WRITER]),
        ("ops", [WRITER]),
        (["DEV"], []),
        (["dev/x", "de"], []),
        ([], []),
        (None, []),
        ({"dev": True}, []),
        ([["dev"], 1, None, "ops"], [WRITER]),
    ],
)
def test_roles_of_groups(groups: Any, roles: list[str]) -> None:
    assert roles_of(PEOPLE, {"groups": groups}) == roles


def test_the_claim_of_groups_is_a_choice() -> None:
    people = People(client_id="x", roles={}, groups_claim="https://example.com/teams")
    assert groups_of(people, {"https://example.com/teams": ["a"], "groups": ["b"]}) == ["a"]


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "ann@example.com"}, "ann@example.com"),
        ({"preferred_username": "Kim, 철수/admin:x"}, "Kim,----admin-x"),
        ({"preferred_username": ""}, "auth0-5f7"),
        ({"preferred_username": ["ann"]}, "auth0-5f7"),
        ({}, "auth0-5f7"),
        ({"preferred_username": "a"}, "a-"),
        ({"preferred_username": "a" * 70}, "a" * 64),
    ],
)
def test_names_of_sessions(claims: dict[str, Any], name: str) -> None:
    assert session_name(PEOPLE, {"sub": "auth0|5f7"} | claims) == name


@pytest.mark.parametrize(
    ("claims", "role", "name", "reason"),
    [
        ({}, WRITER, "ann@example.com", None),
        ({}, OTHER, "ann@example.com", "no group of this token has the role"),
        ({"groups": []}, WRITER, "ann@example.com", "no group of this token has the role"),
        ({}, WRITER, "bob", "the session of this token must be named ann@example.com"),
        ({"aud": "sts.amazonaws.com"}, OTHER, "job", None),
        ({"aud": ["sts.amazonaws.com", "parastore"]}, OTHER, "job", "no group of this token has the role"),
    ],
)
def test_what_a_token_gives(claims: dict[str, Any], role: str, name: str, reason: str | None) -> None:
    asked = SimpleNamespace(role_arn=role, role_session_name=name)
    assert refusal(PEOPLE, ANN | claims, asked) == reason


def configured(**people: Any) -> Any:
    return [{"issuer": "https://id.example.com:8443/acme", "people": {"client_id": "c", "roles": {}} | people}]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (configured(client_id=""), "client_id is empty"),
        (configured(client_secret="s"), "client_secret"),
        (configured(scopes=["profile"]), "openid among them"),
        (configured(scopes=["openid", "a b"]), "must be words"),
        (configured(roles={"dev": ["arn:aws:iam::1:role/x"]}), "'arn:aws:iam::1:role/x' must be like"),
        (configured(roles={"dev": READER}), "array"),
        (configured(duration_seconds=899), "from 900 to 43200"),
        ([{"issuer": "https://id.example.com"}], "has no audiences"),
        ([{"issuer": "https://id.example.com;script-src *", "audiences": ["x"]}], "must be an https:// URL"),
        ([{"issuer": "https://me@id.example.com", "audiences": ["x"]}], "must be an https:// URL"),
        ([{"issuer": "http://id.example.com", "audiences": ["x"]}], "must be an https:// URL"),
    ],
)
def test_configurations_that_cannot_be(value: Any, told: str) -> None:
    with pytest.raises(IssuerError, match=told.replace("(", "\\(")):
        read_issuers(value)


def test_what_everybody_is_told() -> None:
    issuers = read_issuers(
        [
            *configured(label="Acme", roles={"dev": [READER]}),
            {"issuer": "https://token.example.com", "audiences": ["sts.amazonaws.com"]},
            {
                "issuer": "http://[::1]:9000",
                "people": {"client_id": "d", "roles": {}, "scopes": ["openid", "groups"], "duration_seconds": 7200},
            },
        ]
    )
    assert sign_in.origins(issuers) == ["http://[::1]:9000", "https://id.example.com:8443"]
    assert sign_in.offered(issuers) == {
        "issuers": [
            {
                "issuer": "https://id.example.com:8443/acme",
                "label": "Acme",
                "client_id": "c",
                "scopes": ("openid", "profile"),
                "duration_seconds": 3600,
            },
            {
                "issuer": "http://[::1]:9000",
                "label": "::1",
                "client_id": "d",
                "scopes": ("openid", "groups"),
                "duration_seconds": 7200,
            },
        ]
    }
