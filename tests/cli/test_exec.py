"""exec as the program's parent: signals, restarts, and nothing secret where others look."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.cli.script import environment
from tests.cli.terminal import converse
from tests.cli.test_scripts import make_home
from tests.conftest import Client, ClientFactory

from parastore.cli.program import Seen, has_changed, make_program
from parastore.cli.supervise import _pause
from parastore.client.names import Transform
from parastore.testing.server import Keys, Server

EXEC = [sys.executable, "-m", "parastore", "exec"]
# Says that it listens, then waits; TERM makes it say goodbye and end with 7.
PROGRAM = "trap 'echo caught; exit 7' TERM; echo $VALUE; while :; do sleep 0.05; done"


@pytest.fixture
def environ(shared_server: Server, keys: Keys, tmp_path: Path) -> dict[str, str]:
    return environment(make_home(tmp_path, shared_server, keys, keys), AWS_PROFILE="here")


@contextlib.contextmanager
def started(environ: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*EXEC, *words],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("watch", [(), ("--watch", "--every", "0.2")])
def test_signals_reach_the_program_and_its_code_comes_back(
    environ: dict[str, str], ssm: Client, watch: Sequence[str]
) -> None:
    ssm.put_parameter(Name="/e/value", Value="one", Type="SecureString")
    with started(environ, "/e", *watch, "--", "sh", "-c", PROGRAM) as process:
        assert line(process) == "one"
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        assert (out.strip(), err, process.returncode) == ("caught", "", 7)


def test_it_starts_again_when_a_value_changes(environ: dict[str, str], ssm: Client) -> None:
    ssm.put_parameter(Name="/e/value", Value="one", Type="SecureString")
    with started(environ, "/e", "--watch", "--every", "0.2", "--", "sh", "-c", PROGRAM) as process:
        assert line(process) == "one"
        ssm.put_parameter(Name="/e/value", Value="two", Overwrite=True)
        assert [line(process), line(process)] == ["caught", "two"]
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        assert err == "Changed: VALUE. Starting sh again.\n"
        assert process.returncode == 7


def test_it_starts_again_when_a_reference_means_another_value(environ: dict[str, str], ssm: Client) -> None:
    for value in ("one", "two"):
        ssm.put_parameter(Name="/e/value", Value=value, Type="SecureString", Overwrite=True)
    ssm.label_parameter_version(Name="/e/value", ParameterVersion=1, Labels=["live"])
    words = ("--", "sh", "-c", PROGRAM.replace("$VALUE", "$1"), "sh", "{{ssm:/e/value:live}}")
    with started(environ, "--watch", "--every", "0.2", *words) as process:
        assert line(process) == "one"
        ssm.put_parameter(Name="/e/value", Value="three", Overwrite=True)  # is not what the label is on
        ssm.label_parameter_version(Name="/e/value", ParameterVersion=2, Labels=["live"])
        assert [line(process), line(process)] == ["caught", "two"]
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        warning = "Warning: argument 4 now holds a secret that everybody's `ps` shows; a variable would not.\n"
        assert err == f"{warning}{warning}Changed: an argument. Starting sh again.\n"


def test_a_look_for_changes_is_one_call_and_decrypts_nothing(ssm: Client) -> None:
    ssm.put_parameter(Name="/e/value", Value="one", Type="SecureString")
    calls: list[tuple[str, bool | None]] = []
    ssm.meta.events.register(
        "provide-client-params.ssm.*",
        lambda params, model, **_: calls.append((model.name, params.get("WithDecryption"))),
    )

    def made() -> Seen:
        return make_program(ssm, ["/e"], ["true"], Transform(), [], pristine=True, strict=False)[1]

    seen = made()
    calls.clear()
    assert not has_changed(ssm, ["/e"], seen)
    assert calls == [("GetParametersByPath", False)]
    ssm.put_parameter(Name="/e/value", Value="two", Overwrite=True)
    assert has_changed(ssm, ["/e"], seen)
    seen = made()
    ssm.put_parameter(Name="/e/more", Value="x", Type="String")
    assert has_changed(ssm, ["/e"], seen)
    seen = made()
    ssm.delete_parameter(Name="/e/more")
    assert has_changed(ssm, ["/e"], seen)
    ssm.put_parameter(Name="/e/more", Value="y", Type="String")  # version 1 again
    assert has_changed(ssm, ["/e"], seen)


@pytest.mark.parametrize(("failures", "about"), [(0, 10), (1, 20), (2, 40), (3, 60), (5000, 60)])
def test_looks_that_fail_become_rarer(failures: int, about: int) -> None:
    pauses = {_pause(10, failures) for _ in range(50)}
    assert len(pauses) > 40  # those started together do not look together
    assert all(0.8 * about <= each <= 1.2 * about for each in pauses)


@pytest.mark.parametrize(("watch", "code"), [((), -signal.SIGKILL), (("--watch",), 128 + signal.SIGKILL)])
def test_a_signal_that_ends_the_program_is_told(environ: dict[str, str], watch: Sequence[str], code: int) -> None:
    with started(environ, *watch, "--", "sh", "-c", "kill -KILL $$") as process:
        assert process.wait(20) == code


def test_nothing_secret_in_arguments(environ: dict[str, str], ssm: Client) -> None:
    ssm.put_parameter(Name="/e/value", Value="hush-hush", Type="SecureString")
    with started(environ, "/e", "--", "sh", "-c", PROGRAM) as process:
        assert line(process) == "hush-hush"
        assert b"hush-hush" not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"VALUE=hush-hush" in Path(f"/proc/{process.pid}/environ").read_bytes()
    with started(environ, "--", "echo", "{{ssm:/e/value}}") as process:
        out, err = process.communicate(timeout=20)
        assert out == "hush-hush\n"
        assert "argument 1 now holds a secret" in err


def test_the_terminal_is_the_programs(environ: dict[str, str]) -> None:
    command = [*EXEC, "--", "sh", "-c", "test -t 0 && read -p 'Name? ' x; echo hi $x"]
    ended = converse(command, environ, [("Name?", "Kim")])
    assert "hi Kim" in ended.terminal
    assert ended.code == 0


def test_a_server_that_goes_away_leaves_the_program_running(tmp_path: Path, client_for: ClientFactory) -> None:
    with contextlib.ExitStack() as stack:
        with Server(tmp_path / "own") as server:
            own = server.new_account()
            client_for(server, own).put_parameter(Name="/e/value", Value="one", Type="String")
            environ = environment(make_home(tmp_path, server, own, own), AWS_PROFILE="here")
            process = stack.enter_context(
                started(environ, "/e", "--watch", "--every", "0.1", "--", "sh", "-c", PROGRAM)
            )
            assert line(process) == "one"
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Cannot look for changes: ")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 7
