"""Key ids, aliases and their ARNs."""

from __future__ import annotations

import re
import uuid
from typing import NamedTuple

from parastore import arn
from parastore.errors import ValidationException
from parastore.kms.errors import InvalidAliasNameException, NotFoundException

_KEY_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}", re.ASCII)
_ALIASES = "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"


class KeyName(NamedTuple):
    """What a KeyId names in `account`: exactly one of `key_id` and `alias` (`alias/...`)."""

    account: str
    key_id: str | None
    alias: str | None


def new_key_id() -> str:
    """A key id: a random UUID."""
    return str(uuid.uuid4())


def key_arn(account: str, region: str, key_id: str) -> str:
    """A key's ARN."""
    return f"arn:{arn.partition_of(region)}:kms:{region}:{account}:key/{key_id}"


def alias_arn(account: str, region: str, alias: str) -> str:
    """An alias's ARN; `alias` is `alias/<name>`."""
    return f"arn:{arn.partition_of(region)}:kms:{region}:{account}:{alias}"


def read_key_id(text: str, account: str, region: str) -> KeyName:
    """What `text` (key id, key ARN, alias name or alias ARN) names. Raises NotFoundException."""
    resource = text
    if text.startswith("arn:"):
        parsed = arn.parse(text)
        if parsed is None or parsed.service != "kms" or not parsed.account:
            raise NotFoundException(f"Invalid arn {text}")
        if parsed.region != region:
            raise NotFoundException(f"Invalid arn {parsed.region}")
        account, resource = parsed.account, parsed.resource
        if not resource.startswith("alias/"):
            resource = resource.removeprefix("key/")
    if resource.startswith("alias/"):
        return KeyName(account, None, resource)
    if not _KEY_ID.fullmatch(resource):
        raise NotFoundException(f"Invalid keyId '{text}'")
    return KeyName(account, resource, None)


def check_alias(name: str) -> None:
    """Raise unless a customer may have an alias of this name: ValidationException, InvalidAliasNameException."""
    if not name.startswith("alias/"):
        raise ValidationException(f'Alias must start with the prefix "alias/". Please see {_ALIASES}')
    if name.startswith("alias/aws/"):
        raise InvalidAliasNameException("The alias name for a customer managed CMK cannot begin with alias/aws/.")
    if ":" in name or name == "alias/":
        raise ValidationException(f"{name} contains invalid characters for an alias")
