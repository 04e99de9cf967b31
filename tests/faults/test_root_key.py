"""The root key of servers: every provider, changed under load, killed while it changes, out of reach."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.conftest import ClientFactory
from tests.faults.ledger import Ledger, errors, load
from tests.folders import check, flags, in_folder, location_of, make_folder, place, raw
from tests.root_keys import PASSPHRASE, PIN, SOFTHSM, Kms, private, program

from parastore.seal.key_file import KeyFile
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.seal.provider import RootKeyError
from parastore.seal.secret import Secrets
from parastore.server import root_key
from parastore.server.bootstrap import first_start
from parastore.server.errors import StartError
from parastore.server.settings import Settings
from parastore.testing.server import Server
from parastore.testing.wire import Answer, Wire

Reach = Callable[[str], dict[str, Any]]


@pytest.fixture
def reach(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reach:
    """Settings by which a provider is reached, fresh each time."""
    number = iter(range(100))

    def make(provider: str) -> dict[str, Any]:
        folder = tmp_path / f"provider-{next(number)}"
        folder.mkdir()
        given: dict[str, Any] = {"root_key": provider}
        if provider == "passphrase":
            given["root_key_secret_file"] = private(folder / "passphrase", PASSPHRASE + "\n")
        elif provider == "command":
            given["root_key_command"] = (str(program(folder)), "an argument")
        elif provider == "kms":
            kms: Kms = request.getfixturevalue("kms")
            given |= {"root_key_kms_key_id": kms.new_key(), "root_key_kms_endpoint_url": kms.url}
        elif provider == "a second Parastore":
            other: Server = request.getfixturevalue("server")
            keys = other.new_account()
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
            with contextlib.closing(
                boto3.Session().client("kms", endpoint_url=other.url, region_name="us-east-1")
            ) as client:
                arn = client.create_key()["KeyMetadata"]["Arn"]
            given = {"root_key": "kms", "root_key_kms_key_id": arn, "root_key_kms_endpoint_url": other.url}
        elif provider == "pkcs11":
            given |= {"root_key_pkcs11_module": SOFTHSM, "root_key_secret_file": private(folder / "pin", PIN)}
            given["root_key_pkcs11_token"] = request.getfixturevalue("softhsm")()
        return given

    return make


def for_environment(given: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{value[0]} '{value[1]}'" if isinstance(value, tuple) else value for name, value in given.items()}


def get(port: int, path: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def until_ready(server: Server, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while (seen := get(server.port, "/readyz"))[0] != 200:
        assert time.monotonic() < end, seen
        time.sleep(0.05)


def reason_of_seal(server: Server, words: str, seconds: float = 20) -> str:
    """What /readyz gives as the reason, as soon as these words are in it."""
    end = time.monotonic() + seconds
    while True:
        status, body = get(server.port, "/readyz")
        assert status == 503, body
        reason: str = body["reason"]
        if words in reason:
            return reason
        assert time.monotonic() < end, reason
        time.sleep(0.05)


# First start and restart


@pytest.mark.parametrize("holder", ["passphrase", "command", "a second Parastore", "pkcs11"])
def test_a_folder_of_every_provider_starts_and_starts_again(
    holder: str, reach: Reach, data_folder: Path, client_for: ClientFactory
) -> None:
    given = reach(holder)
    provider = given["root_key"]
    with Server(data_folder, **for_environment(given)) as server:
        keys = server.new_account()
        client_for(server, keys).put_parameter(Name="/a", Value="kept", Type="SecureString")
    assert f'"provider": "{provider}"' in (data_folder / "root.key").read_text()
    assert check(data_folder) == []
    # Later it is known by the folder itself.
    with Server(data_folder) as server:
        answer = client_for(server, keys).get_parameter(Name="/a", WithDecryption=True)
        assert answer["Parameter"]["Value"] == "kept"
        assert errors(server.log) == []
        assert PIN not in str(server.log)
    with pytest.raises(StartError, match=f"is held by {provider}, not by file"):
        first_start(settings_of(data_folder, root_key="file"))
    # When root.key is lost, settings say all there is; the wrong ones are not kept.
    (data_folder / "root.key").unlink()
    with pytest.raises(StartError, match=f"is held by {provider}, and .* does not say how to reach that"):
        first_start(settings_of(data_folder))
    assert first_start(settings_of(data_folder, **given)) is None
    if provider in ("passphrase", "pkcs11"):  # another program just fails now, and moto takes any key's name
        before = (data_folder / "root.key").read_text()
        wrong = reach(provider)
        if provider == "passphrase":
            private(wrong["root_key_secret_file"], "another passphrase")
        with pytest.raises(StartError):
            first_start(settings_of(data_folder, **wrong))
        assert (data_folder / "root.key").read_text() == before
    assert first_start(settings_of(data_folder)) is None


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"root_key": "kms"}, "held by kms needs the setting root_key_kms_key_id"),
        ({"root_key": "command"}, "needs the setting root_key_command"),
        ({"root_key": "pkcs11"}, "needs the setting root_key_pkcs11_module"),
        ({"root_key": "passphrase"}, "nobody can be asked"),
        ({"root_key": "command", "root_key_command": ("/nowhere/program",)}, "cannot be run"),
    ],
)
def test_a_first_start_without_its_root_key_makes_nothing(data_folder: Path, given: Any, text: str) -> None:
    with pytest.raises(StartError, match=text):
        first_start(settings_of(data_folder, **given))
    assert not (data_folder / "root.key").exists()
    assert first_start(settings_of(data_folder)) is not None


def test_a_root_key_that_was_brought_is_not_passed_over(data_folder: Path, reach: Reach) -> None:
    data_folder.mkdir(mode=0o700)
    KeyFile(data_folder).replace([bytes(range(32))])
    with pytest.raises(StartError, match="holds a root key, and root_key says that command is to hold it"):
        first_start(settings_of(data_folder, **reach("command")))


# Changed under load


def settings_of(folder: Path, **given: Any) -> Settings:
    return Settings(data_dir=folder, database=location_of(folder).database, **given)


def open_ring(folder: Path, key_file: Path | None = None) -> KeyRing:
    """The ring of a copy of the folder, with another root.key if one is given."""
    copy = folder.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    # By another process: closing a database file would drop this process's locks on it.
    subprocess.run(["cp", "-rp", str(folder), str(copy)], check=True)
    if key_file is not None:
        shutil.copy2(key_file, copy / "root.key")

    async def work(opened: Any) -> KeyRing:
        ring: KeyRing = opened.ring
        return ring

    return in_folder(copy, work)


def command(folder: Path, *words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "parastore", "root-key", *words, *flags(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr


def options(given: dict[str, Any]) -> list[str]:
    names = {"root_key": "--to"}
    flags = [
        (names.get(name, "--" + name.removeprefix("root_key_").replace("_", "-")), value)
        for name, value in for_environment(given).items()
    ]
    return [str(word) for flag in flags for word in flag]


@pytest.mark.sqlite("copies of the folder stand for what a thief has")
def test_changes_under_load_lose_nothing_and_lock_the_old_root_key_out(
    reach: Reach, data_folder: Path, tmp_path: Path
) -> None:
    """Three workers, four writers; to another provider and back, and rotated with each."""
    old_file = tmp_path / "old root.key"
    rings: list[tuple[KeyRing, int]] = []  # those of before a change, and when it was over

    def change(*words: str) -> None:
        old = open_ring(data_folder)
        shutil.copy2(data_folder / "root.key", old_file)
        command(data_folder, *words)
        over = time.time_ns() // 1_000_000 + 1
        # A copy of now, and the root key of before.
        if old_file.read_text().startswith("parastore-root-key-1"):
            with pytest.raises(RootKeyError):
                open_ring(data_folder, old_file)
        rings.append((old, over))
        time.sleep(0.15)

    def until() -> None:
        change("rotate")
        for provider in ("passphrase", "file"):
            given = reach(provider)
            change("move", *options(given))
            if provider == "passphrase":
                file = given["root_key_secret_file"]
                private(file.with_name("next"), f"{PASSPHRASE}\nthe next passphrase\n").replace(file)
                change("rotate")

    with Server(data_folder, workers=3) as server:
        ledger = Ledger(server.new_account(), writers=4)
        try:
            written = load(ledger, server, "root key", until)
        finally:
            assert [entry["reason"] for entry in server.log if entry["level"] != "info"] == []
        ledger.verify(server.port)
    assert written > 200
    assert check(data_folder) == []
    with raw(data_folder) as connection:
        rows: list[Any] = [
            row
            for table in ("parameter", "parameter_version")
            for row in connection.execute(
                f"SELECT account, region, path, version, value, modified_at FROM {table}"
            ).fetchall()
        ]
    for old, over in rings:
        since = [row for row in rows if row[5] >= over]
        for account, region, path, version, sealed, _ in since:
            with pytest.raises(IntegrityError):
                old.unseal(sealed, "parameter", account, region, path, str(version))
    assert [row for row in rows if row[5] >= rings[-1][1]]
    newest = open_ring(data_folder)
    for account, region, path, version, sealed, _ in rows:
        newest.unseal(sealed, "parameter", account, region, path, str(version))


@pytest.mark.sqlite("its files are looked into; those of PostgreSQL are its operator's")
def test_what_the_old_root_key_wrapped_is_in_no_file(data_folder: Path) -> None:
    make_folder(data_folder)
    with raw(data_folder) as connection:
        old: list[Any] = [wrapped for (wrapped,) in connection.execute("SELECT wrapped FROM key_ring").fetchall()]
    key = (data_folder / "root.key").read_text().split()[1]
    root_key.rotate(location_of(data_folder), Secrets())
    for file in data_folder.iterdir():
        content = file.read_bytes()
        assert not [wrapped for wrapped in old if wrapped in content], file
        assert key.encode() not in content


# Killed while it changes

STEPS = ("made", "written", "wrapped", "cleared", "emptied")
_DYING = """
import os, signal, sys
from pathlib import Path
from parastore.seal.secret import Secrets
from parastore.server import root_key
from parastore.server.settings import resolve

def step(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

settings = resolve().settings
if sys.argv[1] == "rotate":
    root_key.rotate(settings.location, Secrets(), step)
else:
    root_key.move(settings.location, settings, Secrets(), step)
"""


def dying(folder: Path, step: str, given: dict[str, Any] | None = None) -> None:
    """A change that is killed right after a step."""
    environ = {f"PARASTORE_{name.upper()}": str(value) for name, value in for_environment(given or {}).items()}
    ended = subprocess.run(
        [sys.executable, "-c", _DYING, "move" if given else "rotate", step],
        env=os.environ | environ | place(folder),
        check=False,
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("way", ["rotate", "file to command", "command to file"])
def test_killed_after_any_step_the_folder_opens(way: str, reach: Reach, data_folder: Path) -> None:
    source, _, target = way.partition(" to ")
    begun = reach(source if target else "file")
    make_folder(data_folder, **begun)
    in_folder(data_folder, lambda opened: opened.put("/a", "kept", "SecureString"))
    # What PostgreSQL keeps in its files is not ours to empty.
    for step in STEPS if location_of(data_folder).database is None else STEPS[:-1]:
        terms = len(root_key.show(location_of(data_folder)).terms)
        dying(data_folder, step, reach(target) if target else None)
        over = step in STEPS[2:]
        shown = root_key.show(location_of(data_folder))
        assert shown.provider == (target if target and over else source if target else "file")
        assert len(shown.terms) == terms + over
        assert check(data_folder) == []
        assert in_folder(data_folder, lambda opened: opened.get("/a")) == "kept"
        # The next start clears away what is not needed.
        assert first_start(settings_of(data_folder)) is None
        assert len(KeyFile(data_folder).read()) == 1
        assert in_folder(data_folder, lambda opened: opened.get("/a")) == "kept"
        if target and over:
            root_key.move(
                location_of(data_folder),
                settings_of(data_folder, **reach(source)),
                Secrets(),
            )


def test_killed_at_any_moment_under_load_the_folder_opens(data_folder: Path) -> None:
    """Changes are killed wherever they are; servers go on, and so does the next change."""
    with Server(data_folder, workers=2) as server:
        ledger = Ledger(server.new_account(), writers=4)

        def until() -> None:
            for after in (0.3, 0.35, 0.4, 0.5):
                changing = subprocess.Popen(
                    [sys.executable, "-m", "parastore", "root-key", "rotate", *flags(data_folder)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                time.sleep(after)
                changing.kill()
                changing.wait()
                assert check(data_folder) == []
            command(data_folder, "rotate")

        load(ledger, server, "killed", until)
        assert errors(server.log) == []
        ledger.verify(server.port)
    assert len(KeyFile(data_folder).read()) == 1


# Out of reach


def ask(wire: Wire) -> Answer:
    return wire.call("GetParameter", Name="/a", WithDecryption=True)


def test_a_server_whose_kms_is_down_starts_sealed_and_opens_by_itself(
    reach: Reach, data_folder: Path, kms: Kms, client_for: ClientFactory
) -> None:
    with Server(data_folder, **for_environment(reach("kms"))) as server:
        keys = server.new_account()
        client_for(server, keys).put_parameter(Name="/a", Value="kept", Type="SecureString")
    kms.stop()
    with Server(data_folder, workers=2) as server:
        assert get(server.port, "/healthz")[0] == 200
        reason = reason_of_seal(server, "cannot be reached: Could not connect to the endpoint URL")
        assert reason.startswith("sealed: KMS key arn:aws:kms:us-east-1:123456789012:key/")
        wire = Wire(server.port, keys)
        before = time.monotonic()
        refused = ask(wire)
        assert time.monotonic() - before < 4  # it does not wait for the provider, whatever else the machine does
        assert refused.status == 503
        assert refused.body["__type"] == "ServiceUnavailableException"
        assert "KMS" not in str(refused.body)
        assert wire.call("PutParameter", Name="/b", Value="refused", Type="String").status == 503
        kms.start()
        # An SDK tries again for as long as it is told to.
        client = client_for(server, keys, retries=10)
        assert client.get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"] == "kept"
        until_ready(server)
        wire.close()
        assert errors(server.log) == []
        events = [entry["event"] for entry in server.log]
        assert events.count("sealed") == 2
        deadline = time.monotonic() + 20  # the other worker tries again every 15 s at least
        while [entry["event"] for entry in server.log].count("unsealed") < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
    assert [entry["event"] for entry in server.log].count("unsealed") == 2
    assert check(data_folder) == []


def test_servers_that_cannot_follow_a_move_are_sealed_until_they_can(
    reach: Reach, data_folder: Path, client_for: ClientFactory
) -> None:
    given = reach("command")
    broken = Path(given["root_key_command"][0]).with_name("broken")
    with Server(data_folder, workers=2) as server:
        keys = server.new_account()
        client_for(server, keys).put_parameter(Name="/a", Value="kept", Type="SecureString")
        wires = [Wire(server.port, keys) for _ in range(6)]
        assert all(ask(wire).status == 200 for wire in wires)

        def step(name: str) -> None:
            if name == "written":
                broken.touch()

        root_key.move(
            location_of(data_folder),
            settings_of(data_folder, **given),
            Secrets(),
            step,
        )
        for wire in wires:
            assert ask(wire).status == 503
            assert wire.call("PutParameter", Name="/a", Value="lost", Overwrite=True).status == 503
        reason_of_seal(server, "program ... unwrap` ended with 1: run it by hand")
        assert "the key is not to be seen" not in str(server.log)
        broken.unlink()
        for wire in wires:
            end = time.monotonic() + 20
            while (answer := ask(wire)).status == 503 and time.monotonic() < end:
                time.sleep(0.1)
            assert answer.body["Parameter"]["Value"] == "kept"
            assert answer.body["Parameter"]["Version"] == 1
            wire.close()
        assert errors(server.log) == []


def test_a_sealed_server_stops_at_once_though_its_provider_hangs(reach: Reach, data_folder: Path) -> None:
    given = reach("command")
    first_start(settings_of(data_folder, **given))
    # The look before the start is told no, so that it does not take long; the worker waits.
    Path(given["root_key_command"][0]).write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys, time\n"
        "asked = pathlib.Path(sys.argv[0]).with_name('asked')\n"
        "if not asked.exists():\n"
        "    asked.touch()\n"
        "    sys.exit(1)\n"
        "time.sleep(60)\n"
    )
    server = Server(data_folder)
    server.start()
    assert get(server.port, "/readyz") == (
        503,
        {"status": "not ready", "reason": "sealed: the root key is being asked for"},
    )
    before = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - before < 5


def test_a_wrong_pin_keeps_the_server_from_starting(reach: Reach, data_folder: Path) -> None:
    """It does not start sealed and ask again: after a few wrong PINs a token locks itself."""
    given = reach("pkcs11")
    first_start(settings_of(data_folder, **given))
    private(given["root_key_secret_file"], "another pin")
    with pytest.raises(StartError, match=r"refuses the PIN \(PinIncorrect\)"):
        first_start(settings_of(data_folder))
