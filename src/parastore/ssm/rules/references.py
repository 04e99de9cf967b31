"""Secrets Manager references: `/aws/reference/secretsmanager/<secret id>[:<version id or staging label>]`.

What a name asks for, and what an answer says of the secret that was found.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from parastore.errors import ValidationException
from parastore.ssm.errors import ParameterNotFound
from parastore.ssm.rules.names import BAD_SELECTOR

PREFIX = "aws/reference/secretsmanager/"
STARTS = (PREFIX, f"/{PREFIX}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
# What Gson, which AWS writes the text with, does not leave in a text as it is.
_HTML = {ord(each): f"\\u{ord(each):04x}" for each in "=<>&'"}


class SecretReference(NamedTuple):
    """`name` is as typed, without selector; `secret_id` and `selector` (None: the current version) are the secret's."""

    name: str
    secret_id: str
    selector: str | None

    @property
    def query(self) -> dict[str, str]:
        """The members of GetSecretValue."""
        members = {"SecretId": self.secret_id}
        if self.selector is not None:
            members["VersionId" if _UUID.match(self.selector) else "VersionStage"] = self.selector
        return members


class SecretNotFound(ParameterNotFound):
    """There is no such secret or version. The literal `null` stands for no selector, as at AWS."""

    code = "ParameterNotFound"
    member = "message"

    def __init__(self, reference: SecretReference) -> None:
        selector = "null" if reference.selector is None else f":{reference.selector}"
        super().__init__(
            "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret"
            f" {PREFIX}{reference.secret_id}{selector} not found."
        )


def parse(asked: str, decrypt: bool | None) -> SecretReference:
    """What a name under PREFIX asks for. Raises ValidationException, for the selector before the missing flag."""
    name, colon, selector = asked.partition(":")
    if colon and (not selector or ":" in selector):
        raise ValidationException(BAD_SELECTOR)
    if not decrypt:
        raise ValidationException("WithDecryption flag must be True for retrieving a Secret Manager secret.")
    return SecretReference(name, name.removeprefix("/").removeprefix(PREFIX), selector if colon else None)


def source_result(secret: Mapping[str, Any]) -> str:
    """The JSON text SourceResult, of an answer of GetSecretValue."""
    created: datetime = secret["CreatedDate"]
    binary: bytes | None = secret.get("SecretBinary")
    members = {
        "ARN": secret["ARN"],
        "name": secret["Name"],
        "versionId": secret["VersionId"],
        "secretBinary": base64.b64encode(binary).decode() if binary is not None else None,
        "secretString": secret.get("SecretString"),
        "versionStages": secret["VersionStages"],
        # As Java writes a date in the USA: Sep 26, 2026, 7:29:54 PM
        "createdDate": f"{created:%b} {created.day}, {created.year}, {created.hour % 12 or 12}:{created:%M:%S %p}",
    }
    there = {name: value for name, value in members.items() if value is not None}
    return json.dumps(there, ensure_ascii=False, separators=(",", ":")).translate(_HTML)
