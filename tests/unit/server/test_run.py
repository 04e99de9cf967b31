from __future__ import annotations

import asyncio
import datetime
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.unit.server.served import ROOT, Server, post, read_all, running

from parastore.cli.main import COMMANDS, main
from parastore.server import bind, run
from parastore.server.errors import StartError
from parastore.server.loop import Loop
from parastore.server.settings import TABLE, Settings


def make_certificate(folder: Path, name: str = "server", password: bytes | None = None) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    cert_file, key_file = folder / f"{name}.crt", folder / f"{name}.key"
    cert_file.write_bytes(certificate.public_bytes(pem))
    key_file.write_bytes(key.private_bytes(pem, pkcs8, encryption))
    return cert_file, key_file


# Starting and stopping


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
def test_it_serves_until_it_is_told_to_stop(number: int, workers: int) -> None:
    with running("--workers", str(workers)) as server:
        assert server.ask(post(b"x", b"Connection: close")).endswith(b"x")
        listening = server.wait_for("listening")
        assert listening["host"] == "127.0.0.1"
        assert listening["pid"] == server.process.pid
        assert listening["tls"] is False
        assert server.stop(number) == 0
        assert [line["event"] for line in server.log] == ["listening", "draining", "stopped"]
        with pytest.raises(ConnectionRefusedError):
            server.connect()


def test_a_bare_server_starts_at_once_and_stays_small() -> None:
    began = time.monotonic()
    with running() as server:
        server.ask(post(b"x", b"Connection: close"))
        assert time.monotonic() - began < 3, "a busy machine is allowed for; see docs/performance.md for the target"
        assert server.memory() < 60 << 20


def test_a_worker_that_dies_is_replaced_and_nobody_notices() -> None:
    with running("--workers", "2") as server:
        ask_pid = post(b"", b"Connection: close", target="Pid")
        server.ask(post(b"", target="Exit"))
        entry = server.wait_for("worker died")
        assert entry["exitcode"] == 9
        deadline = time.monotonic() + 10
        pids: set[bytes] = set()
        while len(pids) < 2 and time.monotonic() < deadline:
            pids.add(server.ask(ask_pid).rsplit(b"\r\n", 1)[1])
        assert len(pids) == 2
        assert str(entry["worker"]).encode() not in pids
        assert server.stop() == 0


def test_workers_stop_when_their_supervisor_is_killed() -> None:
    with running("--workers", "2", "--request-timeout", "0.4") as server:
        pid = int(server.ask(post(b"", b"Connection: close", target="Pid")).rsplit(b"\r\n", 1)[1])
        server.process.kill()
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}/cmdline").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not Path(f"/proc/{pid}/cmdline").exists()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_keeps_the_service_from_opening_is_one_line(workers: str) -> None:
    failed = start("--account-id", "0" * 12, "--workers", workers)
    assert failed.returncode == 1
    assert "No space left on device" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert failed.stderr.splitlines()[-1] == (
        "Error: No space left on device: parastore.db"
        if workers == "1"
        else "Error: The workers cannot start; the log says why."
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_bug_at_start_is_logged_with_its_traceback(workers: str) -> None:
    failed = start("--account-id", "1" * 12, "--workers", workers)
    assert failed.returncode == 1
    entries = [json.loads(line) for line in failed.stderr.splitlines() if line.startswith("{")]
    assert any("KeyError: 'a bug'" in entry.get("error", "") for entry in entries)


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A server that is expected not to come up."""
    return subprocess.run(
        [sys.executable, "-m", "tests.unit.server.served", "--port", "0", "--log-format", "json", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_signal_before_it_serves_ends_it() -> None:
    def told_to_stop(settings: Settings) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as stopped:
        run.serve(Settings(port=0, log_level="error"), lambda settings: pytest.fail("served"), told_to_stop)
    assert stopped.value.code == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_the_first_start_made_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    class Made:
        def text(self) -> str:
            return "the key\n"

    def nobody(settings: Settings) -> None:
        raise StartError("enough")

    with pytest.raises(StartError, match="enough"):
        run.serve(Settings(port=0, log_level="error"), nobody, lambda settings: Made())  # type: ignore[arg-type]
    assert capsys.readouterr().out == "the key\n"


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (StartError("as it is"), "as it is"),
        (PermissionError(13, "Permission denied", "/data"), "Permission denied: /data"),
        (OSError("odd"), "odd"),
        (KeyError(), "KeyError"),
        (ValueError("two\nlines"), "two lines"),
    ],
)
def test_failures_become_one_line(failure: Exception, text: str) -> None:
    assert str(run.start_error(failure)) == text


# What is taken from the machine


def test_a_port_in_use() -> None:
    with bind.listen(Settings(port=0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError) as refused:
            bind.listen(Settings(port=port))
    assert str(refused.value) == (
        f"Port {port} of 127.0.0.1 is in use. Stop what uses it, or give another with --port (0 takes a free one)."
    )


@pytest.mark.parametrize("host", ["nowhere.invalid", "x" * 300, "..", "1.2.3.4.5"])
def test_hosts_that_are_none(host: str) -> None:
    with pytest.raises(StartError) as refused:
        bind.listen(Settings(host=host, port=0))
    assert str(refused.value) == f"The host {host} cannot be resolved. Give an address of this machine with --host."


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_hosts(host: str) -> None:
    with bind.listen(Settings(host=host, port=0)) as listener:
        assert listener.getsockname()[1] > 0


def test_an_address_of_another_machine() -> None:
    with pytest.raises(StartError, match=r"192\.0\.2\.1 is not an address of this machine"):
        bind.listen(Settings(host="192.0.2.1", port=0, allow_plaintext=True))


@pytest.mark.parametrize(
    ("address", "settings", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("127.9.9.9", {}, True),
        ("::1", {}, True),
        ("0.0.0.0", {}, False),
        ("::", {}, False),
        ("10.0.0.1", {}, False),
        ("fe80::1%eth0", {}, False),
        ("::ffff:10.0.0.1", {}, False),
        ("0.0.0.0", {"allow_plaintext": True}, True),
        ("0.0.0.0", {"tls_cert": Path("c"), "tls_key": Path("k")}, True),
    ],
)
def test_secrets_are_not_sent_in_the_clear(address: str, settings: dict[str, object], allowed: bool) -> None:
    chosen = Settings(host="given", **settings)  # type: ignore[arg-type]
    if allowed:
        bind.require_safe(chosen, address)
        return
    with pytest.raises(StartError) as refused:
        bind.require_safe(chosen, address)
    for way_out in ("--tls-cert and --tls-key", "127.0.0.1", "--allow-plaintext"):
        assert way_out in str(refused.value)


def test_the_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    bind.require_data_dir(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    bind.require_data_dir(folder)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StartError, match="is a file"):
        bind.require_data_dir(file)
    with pytest.raises(StartError, match=r"Cannot make the data folder .*: Not a directory"):
        bind.require_data_dir(file / "b")


def test_a_data_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write everywhere, so the answer of the system is put in its mouth.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(StartError, match="cannot be written by this user"):
        bind.require_data_dir(tmp_path)


def test_tls_files_that_do_not_do(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    _, other_key = make_certificate(tmp_path, "other")
    _, locked = make_certificate(tmp_path, "locked", b"passphrase")
    text = tmp_path / "text"
    text.write_text("hello")
    assert bind.tls_context(Settings(tls_cert=cert, tls_key=key)).minimum_version == ssl.TLSVersion.TLSv1_2
    for chosen_cert, chosen_key, message in (
        (tmp_path / "none", key, f"Cannot read tls_cert {tmp_path}/none: No such file or directory."),
        (cert, tmp_path, f"Cannot read tls_key {tmp_path}: Is a directory."),
        (cert, other_key, f"tls_key {other_key} is not the key of the first certificate in tls_cert {cert}."),
        (cert, locked, f"tls_key {locked} is protected by a passphrase."),
        (text, key, f"tls_cert {text} and tls_key {key} must be PEM files: "),
        (cert, text, f"tls_cert {cert} and tls_key {text} must be PEM files: "),
    ):
        with pytest.raises(StartError) as refused:
            bind.tls_context(Settings(tls_cert=chosen_cert, tls_key=chosen_key))
        assert str(refused.value).startswith(message)


def test_a_tls_handshake_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("parastore.server.loop.HANDSHAKE_WITHIN", 0.2)
    cert, key = make_certificate(tmp_path)
    context = bind.tls_context(Settings(tls_cert=cert, tls_key=key))

    async def main() -> bytes:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0, ssl=context)
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            received = await reader.read()
            writer.close()
        server.close()
        return received

    with asyncio.Runner(loop_factory=Loop) as runner:
        assert runner.run(main()) == b""
    assert not caplog.records


def test_a_tls_connection_in_a_pool_does_not_hold_up_the_end(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(cert))
    with (
        running("--tls-cert", str(cert), "--tls-key", str(key)) as server,
        server.connect() as silent,
        context.wrap_socket(server.connect(), server_hostname="localhost") as pooled,
    ):
        pooled.sendall(post(b"x"))
        assert pooled.recv(4096).endswith(b"x")
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 8
        silent.close()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_tls(tmp_path: Path, workers: str) -> None:
    cert, key = make_certificate(tmp_path)
    with running("--tls-cert", str(cert), "--tls-key", str(key), "--workers", workers) as server:
        assert server.wait_for("listening")["tls"] is True
        context = ssl.create_default_context(cafile=str(cert))
        with context.wrap_socket(server.connect(), server_hostname="localhost") as connection:
            connection.sendall(post(b"x", b"Connection: close", target="Echo"))
            received = b""
            while data := connection.recv(65536):
                received += data
        assert json.loads(received.partition(b"\r\n\r\n")[2])["secure"] is True
        # In the clear there is no answer, and nothing to log.
        assert b"200" not in server.ask(post(b"x"))
        # A client that goes on sending after a refusal gets it all the same.
        with context.wrap_socket(server.connect(), server_hostname="localhost") as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n")
            connection.sendall(b"x" * 500_000)
            assert connection.recv(100).startswith(b"HTTP/1.1 413")
        assert server.stop() == 0
        assert [line["event"] for line in server.log] == ["listening", "draining", "stopped"]


def test_connections_that_come_early_wait() -> None:
    with bind.listen(Settings(port=0)) as listener:
        early = socket.create_connection(listener.getsockname()[:2], timeout=5)
        accepted, _ = listener.accept()
        accepted.close()
    with early:
        assert read_all(early) == b""


# The command


def invoke(*arguments: str, **environ: str) -> tuple[int, str]:
    clean = {name: None for name in os.environ if name.startswith("PARASTORE_")}
    result = CliRunner().invoke(main, arguments, env={**clean, **environ})
    return result.exit_code, result.output


def test_the_version_is_said_at_once() -> None:
    script = (
        "import sys; sys.argv = ['parastore', '--version']\n"
        "import parastore.cli.main as m\n"
        "try: m.main()\n"
        "except SystemExit: pass\n"
        "loaded = [name for name in sys.modules if name.split('.')[0] in ('uvicorn', 'starlette', 'asyncio', 'apsw')]\n"
        "assert not loaded, loaded\n"
        "assert [name for name in sys.modules if name.startswith('parastore')] == "
        "['parastore', 'parastore.cli', 'parastore.cli.main']"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("parastore, version ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_loads(name: str) -> None:
    code, output = invoke(name, "--help")
    assert code == 0
    assert output.startswith(f"Usage: main {name}")


def test_an_unknown_command() -> None:
    code, output = invoke("sevre")
    assert code == 2
    assert "No such command 'sevre'" in output


def test_every_setting_but_a_secret_is_an_option() -> None:
    code, output = invoke("serve", "--help")
    assert code == 0
    words = output.split()
    for name, kind in TABLE.items():
        assert (f"--{name.replace('_', '-')}" in words) is not kind.secret
        assert kind.secret or f"PARASTORE_{name.upper()}" in output


def test_show_says_where_each_value_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("workers = 3\n")
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    environ = {
        "PARASTORE_CONFIG": str(file),
        "PARASTORE_ROOT_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "PARASTORE_ROOT_SECRET_ACCESS_KEY": secret,
    }
    code, output = invoke("config", "show", "--port", "0", "--allow-plaintext", **environ)
    assert code == 0
    rows = {line.split()[0]: line.split(None, 2)[1:] for line in output.splitlines()}
    assert rows["port"] == ["0", "flag --port"]
    assert rows["allow_plaintext"] == ["true", "flag --allow-plaintext"]
    assert rows["workers"] == ["3", f"file {file}"]
    assert rows["root_secret_access_key"] == ["******", "environment PARASTORE_ROOT_SECRET_ACCESS_KEY"]
    assert rows["tls_cert"] == ["-", "default"]
    assert secret not in output
    code, output = invoke("config", "show", "--json", **environ)
    table = json.loads(output)
    assert table["workers"] == {"value": 3, "source": f"file {file}"}
    assert table["root_secret_access_key"]["value"] == "******"
    assert set(table) == set(TABLE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--port", "x"), "port (flag --port) must be a whole number from 0 to 65535, not 'x'."),
        (("--tls-key", "/k"), "tls_key (flag --tls-key) needs tls_cert too: give both or none."),
        (("--config", "/nowhere.toml"), "Cannot read the configuration file /nowhere.toml: No such file or directory."),
    ],
)
@pytest.mark.parametrize("command", [("serve",), ("config", "show")])
def test_usage_errors(command: tuple[str, ...], arguments: tuple[str, ...], message: str) -> None:
    code, output = invoke(*command, *arguments)
    assert code == 2
    assert output.splitlines()[-1] == f"Error: {message}"


def test_a_server_that_cannot_start_says_why_and_exits_1(tmp_path: Path) -> None:
    with bind.listen(Settings(port=0)) as taken:
        code, output = invoke("serve", "--port", str(taken.getsockname()[1]), "--data-dir", str(tmp_path / "d"))
    assert code == 1
    assert output.startswith("Error: Port ")
    assert output.count("\n") == 1
    assert not (tmp_path / "d").exists()
    code, output = invoke("serve", "--host", "0.0.0.0", "--port", "0")
    assert code == 1
    assert output.startswith("Error: Listening on 0.0.0.0 without TLS")
    (tmp_path / "file").touch()
    code, output = invoke("serve", "--port", "0", "--data-dir", str(tmp_path / "file"))
    assert code == 1
    assert output == f"Error: The data folder {tmp_path}/file is a file. Give a folder with --data-dir.\n"


def test_the_bare_front_of_the_benchmark_runs() -> None:
    server = Server(module="bench.bare_front")
    try:
        assert b'"Parameter"' in server.ask(post(b"x", b"Connection: close"))
        assert server.stop() == 0
    finally:
        server.close()
