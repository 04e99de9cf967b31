"""Policy documents: JSON that says who may do what, compiled once into statements.

Identity policies (permissions boundaries and session policies too) speak of whoever has them; resource policies, key
policies and trust policies name principals. What is not understood is refused when it is uploaded, never skipped.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from parastore.policy.conditions import Condition, condition
from parastore.policy.errors import DocumentError
from parastore.policy.patterns import Keys, Pattern
from parastore.policy.patterns import parse as parse_pattern
from parastore.policy.principals import Principals, principals

Effect = Literal["Allow", "Deny"]
_MEMBERS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"
}  # fmt: skip
_SYNTAX = "Syntax errors in policy."


class Kind(Enum):
    """What a document is attached to: an identity (or its boundary or session), a resource, a KMS key, or a role as
    its trust. Keys' differ from other resources' in how their faults are worded.
    """

    IDENTITY = "identity"
    RESOURCE = "resource"
    KEY = "key"
    TRUST = "trust"


class Statement(NamedTuple):
    """What is allowed or denied. Actions and resources are `inverted` where the document says NotAction, NotResource.

    `actions` and `resources` are also kept as they are written. `principals` is None in identity policies, `keys` are
    the condition keys that conditions and variables name. `number` counts the document's statements from 0.
    """

    number: int
    sid: str | None
    effect: Effect
    principals: Principals | None
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    keys: frozenset[str]
    action_patterns: tuple[Pattern, ...]
    actions_inverted: bool
    resource_patterns: tuple[Pattern, ...]
    resources_inverted: bool

    def covers(self, action: str, resource: str, keys: Keys) -> bool:
        """Whether it speaks of this: `action` in lower case, `resource` an ARN. Principals are another question."""
        return (
            _match(self.action_patterns, action, keys) is not self.actions_inverted
            and _match(self.resource_patterns, resource, keys) is not self.resources_inverted
            and (not self.conditions or all(each.holds(keys) for each in self.conditions))
        )


def _match(patterns: Sequence[Pattern], text: str, keys: Keys) -> bool:
    # Not any(): this is most of what a decision costs, and a generator would double it.
    for pattern in patterns:  # noqa: SIM110
        if pattern.matches(text, keys):
            return True
    return False


class Document(NamedTuple):
    """A compiled document. `keys` are all condition keys it asks for, in lower case; `text` is what was compiled."""

    version: str
    statements: tuple[Statement, ...]
    keys: frozenset[str]
    text: str


class Policy(NamedTuple):
    """A document and what it is called: the ARN of a managed policy, or the name of an inline one."""

    name: str
    document: Document


@lru_cache(maxsize=512)
def parse(text: str, kind: Kind = Kind.IDENTITY) -> Document:
    """The document in a JSON text. Raises DocumentError."""
    try:
        given = json.loads(text, object_pairs_hook=_unique)
    except DocumentError:
        raise
    except (ValueError, RecursionError):
        raise DocumentError("This policy contains invalid Json") from None
    if not isinstance(given, dict) or not given.keys() <= {"Version", "Id", "Statement"}:
        raise DocumentError(_SYNTAX)
    version = given.get("Version", "2008-10-17")
    if version not in ("2012-10-17", "2008-10-17") or not isinstance(given.get("Id", ""), str):
        raise DocumentError(_SYNTAX)
    listed = given.get("Statement")
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list) or not listed:
        raise DocumentError(_SYNTAX)
    statements = tuple(
        _statement(each, number, kind, variables=version == "2012-10-17") for number, each in enumerate(listed)
    )
    sids = [each.sid for each in statements if each.sid]
    if len(set(sids)) != len(sids):
        raise DocumentError("Statement IDs (SID) in a single policy must be unique.")
    return Document(version, statements, frozenset().union(*(each.keys for each in statements)), text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of a member written twice, json would silently take the last.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DocumentError(_SYNTAX)
    return found


def _statement(given: Any, number: int, kind: Kind, *, variables: bool) -> Statement:
    if not isinstance(given, dict) or not given.keys() <= _MEMBERS:
        raise DocumentError(_SYNTAX)
    sid = given.get("Sid")
    if given.get("Effect") not in ("Allow", "Deny") or not isinstance(sid, str | None):
        raise DocumentError(_SYNTAX)
    actions, actions_inverted = _either(given, "Action", kind)
    for each in actions:
        _check_action(each)
    if kind is Kind.TRUST:
        if "Resource" in given or "NotResource" in given:
            raise DocumentError("Has prohibited field Resource")
        # The role that the trust is of.
        given = {**given, "Resource": "*"}
    resources, resources_inverted = _either(given, "Resource", kind)
    for each in resources:
        _check_resource(each)
    action_patterns = tuple(Pattern(parse_pattern(each.lower(), variables=False)) for each in actions)
    resource_patterns = tuple(Pattern(parse_pattern(each, variables=variables)) for each in resources)
    conditions = tuple(_conditions(given.get("Condition", {}), variables=variables))
    keys = [each.keys for each in conditions] + [each.keys for each in resource_patterns]
    return Statement(
        number,
        sid,
        given["Effect"],
        _principals(given, kind),
        actions,
        resources,
        conditions,
        frozenset().union(*keys),
        action_patterns,
        actions_inverted,
        resource_patterns,
        resources_inverted,
    )


def _principals(given: dict[str, Any], kind: Kind) -> Principals | None:
    named = [name for name in ("Principal", "NotPrincipal") if name in given]
    if kind is Kind.IDENTITY:
        if named:
            raise DocumentError("Policy document should not specify a principal.")
        return None
    if len(named) > 1:
        raise DocumentError(_SYNTAX)
    if not named:
        of_key = "Policy contains a statement with no principal."
        raise DocumentError(of_key if kind is Kind.KEY else "Missing required field Principal")
    try:
        return principals(given[named[0]], inverted=named[0] == "NotPrincipal")
    except DocumentError:
        if kind is not Kind.KEY:
            raise
        raise DocumentError("Policy contains a statement with one or more invalid principals.") from None


def _either(given: dict[str, Any], name: str, kind: Kind) -> tuple[tuple[str, ...], bool]:
    """The texts of an element or of its negation, and whether it is the negation. One of the two must be there."""
    other = f"Not{name}"
    if name in given and other in given:
        raise DocumentError(_SYNTAX)
    value = given.get(name, given.get(other, []))
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise DocumentError(_SYNTAX)
    if not values:
        of_key = f"Missing required field {name}"
        raise DocumentError(of_key if kind is Kind.KEY else f"Policy statement must contain {name.lower()}s.")
    return tuple(values), other in given


def _check_action(text: str) -> None:
    service, colon, _ = text.partition(":")
    if text == "*":
        return
    if not colon:
        raise DocumentError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    if text.count(":") > 1:
        raise DocumentError("Actions/Condition can contain only one colon.")
    if service != "*" and not (service.isascii() and service.replace("-", "").isalnum()):
        raise DocumentError(f"Vendor {service} is not valid")


def _check_resource(text: str) -> None:
    if text == "*":
        return
    if not text.startswith("arn:"):
        raise DocumentError(f'Resource {text} must be in ARN format or "*".')


def _conditions(given: Any, *, variables: bool) -> Sequence[Condition]:
    if not isinstance(given, dict):
        raise DocumentError(_SYNTAX)
    found = []
    for name, block in given.items():
        if not isinstance(block, dict):
            raise DocumentError(_SYNTAX)
        for key, value in block.items():
            values = [_text(each) for each in (value if isinstance(value, list) else [value])]
            found.append(condition(name, key, values, variables=variables))
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise DocumentError(_SYNTAX)
