"""The guard and the linter, on real servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from tests.events.test_delivery import read, until
from tests.sdk.storage import listen

from parastore.testing.server import Server

KEY = "AKIAIOSFODNN7EXAMPLE"


def test_warn_tells_and_answers_as_always(data_folder: Path, client_for: Any) -> None:
    with Server(data_folder) as server:
        listen(server)
        keys = server.new_account()
        ssm = client_for(server, keys)
        ssm.put_parameter(Name="/app/safe", Value=KEY, Type="SecureString")
        ssm.put_parameter(Name="/app/plain", Value="hello", Type="String")
        assert ssm.put_parameter(Name="/app/key", Value=KEY, Type="String")["Version"] == 1
        until(lambda: any(entry["event"] == "plain value looks like a secret" for entry in server.log))
        findings = [json.loads(body) for (body,) in read(data_folder, "SELECT body FROM event")]
        findings = [each for each in findings if each["source"] == "parastore"]
        assert [(each["detail-type"], each["detail"]) for each in findings] == [
            ("Parastore Guard Finding", {"name": "/app/key", "version": 1, "kinds": ["AWS Access Key"]})
        ]
        assert KEY not in json.dumps(server.log) + json.dumps(findings)
        with urllib.request.urlopen(f"{server.url}/metrics") as answer:
            assert b'parastore_guard_findings_total{kind="AWS Access Key"} 1.0' in answer.read()
        environ = os.environ | keys.for_environment() | {"AWS_DEFAULT_REGION": "us-east-1"}
        command = [sys.executable, "-m", "parastore", "lint", "--endpoint-url", server.url]
        done = subprocess.run([*command, "--format", "json"], env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        (finding,) = json.loads(done.stdout)["findings"]
        assert finding == {"name": "/app/key", "type": "String", "version": 1, "kinds": ["AWS Access Key"]}
        assert KEY not in done.stdout + done.stderr
        done = subprocess.run([*command, "/none"], env=environ, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")
        done = subprocess.run([*command, "no-path"], env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 5


def test_deny_refuses_and_stores_nothing(data_folder: Path, client_for: Any) -> None:
    with Server(data_folder, guard="deny") as server:
        ssm = client_for(server, server.new_account())
        with pytest.raises(botocore.exceptions.ClientError, match="use Type SecureString") as refused:
            ssm.put_parameter(Name="/app/key", Value=KEY, Type="String")
        assert refused.value.response["Error"]["Code"] == "ValidationException"
        assert KEY not in str(refused.value)
        assert ssm.describe_parameters()["Parameters"] == []
        ssm.put_parameter(Name="/app/key", Value=KEY, Type="SecureString")
        ssm.put_parameter(Name="/app/key", Value=KEY, Overwrite=True)
        ssm.put_parameter(Name="/app/plain", Value="hello", Type="String")


def test_off_says_nothing(data_folder: Path, client_for: Any) -> None:
    with Server(data_folder, guard="off") as server:
        client_for(server, server.new_account()).put_parameter(Name="/app/key", Value=KEY, Type="String")
        assert not [entry for entry in server.log if entry["event"] == "plain value looks like a secret"]
