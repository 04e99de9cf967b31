"""Write what the product is made of, as CycloneDX: `python tools/make_sbom.py FOLDER`. The lock files say it.

`parastore.cdx.json` has the Python packages of a server without extras, `console.cdx.json` the npm packages that the
console is built of. Both are valid CycloneDX 1.6, or nothing is written, and the same lock files give the same bytes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import parastore

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# What differs from run to run, and says nothing of the product.
_OF_THE_RUN = ("timestamp", "tools")


def of_python() -> dict[str, Any]:
    """The runtime's lock file, with the hashes that pip insists on."""
    command = [BIN / "cyclonedx-py", "requirements", ROOT / "requirements" / "runtime.lock"]
    options = ["--pyproject", ROOT / "pyproject.toml", "--sv", "1.6", "--output-reproducible", "--no-validate"]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore"}  # it misses the dependencies that are added here
    told = subprocess.check_output([*command, *options], env=quiet, text=True)  # noqa: S603
    bom: dict[str, Any] = json.loads(told)
    root = bom["metadata"]["component"]
    root["version"] = parastore.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = {re.split(r"[\[<>=~ ]", each)[0] for each in project["dependencies"]}
    needed = [each["bom-ref"] for each in bom["components"] if each["name"] in direct]
    others = [each for each in bom["dependencies"] if each["ref"] != root["bom-ref"]]
    bom["dependencies"] = [*others, {"ref": root["bom-ref"], "dependsOn": sorted(needed)}]
    return bom


def of_console() -> dict[str, Any]:
    """The console's lock file; what only builds and tests it is left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "parastore-console")  # which npm takes for its name
        folder.mkdir()
        shutil.copy(ROOT / "console" / "package-lock.json", folder)
        package = json.loads((ROOT / "console" / "package.json").read_text(encoding="utf-8"))
        # npm describes nothing that has no version.
        (folder / "package.json").write_text(json.dumps(package | {"version": parastore.__version__}))
        command = [BIN / "npm", "sbom", "--package-lock-only", "--omit", "dev", "--sbom-format", "cyclonedx"]
        command += ["--loglevel", "error"]
        environ = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        told = subprocess.check_output(command, cwd=folder, env=environ, text=True)  # noqa: S603
    bom: dict[str, Any] = json.loads(told)
    del bom["serialNumber"]
    return bom | {"specVersion": "1.6", "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json"}


def main(folder: Path) -> None:
    """Make, validate, write."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, bom in (("parastore", of_python()), ("console", of_console())):
        for key in _OF_THE_RUN:
            bom["metadata"].pop(key, None)
        text = json.dumps(bom, indent=2, sort_keys=True) + "\n"
        if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
            raise SystemExit(f"{name}: {fault}")
        file = folder / f"{name}.cdx.json"
        file.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{file}: {len(bom['components'])} components\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
