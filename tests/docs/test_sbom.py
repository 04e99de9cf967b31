"""The bill of materials says what is in the product, with hashes, and nothing that only builds or tests it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def make(folder: Path) -> dict[str, dict[str, Any]]:
    # It validates what it writes, and ends with 1 where that is no CycloneDX.
    subprocess.run([sys.executable, ROOT / "tools" / "make_sbom.py", folder], check=True, timeout=120)
    return {file.name: json.loads(file.read_text()) for file in folder.iterdir()}


def test_bills_of_materials(tmp_path: Path) -> None:
    made = make(tmp_path)
    assert made.keys() == {"parastore.cdx.json", "console.cdx.json"}

    server = made["parastore.cdx.json"]
    found = {each["name"]: each for each in server["components"]}
    locked = (ROOT / "requirements" / "runtime.lock").read_text()
    assert found.keys() == {line.split("==")[0] for line in locked.splitlines() if "==" in line.split("#")[0]}
    hashes = [each for ref in found["cryptography"]["externalReferences"] for each in ref["hashes"]]
    assert {each["alg"] for each in hashes} == {"SHA-256"}
    assert all(each["content"] in locked for each in hashes)
    (root,) = (each for each in server["dependencies"] if each["ref"] == "root-component")
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert len(root["dependsOn"]) == len(dependencies)

    console = {each["name"]: each for each in made["console.cdx.json"]["components"]}
    assert {"@cloudscape-design/components", "@aws-sdk/client-ssm", "react"} <= console.keys()
    assert "vite" not in console
    assert all(each["hashes"] for each in console.values())
