"""What a PutParameter makes of a parameter: its next version, or the reason there is none.

The checks stand in the order AWS is believed to make them: tags with overwrite, data type, nested references,
existence, type, key, tier and size, pattern.
"""

from __future__ import annotations

import re

import msgspec

from parastore.errors import ValidationException
from parastore.ssm.errors import ParameterAlreadyExists, TooManyTagsError
from parastore.ssm.rules import patterns
from parastore.ssm.rules.names import path_of
from parastore.ssm.shapes import ParameterTier, ParameterType, PutParameterRequest

KEPT_VERSIONS = 100
STANDARD_VALUE = 4096  # bytes of UTF-8; AWS's text says characters, its Encrypt call takes 4096 bytes
MAX_TAGS = 50
DEFAULT_KEY = "alias/aws/ssm"

DATA_TYPES = ("text", "aws:ec2:image", "aws:ssm:integration")
_INTEGRATIONS = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations"
_ADVANCED_PAGE = (
    "For more information, see"
    " https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
)
_NESTED = re.compile(r"\{\{.*\}\}", re.DOTALL)


class Version(msgspec.Struct, frozen=True, gc=False):
    """One version of a parameter, as stored.

    `content` is the value's UTF-8 bytes, for a SecureString its KMS ciphertext. `key_id` is as the caller wrote it.
    `modified_at` is milliseconds since the epoch, `modified_by` the caller's ARN.
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


class Reading(msgspec.Struct, frozen=True, gc=False):
    """The part of a current version that reads answer with; see `Version`."""

    path: str
    name: str
    version: int
    type: ParameterType
    content: bytes
    data_type: str
    modified_at: int


def next_version(request: PutParameterRequest, name: str, current: Version | None, by: str, now: int) -> Version:
    """The version that `request` makes, with the plain value as its content.

    `name` is the request's, trimmed and checked. What a request leaves out is kept from `current`, but the KMS key,
    which falls back to the account's default. Raises ValidationException, ParameterAlreadyExists, TooManyTagsError,
    InvalidAllowedPatternException, ParameterPatternMismatchException.
    """
    if request.tags and request.overwrite:
        raise ValidationException(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove"
            " overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or"
            " RemoveTagsFromResource."
        )
    _check_tags(request)
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
    if data_type == "aws:ec2:image" and kind != "String":
        raise ValidationException(f"The aws:ec2:image data type is not supported for the following input type: {kind}")
    content = value.encode()
    _check_tier(request, content)
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
        tier="Standard",
        data_type=data_type,
        modified_at=now,
        modified_by=by,
    )


def _kept(given: str | None, before: str | None) -> str | None:
    """What is left out stays; an empty text clears."""
    return before if given is None else (given or None)


def _check_tags(request: PutParameterRequest) -> None:
    tags = request.tags or []
    if len({tag.key for tag in tags}) > MAX_TAGS:
        raise TooManyTagsError
    if any(tag.key.lower().startswith("aws:") for tag in tags):
        raise ValidationException("aws: prefixed tag key names are not allowed for external use.")


def _check_data_type(data_type: str, name: str) -> None:
    if data_type not in DATA_TYPES:
        raise ValidationException(
            f"The following data type is not supported: {data_type}. (Data type names are all lowercase.)"
        )
    if data_type == "aws:ssm:integration" and not name.startswith(_INTEGRATIONS):
        raise ValidationException(
            f"Parameters with data type: aws:ssm:integration must start with prefix: {_INTEGRATIONS}"
        )


def _check_tier(request: PutParameterRequest, content: bytes) -> None:
    if request.tier == "Advanced":
        # What Regions without tiers answer; Terraform knows it and asks again without a tier.
        raise ValidationException("Tier is not supported: this server keeps standard parameters.")
    if len(content) > STANDARD_VALUE:
        raise ValidationException(
            f"Standard tier parameters support a maximum parameter value of {STANDARD_VALUE} characters. To create a"
            f" larger parameter value, upgrade the parameter to use the advanced-parameter tier. {_ADVANCED_PAGE}"
        )
    if request.policies is not None:
        raise ValidationException(
            "You can't assign parameter policies to a standard-parameter tier. You must upgrade the parameter to use"
            f" the advanced-parameter tier. {_ADVANCED_PAGE}"
        )
