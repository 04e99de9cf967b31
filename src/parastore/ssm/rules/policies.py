"""Parameter policies: what a request may say, how AWS writes it back, and when each falls due.

A request's policies are a JSON array of `{"Type", "Version", "Attributes"}`. `[]` and `[{}]` clear.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from parastore.errors import ValidationException
from parastore.ssm.errors import (
    IncompatiblePolicyException,
    InvalidPolicyAttributeException,
    InvalidPolicyTypeException,
    PoliciesLimitExceededException,
)

MAX_POLICIES = 10
_MOST_UNITS = 8_760_000  # AWS's bound; a million and more days
_UNITS = {"DAYS": 86_400_000, "HOURS": 3_600_000}
_TIMESTAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?)\Z", re.ASCII
)


class Policy(NamedTuple):
    """One policy. `text` is compact JSON; `moment` is an Expiration's, `span` a notification's, in milliseconds."""

    type: str
    text: str
    moment: int = 0
    span: int = 0


def parse(text: str) -> tuple[Policy, ...]:
    """The policies of a request. Raises ValidationException and the errors of policies."""
    try:
        given = json.loads(text, parse_constant=_refuse, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise ValidationException(f"Invalid policies input: {text}.")
    policies = tuple(_policy(each) for each in given if each)
    if len(policies) > MAX_POLICIES:
        raise PoliciesLimitExceededException
    expirations = {each.text for each in policies if each.type == "Expiration"}
    if len(expirations) > 1:
        raise IncompatiblePolicyException("There can be only one expiration policy")
    if not expirations and any(each.type == "ExpirationNotification" for each in policies):
        raise IncompatiblePolicyException("Expiration notification policies are missing expiration policy")
    return policies


def stored(text: str | None) -> tuple[Policy, ...]:
    """The policies of a version as `written` stored them."""
    return parse(text) if text else ()


def written(policies: Sequence[Policy]) -> str | None:
    """The array to store; None for none."""
    return f"[{','.join(each.text for each in policies)}]" if policies else None


def due_at(policy: Policy, policies: Sequence[Policy], modified_at: int) -> int:
    """When a policy is to be carried out, in milliseconds since the epoch."""
    if policy.type == "NoChangeNotification":
        return modified_at + policy.span
    moment = next(each.moment for each in policies if each.type == "Expiration")
    return moment if policy.type == "Expiration" else moment - policy.span


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _policy(given: dict[str, Any]) -> Policy:
    kind = given.get("Type")
    if kind is None:
        raise InvalidPolicyAttributeException("Mandatory policy attribute Type is missing.")
    if kind not in ("Expiration", "ExpirationNotification", "NoChangeNotification"):
        raise InvalidPolicyTypeException(kind if isinstance(kind, str) else json.dumps(kind))
    if "Version" not in given:
        raise InvalidPolicyAttributeException("Mandatory policy attribute Version is missing.")
    if given["Version"] != "1.0":
        raise InvalidPolicyAttributeException("Unsupported policy version.")
    attributes = given.get("Attributes")
    if not isinstance(attributes, dict):
        attributes = {}
    if kind == "Expiration":
        moment = _moment(attributes.get("Timestamp"))
        return Policy(kind, _text(kind, {"Timestamp": attributes["Timestamp"]}), moment=moment)
    amount = "Before" if kind == "ExpirationNotification" else "After"
    for name in (amount, "Unit"):
        if attributes.get(name) is None:
            raise InvalidPolicyAttributeException(f"Mandatory policy attribute {name} is missing.")
    count = _count(amount, attributes[amount])
    unit = attributes["Unit"]
    if not isinstance(unit, str) or unit.upper() not in _UNITS:
        raise InvalidPolicyAttributeException("Supported time units: DAYS HOURS")
    return Policy(kind, _text(kind, {amount: attributes[amount], "Unit": unit}), span=count * _UNITS[unit.upper()])


def _text(kind: str, attributes: dict[str, str]) -> str:
    return json.dumps({"Type": kind, "Version": "1.0", "Attributes": attributes}, separators=(",", ":"))


def _count(name: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value, re.ASCII):
        if value.startswith("-") or not value.strip("+0"):
            raise InvalidPolicyAttributeException(f"Attribute {name} must be a positive integer.")
        digits = value.lstrip("+0")
        if len(digits) <= 7 and int(digits) < _MOST_UNITS:
            return int(digits)
    raise InvalidPolicyAttributeException(f"Attribute {name} must be a positive integer smaller than {_MOST_UNITS} .")


def _moment(value: Any) -> int:
    if value is None:
        raise InvalidPolicyAttributeException("A valid Expiration policy must have an attribute of Timestamp.")
    match = _TIMESTAMP.match(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidPolicyAttributeException("Invalid timestamp format")
    moment, fraction, zone = match.groups()
    try:
        seconds = datetime.fromisoformat(moment + zone).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise InvalidPolicyAttributeException("Invalid timestamp format") from None
    return int(seconds) * 1000 + int(f"{fraction or 0:0<3}"[:3])
