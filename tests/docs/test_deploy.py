"""What is shipped for operators fits the program: metrics that are asked for exist, and so do settings that are set."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import yaml

from parastore.server import metrics
from parastore.server.settings import TABLE

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def exposed() -> set[str]:
    metrics.requests.watch("ssm:GetParameter", "", 0.1)
    text = metrics.render()[0].decode()
    return set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE)) | set(re.findall(r"^(\w+)[{ ]", text, re.MULTILINE))


def test_alerts_and_dashboard_ask_for_metrics_there_are() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    board = json.loads((DEPLOY / "grafana" / "parastore.json").read_text())
    asked += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    names = {name for expr in asked for name in re.findall(r"\b(?:parastore|process)_\w+", expr)}
    assert len(names) > 10
    assert names - exposed() == set()


def test_every_metric_is_documented() -> None:
    page = (ROOT / "docs" / "operations" / "observe.md").read_text()
    ours = {name for name in exposed() if name.startswith("parastore_")}
    assert {each for each in ours if re.sub(r"_(total|bucket|count|sum|created)$", "", each) not in page} == {
        each
        for each in ours
        if re.search(r"events_(failed|dead_lettered)", each)  # told by their endings
    }


def test_settings_of_containers_and_units_are_settings() -> None:
    for name in ("Containerfile", "compose/compose.yaml", "helm/parastore/templates/deployment.yaml"):
        found = re.findall(r"PARASTORE_([A-Z_]+)\b(?!\{)", (DEPLOY / name).read_text())
        assert found
        assert {each.lower() for each in found if each} - set(TABLE) == set(), name


def test_units_name_commands_there_are() -> None:
    from parastore.cli.main import COMMANDS

    for unit in (DEPLOY / "systemd").glob("*.service"):
        (command,) = re.findall(r"/bin/parastore (\w+)", unit.read_text())
        assert command in COMMANDS


def test_the_chart_is_of_this_version() -> None:
    chart = yaml.safe_load((DEPLOY / "helm" / "parastore" / "Chart.yaml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["name"] == chart["name"]
    values = yaml.safe_load((DEPLOY / "helm" / "parastore" / "values.yaml").read_text())
    used = "".join(path.read_text() for path in (DEPLOY / "helm" / "parastore" / "templates").iterdir())
    for name in values:
        assert f".Values.{name}" in used
