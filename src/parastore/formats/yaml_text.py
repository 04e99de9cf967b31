"""YAML as it is written: what PyYAML would fold into a space keeps its character."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Line breaks of YAML 1.1 that are none of 1.2; outside double quotes PyYAML writes them as they are and reads a space.
_BREAKS = "\x85\u2028\u2029"


def dump_yaml(documents: Sequence[Any]) -> str:
    """The documents, one line for each value."""
    import yaml  # noqa: PLC0415

    def write(dumper: Any, text: str) -> Any:
        style = '"' if any(each in text for each in _BREAKS) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    # A class of our own: what is added to PyYAML's would hold for the whole process.
    own: Any = type("Dumper", (yaml.SafeDumper,), {})
    own.add_representer(str, write)
    text: str = yaml.dump_all(documents, Dumper=own, sort_keys=False, allow_unicode=True, width=10_000)
    return text
