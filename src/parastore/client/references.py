r"""References to parameters inside any text. Pure.

    {{ssm:name}}  {{ssm:name:3}}  {{ssm:name:label}}     any type of parameter, decrypted
    {{ssm-secure:name}}                                  a SecureString, or it is a mistake
    {{resolve:ssm:name:3}}  {{resolve:ssm-secure:name}}  the same, as CloudFormation writes them

Blanks inside the braces are allowed, and a name may be an ARN. A backslash in front keeps a reference as it is:
`\{{ssm:name}}` gives `{{ssm:name}}`, and `\\{{ssm:name}}` a backslash and the value. What is filled in is not looked at
again, so a value cannot refer to another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from parastore.client.names import is_name

_REFERENCE = re.compile(
    r"(?P<slashes>\\*)(?P<braces>\{\{\s*(?:resolve:)?ssm(?P<secure>-secure)?:\s*(?P<name>[^{}\s]*)\s*\}\})"
)
_SELECTOR = re.compile(r":(\d{1,10}|[A-Za-z0-9_.-]{1,100})\Z")


class Reference(NamedTuple):
    """`asked` is what GetParameters is asked for; `secure`: only a SecureString will do. Lines count from 1."""

    asked: str
    secure: bool
    line: int

    @property
    def valid(self) -> bool:
        """Whether it can be asked for at all: one malformed name would fail the other nine of its call."""
        return is_name(self.asked) or bool(_SELECTOR.search(self.asked) and is_name(_SELECTOR.sub("", self.asked)))


def find(text: str) -> list[Reference]:
    """All references that are not escaped, in the order of the text."""
    found = []
    for match in _REFERENCE.finditer(text):
        if len(match["slashes"]) % 2 == 0:
            line = text.count("\n", 0, match.start("braces")) + 1
            found.append(Reference(match["name"], match["secure"] is not None, line))
    return found


def fill(text: str, value: Callable[[str], str]) -> str:
    """The text with `value(asked)` for every reference, and without the backslashes in front of references."""

    def one(match: re.Match[str]) -> str:
        kept = "\\" * (len(match["slashes"]) // 2)
        return kept + (match["braces"] if len(match["slashes"]) % 2 else value(match["name"]))

    return _REFERENCE.sub(one, text)
