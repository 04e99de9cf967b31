"""The formats by name, and which one a file has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from parastore.formats import data, kubernetes, lines
from parastore.formats.entry import Entry


class Format(NamedTuple):
    """`variables`: its keys are names of variables, not paths. `file`: what its files are called, as a pattern."""

    read: Callable[[str], list[Entry]]
    write: Callable[[Sequence[Entry]], str]
    variables: bool
    file: str | None = None


FORMATS = {
    "shell": Format(lines.read_shell, lines.write_shell, True, r".*\.sh"),
    "dotenv": Format(lines.read_dotenv, lines.write_dotenv, True, r"(.*\.)?env(\..*)?"),
    "docker": Format(lines.read_docker, lines.write_docker, True),
    "github": Format(lines.read_github, lines.write_github, True),
    "json": Format(data.read_json, data.write_json, False, r".*\.json"),
    "yaml": Format(data.read_yaml, data.write_yaml, False, r".*\.ya?ml"),
    "csv": Format(data.read_csv, data.write_csv, False, r".*\.csv"),
    "properties": Format(data.read_properties, data.write_properties, False, r".*\.properties"),
    "tfvars": Format(data.read_tfvars, data.write_tfvars, True, r".*\.tfvars"),
    "kubernetes": Format(kubernetes.read_kubernetes, kubernetes.write_kubernetes, True),
}
TYPED = {"json": data.write_json, "yaml": data.write_yaml}  # take `types=True`


def guess(file_name: str, text: str) -> str | None:
    """The format of a file, by its name; a YAML file with a Secret or a ConfigMap is Kubernetes'."""
    for name, each in FORMATS.items():
        if each.file and re.fullmatch(each.file, file_name):
            manifest = name == "yaml" and re.search(r"(?m)^kind:\s*(Secret|ConfigMap)\s*$", text)
            return "kubernetes" if manifest else name
    return None
