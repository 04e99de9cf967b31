"""What there is to say of a denied call, in the shape that AWS's DecodeAuthorizationMessage answers.

The text of an error says whom, what and why in a line. This says also which statement denied it, and what the request's
condition keys were: more than whoever was refused may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from parastore.context import Caller
from parastore.errors import AccessDeniedException
from parastore.policy.decide import Decision, Source
from parastore.policy.document import Policy, Statement
from parastore.policy.patterns import Keys

_OF_RESOURCE = ("aws:resourcetag/", "ssm:resourcetag/", "iam:resourcetag/")


class Denial(NamedTuple):
    """One decision against a caller. `owner` is the account of the resource, `keys` are those it was decided with."""

    decision: Decision
    caller: Caller
    action: str
    resource: str
    owner: str
    keys: Keys

    def error(self) -> AccessDeniedException:
        """AWS's error, which takes the denial along."""
        error = AccessDeniedException(self.decision.denial(self.caller, self.action, self.resource))
        error.denial = self
        return error

    def documents(self) -> Iterable[bytes]:
        """AWS's document, then shorter ones for who has not the room."""
        statements = list(self._statements())
        for matched, context in ((statements, self.keys), (statements, {}), ([], {})):
            yield msgspec.json.encode(self._document(matched, context))

    def _document(self, statements: list[dict[str, Any]], keys: Keys) -> dict[str, Any]:
        principal = {"id": self.caller.user_id, "arn": self.caller.arn}
        if ":user/" in self.caller.arn:
            principal["name"] = self.caller.arn.rpartition("/")[2]
        return {
            "allowed": False,
            "explicitDeny": self.decision.explicit,
            "matchedStatements": {"items": statements},
            "failures": {"items": []},
            "context": {
                "principal": principal,
                "action": self.action,
                "resource": self.resource,
                "conditions": _conditions(keys if self._is_own else _without_tags(keys)),
            },
        }

    @property
    def _is_own(self) -> bool:
        return self.owner in ("", self.caller.account)

    def _statements(self) -> Iterable[dict[str, Any]]:
        decision = self.decision
        if decision.statement is None or decision.policy is None:
            return
        if decision.source is Source.RESOURCE and not self._is_own:
            return  # the policies of another account are not this one's to read
        yield _statement(decision.policy, decision.statement, self.caller)


def _statement(policy: Policy, statement: Statement, caller: Caller) -> dict[str, Any]:
    listed = msgspec.json.decode(policy.document.text)["Statement"]
    written = listed[statement.number] if isinstance(listed, list) else listed
    found: dict[str, list[str]] = {}
    for block in written.get("Condition", {}).values():
        for key, value in block.items():
            found.setdefault(key, []).extend(str(each) for each in (value if isinstance(value, list) else [value]))
    return {
        "statementId": statement.sid or "",
        "effect": statement.effect.upper(),
        "principals": _items([caller.user_id]),
        "principalGroups": _items([]),
        "actions": _items(statement.actions),
        "resources": _items(statement.resources),
        "conditions": _conditions({key: tuple(values) for key, values in found.items()}),
    }


def _conditions(keys: Mapping[str, str | tuple[str, ...]]) -> dict[str, Any]:
    return {
        "items": [
            {"key": key, "values": _items([value] if isinstance(value, str) else value)}
            for key, value in sorted(keys.items())
        ]
    }


def _items(values: Iterable[str]) -> dict[str, Any]:
    return {"items": [{"value": each} for each in values]}


def _without_tags(keys: Keys) -> Keys:
    return {key: value for key, value in keys.items() if not key.startswith(_OF_RESOURCE)}
