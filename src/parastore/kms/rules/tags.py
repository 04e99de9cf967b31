"""Tags of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parastore.kms.errors import TagException

MOST_TAGS = 50


def given(tags: Sequence[tuple[str, str]], present: Mapping[str, str]) -> dict[str, str]:
    """The tags of one request, by key, if a key with the present ones may have them. Raises TagException."""
    names = [name for name, _ in tags]
    if len(set(names)) < len(names):
        raise TagException("Duplicate tag keys")
    if any(name.lower().startswith("aws:") for name in names):
        raise TagException("Tags beginning with aws: are reserved")
    if len(present.keys() | set(names)) > MOST_TAGS:
        raise TagException("Too many tags")
    return dict(tags)


def removable(names: Sequence[str]) -> Sequence[str]:
    """Tag keys that a request may take away. Raises TagException."""
    if any(name.lower().startswith("aws:") for name in names):
        raise TagException("Tags beginning with aws: are reserved")
    return names
