"""What a PutParameter makes of a parameter: its next version, or the reason there is none.

The checks stand in the order AWS is believed to make them: tags with overwrite, data type, nested references,
existence, type, key, policies, tier and size, pattern.
"""

from __future__ import annotations

import re

import msgspec

from parastore.errors import ValidationException
from parastore.ssm.errors import ParameterAlreadyExists
from parastore.ssm.rules import patterns, policies, tags, tiers
from parastore.ssm.rules.images import IMAGE
from parastore.ssm.rules.names import path_of
from parastore.ssm.shapes import ParameterTier, ParameterType, PutParameterRequest

KEPT_VERSIONS = 100
DEFAULT_KEY = "alias/aws/ssm"

DATA_TYPES = ("text", IMAGE, "aws:ssm:integration")
_INTEGRATIONS = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations"
_NESTED = re.compile(r"\{\{.*\}\}", re.DOTALL)


class Version(msgspec.Struct, frozen=True, gc=False):
    """One version of a parameter, as stored.

    `content` is the value's UTF-8 bytes, for a SecureString its KMS ciphertext. `key_id` is as the caller wrote it.
    `modified_at` is milliseconds since the epoch, `modified_by` the caller's ARN, `policies` as `rules.policies` writes
    them.
    """

    path: str
    name: str
    version: int
    type: ParameterType
    content: bytes
    key_id: str | None
    description: str | None
    allowed_pattern: str | None
    tier: ParameterTier
    data_type: str
    modified_at: int
    modified_by: str
    policies: str | None = None


class Reading(msgspec.Struct, frozen=True, gc=False):
    """The part of a current version that reads answer with; see `Version`."""

    path: str
    name: str
    version: int
    type: ParameterType
    content: bytes
    data_type: str
    modified_at: int


def next_version(
    request: PutParameterRequest,
    name: str,
    current: Version | None,
    by: str,
    now: int,
    *,
    default_tier: ParameterTier = "Standard",
    standard_count: int = 0,
) -> Version:
    """The version that `request` makes, with the plain value as its content.

    `name` is the request's, trimmed and checked. What a request leaves out is kept from `current`, but the KMS key,
    which falls back to the account's default. Raises ValidationException, ParameterAlreadyExists, TooManyTagsError,
    InvalidAllowedPatternException, ParameterPatternMismatchException, and what `policies` and `tiers` say.
    """
    if request.tags and request.overwrite:
        raise ValidationException(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove"
            " overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or"
            " RemoveTagsFromResource."
        )
    if request.tags:
        tags.given(request.tags)
    value = request.value.reveal()
    if request.data_type is not None:
        _check_data_type(request.data_type, name)
    if _NESTED.search(value):
        raise ValidationException(
            f"Parameter value: '{value}' failed to satisfy constraint: Parameter value can't nest another parameter."
            ' Do not use "{{}}" in the value.'
        )
    if current and not request.overwrite:
        raise ParameterAlreadyExists
    kind = request.type or (current.type if current else None)
    if kind is None:
        raise ValidationException("A parameter type is required when you create a parameter.")
    if request.key_id is not None and kind != "SecureString":
        raise ValidationException("KeyId is required for SecureString type parameter only.")
    data_type = request.data_type or (current.data_type if current else "text")
    if data_type == IMAGE and kind != "String":
        raise ValidationException(f"The aws:ec2:image data type is not supported for the following input type: {kind}")
    content = value.encode()
    given = None if request.policies is None else policies.parse(request.policies)
    tier = tiers.choose(
        request.tier,
        current.tier if current else None,
        default_tier,
        size=len(content),
        policies=bool(given),
        standard_count=standard_count,
    )
    pattern = _kept(request.allowed_pattern, current.allowed_pattern if current else None)
    if pattern is not None:
        patterns.check_match(pattern, value.split(",") if kind == "StringList" else [value])
    return Version(
        path=path_of(name),
        name=current.name if current else name,
        version=current.version + 1 if current else 1,
        type=kind,
        content=content,
        key_id=(request.key_id or DEFAULT_KEY) if kind == "SecureString" else None,
        description=_kept(request.description, current.description if current else None),
        allowed_pattern=pattern,
        tier=tier,
        data_type=data_type,
        modified_at=now,
        modified_by=by,
        policies=policies.written(given) if given is not None else (current.policies if current else None),
    )


def _kept(given: str | None, before: str | None) -> str | None:
    """What is left out stays; an empty text clears."""
    return before if given is None else (given or None)


def _check_data_type(data_type: str, name: str) -> None:
    if data_type not in DATA_TYPES:
        raise ValidationException(
            f"The following data type is not supported: {data_type}. (Data type names are all lowercase.)"
        )
    if data_type == "aws:ssm:integration" and not name.startswith(_INTEGRATIONS):
        raise ValidationException(
            f"Parameters with data type: aws:ssm:integration must start with prefix: {_INTEGRATIONS}"
        )
