"""Decisions, one row each, written to be read by a security reviewer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parastore.arn import parse as parse_arn
from parastore.context import Caller
from parastore.policy.decide import Decision, Held, decide, owns
from parastore.policy.document import Kind, Policy, parse

HOME, ABROAD = "111122223333", "444455556666"
ROOT = Caller(HOME, f"arn:aws:iam::{HOME}:root", HOME, "AKIA")
ANN = Caller(HOME, f"arn:aws:iam::{HOME}:user/ann", "AIDA", "AKIA")
SESSION = Caller(
    HOME, f"arn:aws:sts::{HOME}:assumed-role/r/s", "AROA:s", "ASIA", role=f"arn:aws:iam::{HOME}:role/path/r"
)
PIPELINE = Caller("", f"arn:aws:iam::{HOME}:oidc-provider/token.example.com", "x", "")

READ = "ssm:GetParameter"
YES = {"Effect": "Allow", "Action": READ, "Resource": "*"}
NO = {"Effect": "Deny", "Action": READ, "Resource": "*"}
ELSE = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}  # something else


def of(principal: Any, **change: Any) -> dict[str, Any]:
    return YES | {"Principal": principal if principal == "*" else {"AWS": principal}} | change


def policies(*statements: dict[str, Any], kind: Kind = Kind.IDENTITY) -> tuple[Policy, ...]:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return (Policy("p", parse(text, kind)),)


def decision(
    caller: Caller,
    account: str = HOME,
    *,
    identity: Any = None,
    boundary: Any = None,
    session: Any = None,
    attached: Any = None,
    governed: bool = False,
) -> Decision:
    def of_caller(given: Any) -> Any:
        return None if given is None else policies(*(given if isinstance(given, list) else [given]))

    held = Held(of_caller(identity) or (), of_caller(boundary), of_caller(session))
    resource = parse_arn(f"arn:aws:ssm:us-east-1:{account}:parameter/a")
    assert resource is not None
    given = attached if isinstance(attached, list) else [attached] if attached else []
    own = policies(*given, kind=Kind.RESOURCE) if given else ()
    return decide(caller, READ, resource, held, {}, own, governed=governed)


ALLOWED = None
TABLE: list[tuple[str, Caller, dict[str, Any], str | None]] = [
    # In one's own account: the caller, what there is, and why it is refused
    ("nothing allows", ANN, {}, "no identity-based policy"),
    ("identity allows", ANN, {"identity": YES}, ALLOWED),
    ("something else is allowed", ANN, {"identity": ELSE}, "no identity-based policy"),
    ("identity denies", ANN, {"identity": [YES, NO]}, "deny in an identity-based policy"),
    ("identity denies, first", ANN, {"identity": [NO, YES]}, "deny in an identity-based policy"),
    ("boundary agrees", ANN, {"identity": YES, "boundary": YES}, ALLOWED),
    ("boundary alone gives nothing", ANN, {"boundary": YES}, "no identity-based policy"),
    ("boundary is silent", ANN, {"identity": YES, "boundary": ELSE}, "no permissions boundary"),
    ("boundary denies", ANN, {"identity": YES, "boundary": [YES, NO]}, "deny in a permissions boundary"),
    ("session policy agrees", SESSION, {"identity": YES, "session": YES}, ALLOWED),
    ("session policy alone gives nothing", SESSION, {"session": YES}, "no identity-based policy"),
    ("session policy is silent", SESSION, {"identity": YES, "session": ELSE}, "no session policy"),
    ("session policy denies", SESSION, {"identity": YES, "session": [YES, NO]}, "deny in a session policy"),
    ("all three agree", SESSION, {"identity": YES, "boundary": YES, "session": YES}, ALLOWED),
    # The resource's own policy
    ("it names the user", ANN, {"attached": of(ANN.arn)}, ALLOWED),
    ("it names the user, boundary is silent", ANN, {"attached": of(ANN.arn), "boundary": ELSE}, ALLOWED),
    ("it names everyone", ANN, {"attached": of("*")}, ALLOWED),
    ("it names everyone, boundary is silent", ANN, {"attached": of("*"), "boundary": ELSE}, ALLOWED),
    ("it names everyone, session policy is silent", SESSION, {"attached": of("*"), "session": ELSE},
     "no session policy"),
    ("it names the session", SESSION, {"attached": of(SESSION.arn), "boundary": ELSE, "session": ELSE}, ALLOWED),
    ("it names the role", SESSION, {"attached": of(SESSION.role)}, ALLOWED),
    ("it names the role, boundary is silent", SESSION, {"attached": of(SESSION.role), "boundary": ELSE},
     "no permissions boundary"),
    ("it names the role, session policy is silent", SESSION, {"attached": of(SESSION.role), "session": ELSE},
     "no session policy"),
    ("it names the account only", ANN, {"attached": of(HOME)}, "no identity-based policy"),
    ("it names the account, identity allows", ANN, {"attached": of(HOME), "identity": YES}, ALLOWED),
    ("it names somebody else", ANN, {"attached": of(ANN.arn + "x")}, "no identity-based policy"),
    ("it denies the user", ANN, {"attached": of(ANN.arn, Effect="Deny"), "identity": YES},
     "deny in a resource-based policy"),
    ("it denies the account", ANN, {"attached": of(HOME, Effect="Deny"), "identity": YES},
     "deny in a resource-based policy"),
    ("it denies everyone but the user", ANN,
     {"attached": NO | {"NotPrincipal": {"AWS": ANN.arn}}, "identity": YES}, ALLOWED),
    ("it denies everyone but another", ANN,
     {"attached": NO | {"NotPrincipal": {"AWS": ANN.arn + "x"}}, "identity": YES}, "deny in a resource-based policy"),
    ("NotPrincipal denies all who have a boundary", ANN,
     {"attached": NO | {"NotPrincipal": {"AWS": ANN.arn}}, "identity": YES, "boundary": YES},
     "deny in a resource-based policy"),
    ("boundary denies what the resource allows", ANN, {"attached": of(ANN.arn), "boundary": NO},
     "deny in a permissions boundary"),
    # The account's root
    ("root", ROOT, {}, ALLOWED),
    ("root, denied by the resource", ROOT, {"attached": of("*", Effect="Deny")}, "deny in a resource-based policy"),
    # Another account's resource: both must allow
    ("abroad, nobody allows", ANN, {"account": ABROAD}, "no resource-based policy"),
    ("abroad, identity only", ANN, {"account": ABROAD, "identity": YES}, "no resource-based policy"),
    ("abroad, resource only", ANN, {"account": ABROAD, "attached": of(ANN.arn)}, "no identity-based policy"),
    ("abroad, both", ANN, {"account": ABROAD, "identity": YES, "attached": of(ANN.arn)}, ALLOWED),
    ("abroad, both, by account", ANN, {"account": ABROAD, "identity": YES, "attached": of(HOME)}, ALLOWED),
    ("abroad, both, by everyone", ANN, {"account": ABROAD, "identity": YES, "attached": of("*")}, ALLOWED),
    ("abroad, session named, no identity", SESSION, {"account": ABROAD, "attached": of(SESSION.arn)},
     "no identity-based policy"),
    ("abroad, boundary is silent", ANN,
     {"account": ABROAD, "identity": YES, "boundary": ELSE, "attached": of(ANN.arn)}, "no permissions boundary"),
    ("abroad, the owner's root is named", ANN, {"account": ABROAD, "identity": YES, "attached": of(ABROAD)},
     "no resource-based policy"),
    ("abroad, root", ROOT, {"account": ABROAD}, "no resource-based policy"),
    ("abroad, root, account named", ROOT, {"account": ABROAD, "attached": of(ROOT.arn)}, ALLOWED),
    ("abroad, resource denies", ROOT, {"account": ABROAD, "attached": [of(HOME), of("*", Effect="Deny")]},
     "deny in a resource-based policy"),
    # AWS's public space
    ("public, identity allows", ANN, {"account": "", "identity": YES}, ALLOWED),
    ("public, nothing allows", ANN, {"account": ""}, "no identity-based policy"),
    # Where the resource's policy governs: KMS keys, roles
    ("governed, silent", ANN, {"governed": True, "identity": YES}, "no resource-based policy"),
    ("governed, root too", ROOT, {"governed": True}, "no resource-based policy"),
    ("governed, names the account", ANN, {"governed": True, "identity": YES, "attached": of(HOME)}, ALLOWED),
    ("governed, names the account, no identity", ANN, {"governed": True, "attached": of(HOME)},
     "no identity-based policy"),
    ("governed, names the account, root", ROOT, {"governed": True, "attached": of(HOME)}, ALLOWED),
    ("governed, names the user", ANN, {"governed": True, "attached": of(ANN.arn)}, ALLOWED),
    ("governed, names another user", ROOT, {"governed": True, "attached": of(ANN.arn)}, "no resource-based policy"),
    # Somebody whom an identity provider vouches for
    ("provider trusted", PIPELINE,
     {"governed": True, "attached": YES | {"Principal": {"Federated": PIPELINE.arn}}}, ALLOWED),
    ("another provider trusted", PIPELINE,
     {"governed": True, "attached": YES | {"Principal": {"Federated": PIPELINE.arn + "x"}}},
     "no resource-based policy"),
    ("no account of theirs", PIPELINE, {"governed": True, "attached": of(HOME)}, "no resource-based policy"),
]  # fmt: skip


@pytest.mark.parametrize(("caller", "given", "why"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_decisions(caller: Caller, given: dict[str, Any], why: str | None) -> None:
    found = decision(caller, **given)
    if why is ALLOWED:
        assert found.allowed
    else:
        assert not found.allowed
        assert why in found.denial(caller, READ, "r")


def test_the_words_of_a_denial() -> None:
    silent = decision(ANN)
    assert silent.denial(ANN, READ, "arn:x") == (
        f"User: {ANN.arn} is not authorized to perform: {READ} on resource: arn:x because no identity-based policy "
        f"allows the {READ} action"
    )
    by_name = decision(ANN, identity=NO)
    assert by_name.denial(ANN, READ, "arn:x").endswith("with an explicit deny in an identity-based policy")
    managed = by_name._replace(policy=Policy("arn:aws:iam::aws:policy/X", by_name.policy.document))  # type: ignore[union-attr]
    assert managed.denial(ANN, READ, "arn:x").endswith("in an identity-based policy: arn:aws:iam::aws:policy/X")


def test_a_decision_names_its_statement() -> None:
    found = decision(ANN, identity=[ELSE, YES | {"Sid": "Reads"}])
    assert found.statement is not None
    assert (found.statement.sid, found.statement.number) == ("Reads", 1)
    assert decision(ANN, identity=[ELSE, YES, NO | {"Sid": "Never"}]).statement.sid == "Never"  # type: ignore[union-attr]
    assert decision(ANN, identity=ELSE).statement is None


@pytest.mark.parametrize(
    ("caller", "accounts", "owned"),
    [(ROOT, [HOME], True), (ROOT, [HOME, ""], True), (ROOT, [HOME, ABROAD], False), (ANN, [HOME], False)],
)
def test_a_root_owns_its_account(caller: Caller, accounts: list[str], owned: bool) -> None:
    resources = [parse_arn(f"arn:aws:ssm:us-east-1:{account}:parameter/a") for account in accounts]
    assert owns(caller, [each for each in resources if each]) is owned
