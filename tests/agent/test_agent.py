"""The agent as a process, and its clients: curl's way, Powertools' way, and with the server gone."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.cli.script import environment
from tests.conftest import Client, ClientFactory

from parastore.testing.server import Keys, Server

HEADER = "X-Aws-Parameters-Secrets-Token"


class Agent:
    def __init__(self, port: int, pid: int, token: str) -> None:
        self.port = port
        self.pid = pid
        self.token = token

    def ask(self, target: str, token: str | None = None, method: str = "GET") -> tuple[int, str]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            headers = {} if token == "" else {HEADER: token or self.token}
            connection.request(method, target, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def get(self, name: str, *, more: str = "&withDecryption=true") -> tuple[int, str]:
        status, text = self.ask(f"/systemsmanager/parameters/get?name={quote(name, safe='')}{more}")
        return status, json.loads(text)["Parameter"]["Value"] if status == 200 else text.strip()


@contextlib.contextmanager
def running(folder: Path, server: Server, keys: Keys, *words: str, **variables: str) -> Iterator[Agent]:
    environ = environment(
        folder,
        AWS_ENDPOINT_URL=server.url,
        AWS_REGION="us-east-1",
        AWS_ACCESS_KEY_ID=keys.access_key_id,
        AWS_SECRET_ACCESS_KEY=keys.secret_access_key,
        **variables,
    )
    token = folder / "token"
    command = [sys.executable, "-m", "parastore", "agent", "--port", "0", "--token-file", str(token), *words]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            heard = json.loads(process.stderr.readline())
            while heard["event"] != "listening":
                heard = json.loads(process.stderr.readline())
            yield Agent(heard["port"], process.pid, token.read_text())
            process.terminate()
            assert process.wait(10) == 0
        finally:
            process.kill()


@pytest.fixture(scope="module")
def agent_keys(shared_server: Server) -> Keys:
    return shared_server.new_account()


@pytest.fixture(scope="module")
def agent(shared_server: Server, agent_keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    folder = tmp_path_factory.mktemp("agent")
    with running(folder, shared_server, agent_keys) as agent:
        assert (folder / "token").stat().st_mode & 0o777 == 0o600
        yield agent


@pytest.fixture
def ssm(server: Server, agent_keys: Keys, client_for: ClientFactory) -> Client:
    return client_for(server, agent_keys)


def test_values(agent: Agent, ssm: Client) -> None:
    ssm.put_parameter(Name="/v/secret", Value="one", Type="SecureString")
    ssm.put_parameter(Name="/v/secret", Value="two", Overwrite=True)
    ssm.label_parameter_version(Name="/v/secret", ParameterVersion=1, Labels=["old"])
    arn = ssm.get_parameter(Name="/v/secret")["Parameter"]["ARN"]
    assert agent.get("/v/secret") == (200, "two")
    assert agent.get(arn) == (200, "two")
    assert agent.get("/v/secret", more="&version=1&withDecryption=true") == (200, "one")
    assert agent.get("/v/secret", more="&label=old&withDecryption=true") == (200, "one")
    status, sealed = agent.get("/v/secret", more="")
    assert status == 200
    assert sealed.startswith("AQICAH")
    status, text = agent.ask("/systemsmanager/parameters/get/?name=%2Fv%2Fsecret&withDecryption=true")
    assert status == 200
    assert json.loads(text)["Parameter"] | {"LastModifiedDate": ""} == {
        "ARN": arn,
        "DataType": "text",
        "LastModifiedDate": "",
        "Name": "/v/secret",
        "Selector": None,
        "SourceResult": None,
        "Type": "SecureString",
        "Value": "two",
        "Version": 2,
    }


def test_a_kept_value_is_not_asked_for_again(agent: Agent, ssm: Client) -> None:
    ssm.put_parameter(Name="/k/a", Value="one", Type="String")
    assert agent.get("/k/a") == (200, "one")
    ssm.put_parameter(Name="/k/a", Value="two", Overwrite=True)
    assert agent.get("/k/a") == (200, "one")


@pytest.mark.parametrize(
    ("target", "token", "method", "status", "body"),
    [
        ("/systemsmanager/parameters/get?name=%2Fx", "", "GET", 401, "X-Aws-Parameters-Secrets-Token is missing"),
        ("/systemsmanager/parameters/get?name=%2Fx", "wrong", "GET", 401, "X-Aws-Parameters-Secrets-Token is missing"),
        ("/secretsmanager/get?secretId=x", "wrong", "GET", 401, "X-Aws-Parameters-Secrets-Token is missing"),
        ("/systemsmanager/parameters/get", None, "GET", 400, "name is required"),
        ("/systemsmanager/parameters/get?name=%2Fx", None, "POST", 405, "only GET"),
        ("/", None, "POST", 405, "only GET"),
        ("/systemsmanager/parameters/get?name=%2Fnone", None, "GET", 404, "ParameterNotFound"),
        ("/systemsmanager/parameters/get?name=%2Fv%2F%2F", None, "GET", 400, "ValidationException: "),
        ("/systemsmanager/parameters/put?name=%2Fx", None, "GET", 404, "there is nothing here"),
        ("/healthz", "", "GET", 200, "ok"),
    ],
)
def test_other_answers(agent: Agent, target: str, token: str | None, method: str, status: int, body: str) -> None:
    got, text = agent.ask(target, token, method)
    assert (got, text.startswith(body)) == (status, True), text


def test_metrics(agent: Agent) -> None:
    status, text = agent.ask("/metrics", "")
    assert status == 200
    assert 'parastore_agent_lookups_total{from="hit"}' in text
    assert "parastore_agent_entries " in text


def test_a_cached_read_is_ten_times_as_cheap_as_boto3s(agent: Agent, ssm: Client) -> None:
    ssm.put_parameter(Name="/fast", Value="x", Type="SecureString")
    agent.get("/fast")
    ssm.get_parameter(Name="/fast", WithDecryption=True)
    began = time.process_time()
    for _ in range(50):
        ssm.get_parameter(Name="/fast", WithDecryption=True)
    boto3 = 50 / (time.process_time() - began)
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", agent.port)) as connection:
        began = cpu_seconds(agent.pid)
        for _ in range(1500):
            connection.request(
                "GET", "/systemsmanager/parameters/get?name=/fast&withDecryption=true", headers={HEADER: agent.token}
            )
            assert connection.getresponse().read()
    cached = 1500 / max(cpu_seconds(agent.pid) - began, 0.01)
    assert cached > 10 * boto3


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_server_goes_away_and_the_machine_starts_again(tmp_path: Path, client_for: ClientFactory) -> None:
    words = ("--disk-cache", str(tmp_path / "cache"))
    with Server(tmp_path / "data") as server:
        keys = server.new_account()
        client = client_for(server, keys)
        for name in ("/g/a", "/g/b"):
            client.put_parameter(Name=name, Value=f"value of {name}", Type="SecureString")
        with running(tmp_path, server, keys, *words, SSM_PARAMETER_STORE_TTL="1") as agent:
            assert agent.get("/g/a") == (200, "value of /g/a")
            assert agent.get("/g/b") == (200, "value of /g/b")
            server.kill()
            time.sleep(1.1)
            for _ in range(2):
                assert agent.get("/g/a") == (200, "value of /g/a")
                assert agent.get("/g/b") == (200, "value of /g/b")
            assert agent.get("/g/c") == (500, "an unexpected error occurred while executing request")
            _, text = agent.ask("/metrics")
            assert 'parastore_agent_lookups_total{from="stale"} 4.0' in text
    assert b"value of" not in (tmp_path / "cache").read_bytes()
    with running(tmp_path, server, keys, *words, SSM_PARAMETER_STORE_TTL="1") as agent:
        assert agent.get("/g/a") == (200, "value of /g/a")
        assert agent.get("/g/c")[0] == 500


def test_no_token_no_agent(tmp_path: Path) -> None:
    environ = environment(tmp_path, AWS_REGION="us-east-1")
    command = [sys.executable, "-m", "parastore", "agent", "--port", "0"]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 2
    assert "--token-file" in ended.stderr
