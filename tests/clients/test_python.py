"""Powertools, ssm-cache, aioboto3, pydantic-settings-aws, aws-ssm-copy and Ansible against a running server.

They live in an environment of their own, .venv/clients, which `make setup` makes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.clients.test_js import ROOT
from tests.conftest import Client

BIN = ROOT / ".venv" / "clients" / "bin"


def run(environ: Mapping[str, str], *command: str | Path) -> str:
    # Skipping would hide that these clients have not been tried for months.
    assert BIN.exists(), f"{BIN} is missing: run `make setup`"
    words = [str(each) for each in command]
    ended = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.parametrize("name", ["powertools", "ssm_cache", "aioboto3", "pydantic_settings_aws"])
def test_libraries(environ: dict[str, str], name: str) -> None:
    run(environ | {"POWERTOOLS_DEV": "1"}, BIN / "python", Path(__file__).with_name("python_clients.py"), name)


def test_aws_ssm_copy(environ: dict[str, str], ssm: Client) -> None:
    run(environ, BIN / "aws-ssm-copy", "--recursive", "--with-tags", "--target-path", "/copied", "/c")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/copied", Recursive=True, WithDecryption=True)
    found = {each["Name"]: (each["Type"], each["Value"]) for page in pages for each in page["Parameters"]}
    assert found == {
        "/copied/host": ("String", "h"),
        "/copied/names": ("StringList", "a,b"),
        "/copied/json": ("String", '{"a": 1}'),
        "/copied/deep/secret": ("SecureString", "hush"),
    }
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/copied/deep/secret")["TagList"]
    assert tags == [{"Key": "team", "Value": "core"}]


def test_ansible(environ: dict[str, str], tmp_path: Path) -> None:
    playbook = [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable},
            "tasks": [
                {
                    "ansible.builtin.copy": {
                        "dest": str(tmp_path / "seen.json"),
                        "mode": "0600",
                        "content": "{{ dict(one=lookup('amazon.aws.ssm_parameter', '/c/deep/secret'),"
                        " all=lookup('amazon.aws.ssm_parameter', '/c', bypath=true, recursive=true, droppath=true),"
                        " none=lookup('amazon.aws.ssm_parameter', '/c/none', on_missing='skip')) | to_json }}",
                    }
                }
            ],
        }
    ]
    (tmp_path / "play.json").write_text(json.dumps(playbook))
    run(environ | {"ANSIBLE_HOME": str(tmp_path)}, BIN / "ansible-playbook", "-i", "localhost,", tmp_path / "play.json")
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert seen["one"] == "hush"
    assert seen["all"] == {"/host": "h", "/names": "a,b", "/json": '{"a": 1}', "/deep/secret": "hush"}
    assert not seen["none"]
