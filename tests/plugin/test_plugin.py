"""The pytest plugin as users have it: installed, in a process of its own, also under xdist; and `serve --ephemeral`."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.script import environment

from parastore.testing.embedded import Embedded

USERS = Path(__file__).with_name("users.py")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_users.py").write_text(USERS.read_text())
    (folder / "seed.json").write_text('{"myapp": {"host": "from a file"}}')
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=0", *words]
    environ = environment(folder, AWS_PROFILE="nobody")
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=100)


def test_a_users_tests(tmp_path: Path) -> None:
    ended = run(tmp_path, "-vv")
    assert ended.returncode == 0, ended.stdout
    # What the fixtures of the twenty empty tests took.
    costs = [float(each) for each in re.findall(r"([0-9.]+)s setup +\S+test_cheap", ended.stdout)]
    assert sorted(costs + [0.0] * (20 - len(costs)))[10] < 0.05


def test_xdist(tmp_path: Path) -> None:
    ended = run(tmp_path, "-n2", "-k", "refused or unknown")
    assert ended.returncode == 0, ended.stdout


def test_nothing_is_loaded_before_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        "import sys\ndef test_x():\n    assert 'parastore.testing.plugin' in sys.modules\n"
        "    assert not {'boto3', 'uvicorn', 'apsw', 'parastore.server'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "test_x.py"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_an_embedded_server_leaves_nothing_behind() -> None:
    with Embedded() as server:
        folder = server.folder
        assert (folder / "parastore.db").exists()
        assert server.new_account() != server.new_account()
    assert not folder.exists()


@pytest.mark.parametrize(("seed", "code"), [('{"myapp": {"host": "h"}}', 0), ('{"aws": {"x": "y"}}', 1), ("[", 1)])
def test_serve_ephemeral(tmp_path: Path, seed: str, code: int) -> None:
    (tmp_path / "seed.json").write_text(seed)
    environ = environment(tmp_path, PARASTORE_LOG_FORMAT="json")
    command = [sys.executable, "-m", "parastore", "serve", "--ephemeral", "--seed", "seed.json", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if '"listening"' in line:
                break
        if code:
            assert process.wait(20) == code
            assert "seed" in lines[-1]
            return
        port = json.loads(lines[-1])["port"]
        shown = ""
        while "Secret access key" not in shown:
            shown += process.stdout.readline()
        key, secret = re.findall(r"Access key id +(\S+)|Secret access key +(\S+)", shown)
        variables = {"AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": secret[1], "AWS_REGION": "us-east-1"}
        got = subprocess.run(
            [sys.executable, "-m", "parastore", "get", "/myapp/host", "--endpoint-url", f"http://127.0.0.1:{port}"],
            env=environment(tmp_path, **variables), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert got.stdout == "h\n", got.stderr
        match = re.search(r"data folder: (\S+)", shown)
        assert match
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert not Path(match[1]).exists()
