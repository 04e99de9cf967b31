"""The providers of root keys: what each gives back, and what it says when it cannot."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.root_keys import PASSPHRASE, PIN, SOFTHSM, Kms, private, program

from parastore.seal import command as command_module
from parastore.seal import passphrase as passphrase_module
from parastore.seal.provider import (
    MODULES,
    PROVIDERS,
    Provider,
    RootKey,
    RootKeyError,
    RootKeyRefused,
    RootKeyUnavailable,
    make,
)
from parastore.seal.secret import SecretError, Secrets
from parastore.server.root_key import PARAMETERS
from parastore.server.settings import TABLE
from parastore.testing.server import Keys, Server

ID = "0123456789abcdef"
TERM = bytes(range(32))
Make = Callable[..., Provider]


def parameters(name: str, folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """How a fresh provider is reached."""
    if name == "passphrase":
        return {"secret_file": str(private(folder / "passphrase", PASSPHRASE + "\n"))}
    if name == "command":
        return {"command": [str(program(folder / "program")), "an argument; touch injected $(id)"]}
    if name == "kms":
        kms: Kms = request.getfixturevalue("kms")
        return {"key_id": kms.new_key(), "endpoint_url": kms.url}
    token = request.getfixturevalue("softhsm")()
    pin = private(folder / "pin", PIN + "\n")
    return {"module": str(SOFTHSM), "token": token, "secret_file": str(pin)}


def test_every_place_knows_the_same_providers() -> None:
    assert tuple(PARAMETERS) == PROVIDERS
    assert TABLE["root_key"].expected == f"one of {', '.join(PROVIDERS)}"
    known = {setting for names in PARAMETERS.values() for setting in names.values()}
    assert known == {name for name in TABLE if name.startswith("root_key_")}


@pytest.fixture(params=MODULES)
def reached(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, Any]]:
    return request.param, parameters(request.param, tmp_path, request)


def opens(provider: Provider, keeps: bytes, wrapped: bytes, key_id: str = ID) -> bool:
    """Whether the root key that comes back unwraps a term."""
    for key in provider.open(key_id, keeps):
        try:
            return RootKey(key).unwrap(wrapped, 1) == TERM
        except RootKeyError:
            continue
    return False


# All of them


def test_a_root_key_comes_back(reached: tuple[str, dict[str, Any]]) -> None:
    name, given = reached
    provider = make(name, given, Secrets())
    key, keeps = provider.create(ID)
    assert len(key) == 32
    assert key not in keeps
    other, _ = provider.create("fedcba9876543210")
    assert other != key
    # As another process finds it: by what root.key keeps, which is JSON.
    again = make(name, json.loads(json.dumps(provider.parameters)), pickle.loads(pickle.dumps(Secrets())))
    assert list(again.open(ID, keeps)) == [key]


def test_what_storage_keeps_cannot_be_altered(reached: tuple[str, dict[str, Any]]) -> None:
    name, given = reached
    provider = make(name, given, Secrets())
    key, keeps = provider.create(ID)
    wrapped = RootKey(key).wrap(TERM, 1)
    assert opens(provider, keeps, wrapped)
    # Each takes a process, a request or Argon2, so not every bit.
    places = range(0, len(keeps), max(1, len(keeps) // (16 if name == "pkcs11" else 4)))
    for altered in [
        b"",
        keeps[:-1],
        keeps[1:],
        *(keeps[:at] + bytes([keeps[at] ^ 1]) + keeps[at + 1 :] for at in places),
    ]:
        with contextlib.suppress(RootKeyError):
            assert not opens(provider, altered, wrapped)


def test_what_belongs_to_another_provider_or_is_nothing_is_refused(reached: tuple[str, dict[str, Any]]) -> None:
    name, given = reached
    with pytest.raises(RootKeyError, match="is not reached by"):
        make(name, given | {"more": "of it"}, Secrets())


def test_an_unknown_provider() -> None:
    with pytest.raises(RootKeyError, match="no provider of root keys is called os"):
        make("os", {}, Secrets())


# Passphrase


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 takes long for a purpose that these tests do not have; what is kept of a root key says its costs."""
    monkeypatch.setattr(passphrase_module, "_COSTS", {"iterations": 1, "lanes": 1, "memory_cost": 64})


def test_argon2_costs_what_the_rfc_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """RFC 9106, 4: t=3, p=4, 64 MiB, a salt of 128 bits."""
    monkeypatch.undo()
    key, keeps = passphrase_provider(private(tmp_path / "passphrase", PASSPHRASE)).create(ID)
    kept = json.loads(keeps)
    assert (kept["iterations"], kept["lanes"], kept["memory_cost"], len(kept["salt"])) == (3, 4, 65536, 32)
    assert list(passphrase_provider(tmp_path / "passphrase").open(ID, keeps)) == [key]


def passphrase_provider(file: Path | None, secrets: Secrets | None = None) -> Provider:
    return make("passphrase", {} if file is None else {"secret_file": str(file)}, secrets or Secrets())


def test_a_wrong_passphrase_gives_another_key(tmp_path: Path) -> None:
    file = private(tmp_path / "passphrase", PASSPHRASE)
    key, keeps = passphrase_provider(file).create(ID)
    private(file, PASSPHRASE + "x")
    assert key not in list(passphrase_provider(file).open(ID, keeps))


def test_the_last_line_is_the_new_one_and_all_are_tried(tmp_path: Path) -> None:
    file = private(tmp_path / "passphrase", PASSPHRASE + "\n")
    key, keeps = passphrase_provider(file).create(ID)
    private(file, f"{PASSPHRASE}\r\n\r\nthe next passphrase\r\n")
    provider = passphrase_provider(file)
    newer, newer_keeps = provider.create(ID)
    assert list(provider.open(ID, keeps))[1] == key
    assert next(provider.open(ID, newer_keeps)) == newer
    private(file, "the next passphrase")
    assert list(provider.open(ID, newer_keeps)) == [newer]


def test_it_does_not_matter_how_a_keyboard_writes_letters(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "비밀번호는 길어야 합니다 é")
    file = private(tmp_path / "passphrase", composed)
    key, keeps = passphrase_provider(file).create(ID)
    private(file, unicodedata.normalize("NFD", composed))
    assert list(passphrase_provider(file).open(ID, keeps)) == [key]


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RootKeyError, match="12 characters or more"):
        passphrase_provider(private(tmp_path / "passphrase", "x" * 11)).create(ID)


@pytest.mark.parametrize("change", [{"memory_cost": 1 << 31}, {"iterations": 0}, {"lanes": "4"}, {"salt": "zz"}, {}])
def test_altered_costs_do_not_take_the_machine_down(tmp_path: Path, change: dict[str, Any]) -> None:
    provider = passphrase_provider(private(tmp_path / "passphrase", PASSPHRASE))
    keeps = json.loads(provider.create(ID)[1])
    altered = keeps | change if change else {"salt": keeps["salt"]}
    with pytest.raises(RootKeyError, match="was altered"):
        list(provider.open(ID, json.dumps(altered).encode()))


@pytest.mark.parametrize(
    ("content", "mode", "text"),
    [
        (None, 0, "cannot be read: No such file"),
        (b"", 0o600, "is empty"),
        (b"\n\n", 0o600, "is empty"),
        (b"\xff\xfe", 0o600, "is not UTF-8"),
        (PASSPHRASE.encode(), 0o640, "can be read by others: chmod 600"),
        (PASSPHRASE.encode(), 0o604, "can be read by others: chmod 600"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes | None, mode: int, text: str) -> None:
    file = private(tmp_path / "passphrase", PASSPHRASE)
    _, keeps = passphrase_provider(file).create(ID)
    file.unlink()
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    with pytest.raises(RootKeyUnavailable, match=text) as caught:
        list(passphrase_provider(file).open(ID, keeps))
    assert PASSPHRASE not in str(caught.value)


# systemd lets a unit's user in by an access control list, whose mask is in the place of the group's bits.
@pytest.mark.parametrize("mode", [0o400, 0o440])
def test_a_systemd_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    file = private(tmp_path / "parastore-passphrase", PASSPHRASE)
    file.chmod(mode)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    key, keeps = passphrase_provider(None).create(ID)
    assert list(passphrase_provider(None).open(ID, keeps)) == [key]
    file.chmod(0o444)
    with pytest.raises(RootKeyUnavailable, match="can be read by others"):
        list(passphrase_provider(None).open(ID, keeps))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(RootKeyUnavailable, match=r"in no systemd credential \(parastore-passphrase\)"):
        list(passphrase_provider(None).open(ID, keeps))


def typing(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    asked: list[str] = []
    answers = iter(words)

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    monkeypatch.setattr("getpass.getpass", getpass)
    return asked


def test_what_is_typed_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = typing(monkeypatch, PASSPHRASE, PASSPHRASE)
    secrets = Secrets(ask=True)
    key, keeps = passphrase_provider(None, secrets).create(ID)
    assert len(asked) == 2
    assert list(passphrase_provider(None, secrets).open(ID, keeps)) == [key]
    worker = pickle.loads(pickle.dumps(secrets))
    assert list(passphrase_provider(None, worker).open(ID, keeps)) == [key]
    assert len(asked) == 2
    assert PASSPHRASE not in repr(secrets)
    secrets.settle()
    with pytest.raises(SecretError, match="nobody can be asked"):
        secrets.current(None, "PIN")


def test_a_passphrase_and_a_pin_are_two_things(monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, PASSPHRASE, PIN)
    secrets = Secrets(ask=True)
    assert secrets.current(None, "passphrase") == [PASSPHRASE]
    assert secrets.current(None, "PIN") == [PIN]


@pytest.mark.parametrize(("words", "text"), [((PASSPHRASE, PASSPHRASE + "x"), "not the same"), (("",), "was typed")])
def test_what_was_mistyped(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], text: str) -> None:
    typing(monkeypatch, *words)
    with pytest.raises(RootKeyError, match=text):
        passphrase_provider(None, Secrets(ask=True)).create(ID)


# Command


def script(folder: Path, body: str) -> Provider:
    path = private(folder / "program", f"#!/bin/sh\n{body}\n")
    path.chmod(0o700)
    return make("command", {"command": [str(path)]}, Secrets())


def test_no_shell_and_no_settings_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARASTORE_ROOT_SECRET_ACCESS_KEY", "not for a program")
    monkeypatch.chdir(tmp_path)
    path = program(tmp_path / "program")
    make("command", {"command": [str(path), "one two", "; touch injected"]}, Secrets()).create(ID)
    called = (path.parent / "called").read_text()
    assert called.startswith(repr(["one two", "; touch injected", "wrap"]))
    assert "PATH" in called
    assert "PARASTORE" not in called
    assert not list(tmp_path.rglob("injected"))


KEY_LINE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # 32 bytes


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("exit 3", RootKeyUnavailable, "ended with 3: run it by hand"),
        ("kill -9 $$", RootKeyUnavailable, "ended with -9"),
        (f"echo {KEY_LINE}; exit 1", RootKeyUnavailable, "ended with 1"),
        ("cat >&2; exit 1", RootKeyUnavailable, "ended with 1"),
        ("sleep 60", RootKeyUnavailable, "did not end within 0.3 seconds"),
        (f"echo {KEY_LINE}; exec >&-; sleep 60", RootKeyUnavailable, "did not end within 0.3 seconds"),
        (f"echo {KEY_LINE}; sleep 60 & exit 0", RootKeyUnavailable, "did not end within 0.3 seconds"),
        ("yes", RootKeyError, "writes more than 16384 bytes"),
        ("echo nonsense!", RootKeyError, "wrote 10 bytes that are no root key"),
        ("true", RootKeyError, "wrote 0 bytes that are no root key"),
        (f"echo {KEY_LINE[:-4]}", RootKeyError, "are no root key"),
        (f"echo {KEY_LINE} {KEY_LINE}", RootKeyError, "are no root key"),
        ("head -c 100 /dev/zero", RootKeyError, "wrote 100 bytes that are no root key"),
    ],
)
def test_a_program_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], body: str, kind: Any, text: str
) -> None:
    monkeypatch.setattr(command_module, "TIMEOUT", 0.3 if "sleep" in body else 10)
    before = time.monotonic()
    with pytest.raises(RootKeyError, match=text) as caught:
        list(script(tmp_path, body).open(ID, b"a kept secret"))
    assert type(caught.value) is kind
    assert time.monotonic() - before < 5
    assert "kept secret" not in str(caught.value) + "".join(capfd.readouterr())


def test_nothing_that_a_program_started_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_module, "TIMEOUT", 0.3)
    with pytest.raises(RootKeyUnavailable):
        list(script(tmp_path, f"sleep 60 & echo $! >{tmp_path}/child; wait").open(ID, b""))
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    until = time.monotonic() + 5
    while child.exists() and child.read_text().split()[2] != "Z" and time.monotonic() < until:
        time.sleep(0.01)
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_blanks_around_the_key_do_not_matter(tmp_path: Path) -> None:
    assert list(script(tmp_path, f"printf ' {KEY_LINE} \\r\\n\\n'").open(ID, b"")) == [bytes(range(32))]


@pytest.mark.parametrize("body", ["cat", "base64 -d", "base64 -d | od -An -tx1 | tr -d ' \\n'", "true"])
def test_a_program_that_gives_the_key_away_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(RootKeyError, match="a form that tells nothing of it"):
        script(tmp_path, body).create(ID)


@pytest.mark.parametrize("words", [["/nowhere/program"], ["/etc/passwd"], ["a\0b"]])
def test_a_program_that_cannot_be_run(words: list[str]) -> None:
    with pytest.raises(RootKeyUnavailable, match="cannot be run"):
        list(make("command", {"command": words}, Secrets()).open(ID, b""))


# KMS


def test_kms_binds_a_root_key_to_its_id(kms: Kms) -> None:
    provider = make("kms", {"key_id": kms.new_key(), "endpoint_url": kms.url}, Secrets())
    _, keeps = provider.create(ID)
    with pytest.raises(RootKeyError, match="InvalidCiphertextException") as caught:
        list(provider.open("another", keeps))
    assert not isinstance(caught.value, RootKeyUnavailable)


def test_an_alias_and_a_region(kms: Kms) -> None:
    kms.call("create_alias", AliasName="alias/root", TargetKeyId=kms.new_key())
    given = {"key_id": "alias/root", "endpoint_url": kms.url, "region": "us-east-1"}
    key, keeps = make("kms", given, Secrets()).create(ID)
    assert list(make("kms", given, Secrets()).open(ID, keeps)) == [key]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"key_id": "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"}, "NotFound"),
        ({"endpoint_url": "http://127.0.0.1:9"}, "cannot be reached"),
        ({"endpoint_url": "nonsense"}, "cannot be reached"),
        ({"profile": "nobody"}, "cannot be reached: The config profile"),
        ({"key_id": "alias/without-a-region"}, "cannot be reached: You must specify a region"),
    ],
)
def test_a_kms_that_cannot_be_used(
    kms: Kms, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], text: str
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    provider = make("kms", {"key_id": kms.new_key(), "endpoint_url": kms.url} | change, Secrets())
    with pytest.raises(RootKeyUnavailable, match=text):
        provider.create(ID)


def test_a_key_of_another_parastore(server: Server, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is disabled may be enabled again, one that other keys are named for does not fit."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
    with contextlib.closing(boto3.Session().client("kms", endpoint_url=server.url, region_name="eu-west-1")) as client:
        arn, other = (client.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
        provider = make("kms", {"key_id": arn, "endpoint_url": server.url}, Secrets())
        key, keeps = provider.create(ID)
        client.disable_key(KeyId=arn)
        with pytest.raises(RootKeyUnavailable, match="DisabledException"):
            list(provider.open(ID, keeps))
        client.enable_key(KeyId=arn)
    assert list(provider.open(ID, keeps)) == [key]
    with pytest.raises(RootKeyError, match="InvalidCiphertextException"):
        list(provider.open("another", keeps))
    with pytest.raises(RootKeyError, match="IncorrectKeyException") as caught:
        list(make("kms", {"key_id": other, "endpoint_url": server.url}, Secrets()).open(ID, keeps))
    assert not isinstance(caught.value, RootKeyUnavailable)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not the secret of that key")
    with pytest.raises(RootKeyUnavailable, match="InvalidSignatureException"):
        list(provider.open(ID, keeps))


# PKCS#11


@pytest.fixture
def token(softhsm: Callable[[], str], tmp_path: Path) -> dict[str, Any]:
    return {"module": str(SOFTHSM), "token": softhsm(), "secret_file": str(private(tmp_path / "pin", PIN))}


def test_the_key_stays_in_the_token(token: dict[str, Any]) -> None:
    import pkcs11

    make("pkcs11", token, Secrets()).create(ID)
    with pkcs11.lib(str(SOFTHSM)).get_token(token_label=token["token"]).open(user_pin=PIN) as session:
        key: Any = session.get_key(id=ID.encode())
        assert key[pkcs11.Attribute.SENSITIVE]
        assert not key[pkcs11.Attribute.EXTRACTABLE]
        assert key[pkcs11.Attribute.LABEL] == "parastore root key"
        with pytest.raises(pkcs11.exceptions.AttributeSensitive):
            key[pkcs11.Attribute.VALUE]
    pkcs11.lib(str(SOFTHSM)).finalize()


def test_a_wrong_pin_is_not_tried_again_and_again(token: dict[str, Any], tmp_path: Path) -> None:
    provider = make("pkcs11", token, Secrets())
    _, keeps = provider.create(ID)
    private(tmp_path / "pin", "another pin")
    with pytest.raises(RootKeyRefused, match=r"refuses the PIN \(PinIncorrect\)") as caught:
        list(provider.open(ID, keeps))
    assert "another pin" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"token": "no such token"}, "the token 'no such token' of .* cannot be used"),
        ({"module": "/nowhere/lib.so"}, "cannot be used"),
        ({"module": "/etc/passwd"}, "cannot be used"),
        ({"secret_file": "/nowhere/pin"}, "is not there: /nowhere/pin cannot be read"),
    ],
)
def test_a_token_that_is_not_there(token: dict[str, Any], change: dict[str, Any], text: str) -> None:
    _, keeps = make("pkcs11", token, Secrets()).create(ID)
    with pytest.raises(RootKeyUnavailable, match=text):
        list(make("pkcs11", token | change, Secrets()).open(ID, keeps))


def test_a_key_that_was_destroyed_or_is_another_token_s(token: dict[str, Any], softhsm: Callable[[], str]) -> None:
    _, keeps = make("pkcs11", token, Secrets()).create(ID)
    with pytest.raises(RootKeyError, match="does not have the key"):
        list(make("pkcs11", token | {"token": softhsm()}, Secrets()).open(ID, keeps))


def test_no_secret_is_an_argument_of_a_process() -> None:
    """Providers get secrets by file, credential or terminal: no setting of the table is one but by a file's name."""
    assert not [name for name in TABLE if name.startswith("root_key") and TABLE[name].secret]
    assert os.environ.get("PARASTORE_ROOT_KEY_PASSPHRASE") is None
