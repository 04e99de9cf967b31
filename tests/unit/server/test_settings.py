from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path
from typing import Any

import pytest

from parastore.context import SecretValue
from parastore.server.errors import SettingsError
from parastore.server.location import DatabaseUrl
from parastore.server.settings import DEFAULTS, HELP, TABLE, Settings, default_data_dir, resolve

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"


def write(folder: Path, text: str) -> Path:
    file = folder / "parastore.toml"
    file.write_text(text)
    return file


def test_the_defaults() -> None:
    resolved = resolve({}, {"HOME": "/home/me"})
    assert resolved.settings == Settings(data_dir=Path("/home/me/.local/share/parastore"))
    assert set(resolved.sources.values()) == {"default"}
    assert set(resolved.sources) == {row.name for row in dataclasses.fields(Settings)}


def test_each_source_wins_over_the_next(tmp_path: Path) -> None:
    file = write(tmp_path, "port = 1\nhost = 'file'\nworkers = 2\nidle_timeout = 3\n")
    environ = {"PARASTORE_PORT": "2", "PARASTORE_HOST": "environment", "PARASTORE_REGION": "eu-west-1"}
    resolved = resolve({"port": "3", "region": None}, environ, file)
    shown = {name: (getattr(resolved.settings, name), source) for name, source in resolved.sources.items()}
    assert shown["port"] == (3, "flag --port")
    assert shown["host"] == ("environment", "environment PARASTORE_HOST")
    assert shown["workers"] == (2, f"file {file}")
    assert shown["idle_timeout"] == (3.0, f"file {file}")
    assert shown["region"] == ("eu-west-1", "environment PARASTORE_REGION")
    assert shown["log_level"] == ("info", "default")


def test_the_file_can_be_named_in_the_environment(tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text("port = 1\n")
    other.write_text("port = 2\n")
    environ = {"PARASTORE_CONFIG": str(one)}
    assert resolve({}, environ).settings.port == 1
    assert resolve({}, environ, other).settings.port == 2


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/me"}, "/home/me/.local/share/parastore"),
        ({"HOME": "/home/me", "XDG_DATA_HOME": "/data"}, "/data/parastore"),
        ({"HOME": "/home/me", "XDG_DATA_HOME": ""}, "/home/me/.local/share/parastore"),
        ({"HOME": "/home/me", "XDG_DATA_HOME": "relative"}, "/home/me/.local/share/parastore"),
    ],
)
def test_where_data_is_kept(environ: dict[str, str], folder: str) -> None:
    assert default_data_dir(environ) == Path(folder)
    assert resolve({}, environ).settings.data_dir == Path(folder)


GOOD: list[tuple[str, str, Any]] = [
    ("host", "0.0.0.0", "0.0.0.0"),
    ("port", "0", 0),
    ("port", "65535", 65535),
    ("data_dir", "/srv/parastore", Path("/srv/parastore")),
    ("data_dir", "here", Path.cwd() / "here"),
    ("data_dir", "~/there", Path.home() / "there"),
    ("workers", "4", 4),
    ("allow_plaintext", "true", True),
    ("allow_plaintext", "ON", True),
    ("allow_plaintext", "0", False),
    ("allow_plaintext", "no", False),
    ("log_level", "DEBUG", "debug"),
    ("log_format", "json", "json"),
    ("max_body_bytes", "2097152", 2097152),
    ("request_timeout", "0.5", 0.5),
    ("drain_timeout", "0", 0.0),
    ("account_id", "012345678901", "012345678901"),
    ("region", "us-gov-west-1", "us-gov-west-1"),
    ("region", "ap-southeast-2", "ap-southeast-2"),
]


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_text_becomes_a_value(name: str, text: str, value: Any) -> None:
    for resolved in (resolve({name: text}, {}), resolve({}, {f"PARASTORE_{name.upper()}": text})):
        got = getattr(resolved.settings, name)
        assert got == value
        assert type(got) is type(value)


BAD = [
    ("host", "two words", "a name or an address"),
    ("port", "http", "a whole number from 0 to 65535"),
    ("port", "65536", "a whole number from 0 to 65535"),
    ("port", "-1", "a whole number from 0 to 65535"),
    ("port", "1_000", "a whole number from 0 to 65535"),
    ("port", " 80", "a whole number from 0 to 65535"),
    ("port", "8.0", "a whole number from 0 to 65535"),
    ("port", "9" * 5000, "a whole number from 0 to 65535"),
    ("workers", "0", "a whole number from 1 to 256"),
    ("allow_plaintext", "maybe", "true or false"),
    ("log_level", "loud", "one of debug, info, warning, error"),
    ("request_timeout", "nan", "seconds from 0.1 to 3600"),
    ("request_timeout", "inf", "seconds from 0.1 to 3600"),
    ("request_timeout", "soon", "seconds from 0.1 to 3600"),
    ("request_timeout", "0", "seconds from 0.1 to 3600"),
    ("tls_cert", "a\0b", "a path"),
    ("account_id", "1234", "12 digits"),
    ("account_id", "١٢٣٤٥٦٧٨٩٠١٢", "12 digits"),
    ("region", "Seoul", "a Region such as us-east-1"),
    ("root_access_key_id", "test", "16 to 128 letters, digits and underscores"),
]


@pytest.mark.parametrize(("name", "text", "expected"), BAD)
def test_what_is_wrong_is_said_with_its_source(name: str, text: str, expected: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        resolve({}, {f"PARASTORE_{name.upper()}": text})
    assert str(wrong.value) == f"{name} (environment PARASTORE_{name.upper()}) must be {expected}, not {text!r}."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("port = '4583'", "port (file {}) must be a whole number from 0 to 65535, not '4583'."),
        ("port = true", "port (file {}) must be a whole number from 0 to 65535, not True."),
        ("port = 80.5", "port (file {}) must be a whole number from 0 to 65535, not 80.5."),
        ("host = 1", "host (file {}) must be a name or an address, not 1."),
        ("allow_plaintext = 1", "allow_plaintext (file {}) must be true or false, not 1."),
        ("allow_plaintext = 'true'", "allow_plaintext (file {}) must be true or false, not 'true'."),
        ("request_timeout = '30'", "request_timeout (file {}) must be seconds from 0.1 to 3600, not '30'."),
        ("request_timeout = true", "request_timeout (file {}) must be seconds from 0.1 to 3600, not True."),
        ("data_dir = ''", "data_dir (file {}) must be a path, not ''."),
        ("prot = 1", "Unknown setting 'prot' in {}. Did you mean port?"),
        ("[server]\nport = 1", "Unknown setting 'server' in {}. `parastore config show` lists the settings."),
        ("account_id = 12", "account_id (file {}) must be 12 digits, not 12."),
    ],
)
def test_a_wrong_file(tmp_path: Path, line: str, message: str) -> None:
    file = write(tmp_path, line)
    with pytest.raises(SettingsError) as wrong:
        resolve({}, {}, file)
    assert str(wrong.value) == message.format(file)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Cannot read the configuration file .*: No such file"):
        resolve({}, {}, tmp_path / "missing.toml")
    with pytest.raises(SettingsError, match="is not TOML"):
        resolve({}, {}, write(tmp_path, "port: 1"))
    file = tmp_path / "binary.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not TOML"):
        resolve({}, {}, file)


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("PARASTORE_PROT", "Did you mean PARASTORE_PORT?"),
        ("PARASTORE_DATADIR", "Did you mean PARASTORE_DATA_DIR?"),
        ("PARASTORE_port", "Did you mean PARASTORE_PORT?"),
        ("PARASTORE_", "`parastore config show` lists the settings."),
        ("PARASTORE_ZZZZZZZZ", "`parastore config show` lists the settings."),
    ],
)
def test_an_unknown_variable(variable: str, hint: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        resolve({}, {variable: "1"})
    assert str(wrong.value) == f"Unknown environment variable {variable}. {hint}"


@pytest.mark.parametrize(
    "environ",
    [
        {"PARASTORE_PORT": ""},
        {"PARASTORE_TLS_CERT": "", "PARASTORE_TLS_KEY": ""},
        {"PARASTORE_CONFIG": ""},
        {"PARASTORE": "1", "PARASTORES_PORT": "1", "parastore_port": "1"},
        # What Kubernetes gives to pods beside a Service named parastore.
        {
            "PARASTORE_SERVICE_HOST": "10.0.0.1",
            "PARASTORE_SERVICE_PORT": "4583",
            "PARASTORE_SERVICE_PORT_HTTP": "4583",
            "PARASTORE_PORT": "tcp://10.0.0.1:4583",
            "PARASTORE_PORT_4583_TCP": "tcp://10.0.0.1:4583",
            "PARASTORE_PORT_4583_TCP_PROTO": "tcp",
            "PARASTORE_PORT_4583_TCP_PORT": "4583",
            "PARASTORE_PORT_4583_TCP_ADDR": "10.0.0.1",
        },
    ],
)
def test_variables_that_are_not_settings(environ: dict[str, str]) -> None:
    assert set(resolve({}, environ).sources.values()) == {"default"}


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"PARASTORE_TLS_CERT": "/c"},
            "tls_cert (environment PARASTORE_TLS_CERT) needs tls_key too: give both or none.",
        ),
        ({"PARASTORE_TLS_KEY": "/k"}, "tls_key (environment PARASTORE_TLS_KEY) needs tls_cert too: give both or none."),
        (
            {"PARASTORE_ROOT_ACCESS_KEY_ID": KEY_ID},
            "root_access_key_id (environment PARASTORE_ROOT_ACCESS_KEY_ID) needs root_secret_access_key too: "
            "give both or none.",
        ),
        (
            {"PARASTORE_ROOT_SECRET_ACCESS_KEY": SECRET},
            "root_secret_access_key (environment PARASTORE_ROOT_SECRET_ACCESS_KEY) needs root_access_key_id too: "
            "give both or none.",
        ),
    ],
)
def test_halves_of_a_pair(environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        resolve({}, environ)
    assert str(wrong.value) == message


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    settings = resolve(
        {}, {"PARASTORE_ROOT_SECRET_ACCESS_KEY": SECRET, "PARASTORE_ROOT_ACCESS_KEY_ID": KEY_ID}
    ).settings
    assert settings.root_secret_access_key == SecretValue(SECRET)
    assert SECRET not in repr(settings)
    with pytest.raises(SettingsError) as wrong:
        resolve({}, {"PARASTORE_ROOT_SECRET_ACCESS_KEY": "too short"})
    assert "too short" not in str(wrong.value)
    with pytest.raises(SettingsError) as wrong:
        resolve({}, {}, write(tmp_path, "root_secret_access_key = 12345678"))
    assert "12345678" not in str(wrong.value)


def test_every_row_has_what_it_needs() -> None:
    for name, kind in TABLE.items():
        assert HELP[name].endswith("."), name
        assert kind.expected
        default = DEFAULTS[name]
        if default is not None and not isinstance(default, Path):
            assert kind.read_typed(default) == default, name


URL = "postgresql://me:hunter2@db.example:5432/name?sslmode=verify-full"


def test_a_database_is_shown_without_its_password(tmp_path: Path) -> None:
    settings = resolve({}, {"PARASTORE_DATABASE": URL, "HOME": "/home/me"}).settings
    assert settings.database is not None
    assert settings.database.reveal() == URL
    assert "hunter2" not in repr(settings)
    assert str(settings.database) == URL.replace("hunter2", "****")
    assert str(DatabaseUrl("postgresql:///a?host=/tmp&user=b")) == "postgresql:///a?host=/tmp&user=b"
    in_query = DatabaseUrl("postgresql:///a?password=hunter2&host=/tmp")
    assert str(in_query) == "postgresql:///a?password=****&host=/tmp"
    assert in_query.has_password
    assert pickle.loads(pickle.dumps(settings)).database == settings.database


def test_a_flag_may_not_hold_a_password() -> None:
    with pytest.raises(SettingsError, match="others on this machine can read flags") as refused:
        resolve({"database": URL}, {"HOME": "/home/me"})
    assert "hunter2" not in str(refused.value)
    assert resolve({"database": "postgresql://me@db/name"}, {"HOME": "/home/me"}).settings.database is not None


@pytest.mark.parametrize("url", ["mysql://me:hunter2@db/name", "hunter2", "postgresql://me:hunter2@db/na me"])
def test_what_is_no_database_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="must be the URL of a PostgreSQL database") as refused:
        resolve({}, {"PARASTORE_DATABASE": url, "HOME": "/home/me"})
    assert "hunter2" not in str(refused.value)
