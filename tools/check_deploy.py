"""Check what is in deploy/ (`make deploy`): hadolint, Helm's linter and renderer, Kubernetes' schemas, systemd-analyze.

The chart is rendered as it may be installed, and every object of it is compared with the schema of its kind, unknown
members refused. Kinds of others (ExternalSecret, SecretProviderClass, ServiceMonitor) have no schema here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python as helm
import kubernetes_validate
import yaml

DEPLOY = Path(__file__).parents[1] / "deploy"
CHART = DEPLOY / "helm" / "parastore"
VERSIONS = ("1.28", "1.31", "1.34")
INSTALLS: dict[str, dict[str, Any]] = {
    "with TLS": {"tls": {"secret": "parastore-tls"}, "serviceMonitor": {"enabled": True}},
    "without TLS": {"tls": {"allowPlaintext": True}, "replicas": 1, "networkPolicy": {"enabled": False}},
    "with everything": {
        "tls": {"secret": "parastore-tls"},
        "settings": {"database_connections": 20, "quotas": "aws"},
        "imagePullSecrets": [{"name": "registry"}],
        "networkPolicy": {"enabled": True, "from": [{"podSelector": {"matchLabels": {"app": "shop"}}}]},
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {}},
    },
}
REFUSED: dict[str, dict[str, Any]] = {
    "neither TLS nor a word about it": {},
    "no nodes": {"replicas": 0, "tls": {"allowPlaintext": True}},
}


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object that is applied, with where it is from."""
    with helm.Chart.load(CHART) as chart:
        for name, values in INSTALLS.items():
            for template, text in chart.render(values, name="parastore", namespace="secrets").items():
                if not template.endswith(".txt"):
                    yield from ((f"chart {name}, {template}", each) for each in yaml.safe_load_all(text) if each)
        for name, values in REFUSED.items():
            try:
                chart.validate_schema(values)
            except helm.HelmError:
                continue
            raise SystemExit(f"the chart takes values that it must refuse: {name}")
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        yield from ((file.name, each) for each in yaml.safe_load_all(file.read_text(encoding="utf-8")))


def check_units() -> None:
    """systemd's own opinion of the units, where it is installed. That the program is not is no fault of a unit's."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        say("the systemd units are not checked: there is no systemd-analyze")
        return
    for unit in sorted((DEPLOY / "systemd").glob("parastore*.*")):
        if unit.suffix != ".conf":
            command = [analyze, "verify", "--man=no", unit]
            told = subprocess.run(command, capture_output=True, text=True, check=False).stderr  # noqa: S603
            if faults := [line for line in told.splitlines() if "is not executable" not in line]:
                raise SystemExit("\n".join(faults))


def say(text: str) -> None:
    """To whoever runs it."""
    sys.stdout.write(f"{text}\n")


def main() -> None:
    """Check all. Ends with 1 at what is wrong."""
    hadolint = Path(sys.executable).with_name("hadolint")
    subprocess.run([hadolint, DEPLOY / "Containerfile"], check=True)  # noqa: S603
    check_units()
    report = helm.lint(CHART, INSTALLS["with TLS"], strict=True)
    if report["errors"] or any(each["severity"] > 1 for each in report["messages"]):
        raise SystemExit(f"helm lint: {report}")
    checked, unknown = 0, set()
    for where, manifest in manifests():
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
                checked += 1
            except kubernetes_validate.SchemaNotFoundError:
                unknown.add(manifest["kind"])
            except kubernetes_validate.ValidationError as error:
                raise SystemExit(f"{where}: {error.message} at {'.'.join(map(str, error.path))}") from None
    say(f"{checked} objects fit their schemas; without a schema here: {', '.join(sorted(unknown))}")


if __name__ == "__main__":
    main()
