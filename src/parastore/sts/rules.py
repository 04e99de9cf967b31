"""Sessions: how long, under which policies, with which tags. Pure decisions."""

from __future__ import annotations

from collections.abc import Sequence

from parastore import arn as arns
from parastore.errors import ValidationException
from parastore.policy.document import parse
from parastore.policy.errors import DocumentError
from parastore.sts.errors import InvalidParameterValue, MalformedPolicyDocument, PackedPolicyTooLarge
from parastore.sts.shapes import Tag

HOUR = 3600
SESSION_TOKEN_DEFAULT = 43200
MOST_POLICIES = 10
MOST_POLICY_TEXT = 2048  # characters, AWS's plain-text limit
_MOST_PACKED = 4096  # our own: what policies and tags may add to a token that travels with every request, in bytes


def role_named(text: str) -> arns.Arn:
    """The role an ARN names. Raises ValidationException."""
    named = arns.parse(text)
    if named is None or named.service != "iam" or not named.resource.startswith("role/") or not named.account:
        raise ValidationException(f"{text} is invalid")
    return named


def role_seconds(asked: int | None, longest: int, *, chained: bool) -> int:
    """How long a role's session lasts. Raises ValidationException when that is too long."""
    if chained and (asked or HOUR) > HOUR:
        raise ValidationException(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    if asked is not None and asked > longest:
        raise ValidationException("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    return asked or HOUR


def own_seconds(asked: int | None, *, root: bool) -> int:
    """How long GetSessionToken's session lasts: a root's an hour at most, however long it asks for."""
    return min(asked or SESSION_TOKEN_DEFAULT, HOUR) if root else asked or SESSION_TOKEN_DEFAULT


def session_policies(inline: str | None, arns_given: Sequence[str]) -> tuple[str, ...] | None:
    """The policies that bound a session; None when none are given. Raises MalformedPolicyDocument and others."""
    if inline is None and not arns_given:
        return None
    if len(arns_given) > MOST_POLICIES:
        raise ValidationException(f"The number of managed session policies cannot exceed {MOST_POLICIES}.")
    if inline is not None:
        if len(inline) > MOST_POLICY_TEXT:
            raise PackedPolicyTooLarge(
                f"Packed policy consumes {len(inline) * 100 // MOST_POLICY_TEXT}% of allotted space."
            )
        try:
            parse(inline)
        except DocumentError as error:
            raise MalformedPolicyDocument(str(error)) from error
    return (*arns_given, *((inline,) if inline is not None else ()))


def session_tags(given: Sequence[Tag] | None) -> tuple[tuple[str, str], ...]:
    """The tags of a request. Raises InvalidParameterValue when a key comes twice."""
    tags = tuple((each.key, each.value) for each in given or ())
    if len({key.lower() for key, _ in tags}) != len(tags):
        raise InvalidParameterValue("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    return tags


def packed_size(policies: Sequence[str] | None, tags: Sequence[tuple[str, str]]) -> int | None:
    """How full the token is of policies and tags, in percent. Raises PackedPolicyTooLarge beyond a hundred."""
    if policies is None and not tags:
        return None
    size = sum(len(each.encode()) for each in policies or ())
    size += sum(len(key.encode()) + len(value.encode()) for key, value in tags)
    percent = -(-size * 100 // _MOST_PACKED)
    if percent > 100:
        raise PackedPolicyTooLarge(f"Packed policy consumes {percent}% of allotted space, please use smaller policy.")
    return percent
