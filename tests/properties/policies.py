"""Policies, requests and callers at random, from a small world, so that they meet often.

Made from a seed by ordinary code: hypothesis's own way to draw such structures takes a hundred times as long.
"""

from __future__ import annotations

from random import Random
from typing import Any

from parastore.context import Caller

HOME, ABROAD = "111122223333", "444455556666"
ANN = f"arn:aws:iam::{HOME}:user/ann"
ROLE = f"arn:aws:iam::{HOME}:role/deploy"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/deploy/s1"
CALLERS = [
    Caller(HOME, f"arn:aws:iam::{HOME}:root", HOME, "AKIA"),
    Caller(HOME, ANN, "AIDA", "AKIA"),
    Caller(HOME, SESSION, "AROA:s1", "ASIA", role=ROLE),
]
ACTIONS = ["ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter", "kms:Decrypt"]
RESOURCES = [
    f"arn:aws:ssm:us-east-1:{account}:parameter/{path}"
    for account in (HOME, ABROAD)
    for path in ("app/a", "app/b", "other")
]
_ACTION_PATTERNS = ["*", "ssm:*", "ssm:Get*", "ssm:GetParameter", "ssm:GetParameter?", "SSM:putparameter", "kms:*"]
_RESOURCE_PATTERNS = [
    "*",
    f"arn:aws:ssm:*:{HOME}:parameter/*",
    f"arn:aws:ssm:us-east-1:{HOME}:parameter/app/*",
    f"arn:aws:ssm:us-east-1:{HOME}:parameter/app/?",
    f"arn:aws:ssm:us-east-1:{ABROAD}:parameter/other",
    "arn:aws:ssm:us-east-1:*:parameter/${aws:username}/*",
    "arn:aws:ssm:us-east-1:*:parameter/${aws:PrincipalTag/team, 'app'}/*",
]
_PRINCIPALS: list[Any] = ["*", {"AWS": "*"}, *({"AWS": each} for each in (
    HOME, f"arn:aws:iam::{HOME}:root", ABROAD, ANN, ROLE, SESSION, [ANN, ROLE], [SESSION, HOME],
    f"arn:aws:iam::{HOME}:user/bob",
))]  # fmt: skip

# Values that the operators and the request's keys below have in common.
WORDS = ["red", "Red", "blue", "app", "re*", "r?d", "${aws:username}", "${aws:PrincipalTag/team}", "*"]
_CONDITIONS: dict[str, tuple[list[str], list[str]]] = {
    # operators: keys, values
    "String": (["aws:username", "aws:PrincipalTag/team", "aws:RequestTag/team", "ssm:Overwrite"], WORDS),
    "Numeric": (["s:Count"], ["1", "2", "10", "2.5"]),
    "Date": (["aws:CurrentTime"], ["2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z"]),
    "Ip": (["aws:SourceIp"], ["203.0.113.0/24", "203.0.113.7/32", "10.0.0.0/8", "2001:db8::/32"]),
    "Arn": (["aws:PrincipalArn"], [ANN, ROLE, f"arn:aws:iam::{HOME}:*", "arn:aws:iam::*:user/*", "arn:aws:*:*:*:*"]),
    "Bool": (["aws:SecureTransport"], ["true", "false"]),
    "Null": (["aws:username", "aws:RequestTag/team", "aws:TagKeys"], ["true", "false"]),
    "Several": (["aws:TagKeys"], ["team", "Team", "cost", "t*"]),
}
_OPERATORS = {
    "String": ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
               "StringNotEqualsIgnoreCase", "StringEqualsIfExists", "StringNotEqualsIfExists", "StringLikeIfExists"],
    "Numeric": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
                "NumericGreaterThanEquals", "NumericLessThanIfExists"],
    "Date": ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
             "DateGreaterThanEquals", "DateGreaterThanIfExists"],
    "Ip": ["IpAddress", "NotIpAddress", "IpAddressIfExists"],
    "Arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    "Bool": ["Bool", "BoolIfExists"],
    "Null": ["Null"],
    "Several": ["ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringLike",
                "ForAnyValue:StringNotEquals", "ForAllValues:StringNotEquals", "ForAnyValue:StringLike",
                "StringEquals"],
}  # fmt: skip


_KEYS: dict[str, list[Any]] = {
    "aws:username": ["app", "red", "*"],
    "aws:principaltag/team": ["red", "blue", "app"],
    "aws:requesttag/team": ["red", "Red", "blue"],
    "ssm:overwrite": ["true", "red"],
    "s:count": ["1", "2", "10", "2.5"],
    "aws:currenttime": ["2026-01-01T00:00:00Z", "2026-03-04T05:06:07Z"],
    "aws:sourceip": ["203.0.113.7", "10.1.2.3", "2001:db8::7"],
    "aws:principalarn": [ANN, ROLE],
    "aws:securetransport": ["true", "false"],
    "aws:tagkeys": [("team",), ("Team", "cost"), ("team", "Team", "cost")],
}


def keys(rng: Random) -> dict[str, Any]:
    """What a request says of condition keys."""
    return {name: rng.choice(values) for name, values in _KEYS.items() if rng.random() < 0.6}


def statement(rng: Random, effect: str | None = None, *, principals: bool = False) -> dict[str, Any]:
    """One statement."""
    made: dict[str, Any] = {"Effect": effect or rng.choice(["Allow", "Allow", "Allow", "Deny"])}
    made[rng.choice(["Action", "Action", "Action", "NotAction"])] = _some(rng, _ACTION_PATTERNS)
    made[rng.choice(["Resource", "Resource", "Resource", "NotResource"])] = _some(rng, _RESOURCE_PATTERNS)
    if principals:
        # AWS has NotPrincipal for denials only.
        inverted = made["Effect"] == "Deny" and rng.random() < 0.3
        made["NotPrincipal" if inverted else "Principal"] = rng.choice(_PRINCIPALS)
    block: dict[str, Any] = {}
    for family in rng.sample(sorted(_OPERATORS), rng.choice([0, 0, 1, 1, 2])):
        names, values = _CONDITIONS[family]
        wanted = rng.choice(values) if family in ("Bool", "Null") else _some(rng, values)
        block.setdefault(rng.choice(_OPERATORS[family]), {})[rng.choice(names)] = wanted
    if block:
        made["Condition"] = block
    return made


def document(rng: Random, *, principals: bool = False) -> dict[str, Any]:
    """A whole document."""
    listed = [statement(rng, principals=principals) for _ in range(rng.randint(1, 3))]
    return {"Version": "2012-10-17", "Statement": listed}


def scene(rng: Random) -> dict[str, Any]:
    """Somebody asks for something, where there are policies of all kinds."""
    return {
        "caller": rng.choice(CALLERS),
        "action": rng.choice(ACTIONS),
        "resource": rng.choice(RESOURCES),
        "keys": keys(rng),
        "identity": [document(rng) for _ in range(rng.randint(0, 3))],
        "boundary": [document(rng)] if rng.random() < 0.3 else None,
        "session": [document(rng) for _ in range(rng.randint(1, 2))] if rng.random() < 0.3 else None,
        "attached": [document(rng, principals=True) for _ in range(rng.choice([0, 0, 1, 1, 2]))],
        "governed": rng.random() < 0.3,
    }


def _some(rng: Random, values: list[str]) -> list[str]:
    return rng.sample(values, rng.randint(1, 2))
