"""Kubernetes manifests: SecureStrings in a Secret, the rest in a ConfigMap of the same name."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from parastore.formats.entry import Entry, FormatError, refuse, shallow
from parastore.formats.yaml_text import dump_yaml

_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")


@shallow
def read_kubernetes(text: str) -> list[Entry]:
    """Every Secret and ConfigMap among the documents."""
    import yaml  # noqa: PLC0415

    try:
        documents = list(yaml.load_all(text, Loader=yaml.BaseLoader))
    except yaml.YAMLError:
        raise FormatError("not YAML") from None
    found: list[Entry] = []
    for each in documents:
        kind = each.get("kind") if isinstance(each, dict) else None
        if kind == "Secret":
            found += [Entry(key, _decoded(key, value), "SecureString") for key, value in _of(each, "data")]
            found += [Entry(key, value, "SecureString") for key, value in _of(each, "stringData")]
        elif kind == "ConfigMap":
            found += [Entry(key, value, "String") for key, value in _of(each, "data")]
            refuse([Entry(key, "") for key, _ in _of(each, "binaryData")], "Parameter Store keeps text, not bytes")
    if not found:
        raise FormatError("no Secret and no ConfigMap with data")
    return found


def _of(document: dict[str, Any], member: str) -> list[tuple[str, str]]:
    data = document.get(member) or {}
    if not isinstance(data, dict):
        raise FormatError(f"{member} is no mapping")
    return [(key, str(value)) for key, value in data.items()]


def _decoded(key: str, value: str) -> str:
    try:
        return base64.b64decode(value, validate=False).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise FormatError(f"{key} is not text in base64") from None


def write_kubernetes(entries: Sequence[Entry], *, name: str = "parastore") -> str:
    """One document or two; `name` is that of both."""
    refuse([each for each in entries if not _KEY.match(each.key)], "not keys of a Secret or ConfigMap")
    documents = []
    if plain := {each.key: each.value for each in entries if each.kind != "SecureString"}:
        documents.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": plain})
    if secret := {each.key: _encoded(each.value) for each in entries if each.kind == "SecureString"}:
        head = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
        documents.append(head | {"type": "Opaque", "data": secret})
    return dump_yaml(documents)


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()
