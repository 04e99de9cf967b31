"""Tags: which a caller may give, and how many a parameter may have."""

from __future__ import annotations

from collections.abc import Iterable

from parastore.errors import ValidationException
from parastore.ssm.errors import TooManyTagsError
from parastore.ssm.shapes import Tag

MAX_TAGS = 50


def given(tags: Iterable[Tag], present: Iterable[str] = ()) -> dict[str, str]:
    """The tags of a request by key, the last of a key counting. `present` are keys the parameter has already.

    Raises TooManyTagsError, and ValidationException for a key that is AWS's own.
    """
    wanted = {tag.key: tag.value for tag in tags}
    if len(wanted.keys() | set(present)) > MAX_TAGS:
        raise TooManyTagsError
    if any(key.lower().startswith("aws:") for key in wanted):
        raise ValidationException("aws: prefixed tag key names are not allowed for external use.")
    return wanted
