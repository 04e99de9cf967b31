"""`parastore configure`: what stands in the AWS files afterwards, as botocore and people read them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from tests.cli.running import Shell
from tests.folders import ACCOUNT, KEY_ID, OTHER_ACCOUNT, OTHER_KEY_ID, OTHER_SECRET, SECRET, alter, place

from parastore.testing.server import Server

ELSEWHERE = ("--access-key-id", "AKIAELSEWHEREEXAMPLE", "--endpoint-url", "https://parastore.example:4583")
TYPED = "typed/secret+of/forty/characters/0123456"


def botocore_reads(shell: Shell, profile: str) -> dict[str, Any]:
    """What an AWS client with this profile would use."""
    program = (
        "import botocore.session, json; session = botocore.session.Session(); keys = session.get_credentials();"
        "config = session.get_scoped_config();"
        "print(json.dumps([keys.access_key, keys.secret_key, keys.token, config.get('region'),"
        " config.get('endpoint_url')]))"
    )
    environ = shell.environ | {"AWS_PROFILE": profile}
    ended = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    return dict(zip(("id", "secret", "token", "region", "endpoint"), json.loads(ended.stdout), strict=True))


def test_the_first_profile(shell: Shell, folder: Path) -> None:
    ended = shell.run("configure")
    assert (ended.code, ended.out) == (0, "")
    assert "AWS_PROFILE=parastore aws ssm get-parameter" in ended.err
    assert SECRET not in ended.err
    assert shell.config.read_text() == (
        "[profile parastore]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:4583\n"
    )
    assert shell.credentials.read_text() == (
        f"[parastore]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
    )
    for path, mode in ((shell.config.parent, 0o700), (shell.config, 0o600), (shell.credentials, 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert sorted(os.listdir(shell.config.parent)) == ["config", "credentials"]
    assert botocore_reads(shell, "parastore") == {
        "id": KEY_ID,
        "secret": SECRET,
        "token": None,
        "region": "us-east-1",
        "endpoint": "http://127.0.0.1:4583",
    }


def test_again_changes_nothing(shell: Shell, folder: Path) -> None:
    shell.run("configure")
    before = shell.config.read_bytes(), shell.credentials.read_bytes()
    assert shell.run("configure").code == 0
    assert (shell.config.read_bytes(), shell.credentials.read_bytes()) == before


def test_what_else_is_in_the_files_stays(shell: Shell, folder: Path) -> None:
    shell.config.parent.mkdir(mode=0o750)
    config = "# mine\n[default]\nregion=eu-west-1\ns3 =\n  max_concurrent_requests = 20\n\n[profile w]\noutput=json"
    shell.config.write_text(config)
    shell.config.chmod(0o644)
    credentials = b"[default]\r\naws_access_key_id=AKIADEFAULT\r\naws_secret_access_key=\xe9\xff\r\n"
    shell.credentials.write_bytes(credentials)
    assert shell.run("configure").code == 0
    assert shell.config.read_text() == (
        config + "\n\n[profile parastore]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:4583\n"
    )
    assert shell.credentials.read_bytes() == credentials + (
        f"\r\n[parastore]\r\naws_access_key_id = {KEY_ID}\r\naws_secret_access_key = {SECRET}\r\n".encode()
    )
    assert stat.S_IMODE(shell.config.stat().st_mode) == 0o600
    assert stat.S_IMODE(shell.config.parent.stat().st_mode) == 0o750


def test_other_settings_of_the_profile_stay(shell: Shell, folder: Path) -> None:
    shell.config.parent.mkdir()
    shell.config.write_text("[profile parastore]\noutput = yaml\nregion = eu-west-1  # not a comment\n# end\n")
    assert shell.run("configure", "--region", "ap-northeast-2").code == 0
    assert shell.config.read_text() == (
        "[profile parastore]\noutput = yaml\nregion = ap-northeast-2\nendpoint_url = http://127.0.0.1:4583\n# end\n"
    )


@pytest.mark.parametrize("name", ["default", "with space", "team.prod"])
def test_names_of_profiles(shell: Shell, folder: Path, name: str) -> None:
    ended = shell.run("configure", "--profile", name)
    assert ended.code == 0
    read = botocore_reads(shell, name)
    assert (read["id"], read["endpoint"]) == (KEY_ID, "http://127.0.0.1:4583")
    assert ("AWS_PROFILE=" in ended.err) == (name != "default")


def test_the_default_profile_where_it_stands(shell: Shell, folder: Path) -> None:
    shell.config.parent.mkdir()
    shell.config.write_text("[profile default]\noutput = json\n")
    assert shell.run("configure", "--profile", "default").code == 0
    assert shell.config.read_text().startswith("[profile default]\noutput = json\nregion = us-east-1\n")
    assert "[default]" not in shell.config.read_text()


@pytest.mark.parametrize("name", ["", "a]b", "a\nb", "DEFAULT", 'a"b'])
def test_names_that_cannot_be(shell: Shell, folder: Path, name: str) -> None:
    ended = shell.run("configure", "--profile", name)
    assert ended.code == 2
    assert "a profile name has" in ended.err
    assert not shell.config.parent.exists()


def test_the_files_that_variables_name(shell: Shell, folder: Path, tmp_path: Path) -> None:
    shell.variables["AWS_CONFIG_FILE"] = "~/here/config"
    shell.variables["AWS_SHARED_CREDENTIALS_FILE"] = str(tmp_path / "creds")
    assert shell.run("configure").code == 0
    assert (shell.home / "here" / "config").exists()
    assert (tmp_path / "creds").exists()
    assert not shell.config.parent.exists()
    assert botocore_reads(shell, "parastore")["id"] == KEY_ID


def test_links_stay_links(shell: Shell, folder: Path) -> None:
    shell.config.parent.mkdir()
    dotfiles = shell.home / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "aws-config").write_text("# kept\n")
    shell.config.symlink_to("../dotfiles/aws-config")
    shell.credentials.symlink_to(dotfiles / "aws-credentials")  # leads nowhere yet
    assert shell.run("configure").code == 0
    assert shell.config.is_symlink()
    assert shell.credentials.is_symlink()
    assert (dotfiles / "aws-config").read_text().startswith("# kept\n\n[profile parastore]\n")
    assert stat.S_IMODE((dotfiles / "aws-credentials").stat().st_mode) == 0o600


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("config", "credentials", "told"),
    [
        ("", "[parastore]\naws_access_key_id=AKIAANOTHER\naws_secret_access_key=hush\n", "access key AKIAANOTHER"),
        ("", f"[parastore]\naws_access_key_id={KEY_ID}\naws_secret_access_key=hush\n", "another secret for access key"),
        ("", "[parastore]\naws_session_token=hush\n", "aws_session_token"),
        ("[profile parastore]\naws_access_key_id=AKIAANOTHER\n", "", "access key AKIAANOTHER"),
        (
            "[profile parastore]\ncredential_process=/bin/hush\nendpoint_url=http://h\n",
            "",
            "credential_process for http://h",
        ),
    ],
)
def test_other_credentials_are_not_replaced_unasked(
    shell: Shell, folder: Path, config: str, credentials: str, told: str, force: bool
) -> None:
    shell.config.parent.mkdir()
    shell.config.write_text(config)
    shell.credentials.write_text(credentials)
    ended = shell.run("configure", *(["--force"] if force else []))
    if force:
        assert ended.code == 0
        read = botocore_reads(shell, "parastore")
        assert (read["id"], read["secret"], read["token"]) == (KEY_ID, SECRET, None)
    else:
        assert ended.code == 2
        assert told in ended.err
        assert "--force" in ended.err
        assert (shell.config.read_text(), shell.credentials.read_text()) == (config, credentials)
    assert "hush" not in ended.err


@pytest.mark.parametrize("setting", ["role_arn = r\nsource_profile = s", "sso_session = s", "sso_start_url = u"])
def test_what_would_win_over_the_keys_is_refused_even_by_force(shell: Shell, folder: Path, setting: str) -> None:
    shell.config.parent.mkdir()
    shell.config.write_text(f"[profile parastore]\n{setting}\n")
    ended = shell.run("configure", "--force")
    assert ended.code == 2
    assert setting.split(" ", maxsplit=1)[0] in ended.err
    assert not shell.credentials.exists()


def test_settings_in_the_credentials_file_win_so_they_are_set_too(shell: Shell, folder: Path) -> None:
    shell.config.parent.mkdir()
    shell.credentials.write_text("[parastore]\nregion = eu-west-1\n")
    assert shell.run("configure").code == 0
    assert botocore_reads(shell, "parastore")["region"] == "us-east-1"


def test_a_file_that_nobody_can_read_is_left_alone(shell: Shell, folder: Path) -> None:
    shell.config.parent.mkdir()
    shell.credentials.write_text("[a]\nhush\n")
    ended = shell.run("configure")
    assert ended.code == 2
    assert ended.err == (
        f"Error: {shell.credentials} is not changed: line 2 is no section, no setting and no comment."
        " AWS clients cannot read it either: put it right first\n"
    )
    assert shell.credentials.read_text() == "[a]\nhush\n"
    assert not shell.config.exists()


def test_what_is_no_file_is_left_alone(shell: Shell, folder: Path) -> None:
    ended = shell.run("configure", AWS_CONFIG_FILE="/dev/null")
    assert (ended.code, ended.err) == (2, "Error: /dev/null is not a file\n")
    assert Path("/dev/null").is_char_device()
    ended = shell.run("configure", AWS_SHARED_CREDENTIALS_FILE=str(folder))
    assert ended.code == 2
    assert "Is a directory" in ended.err


def test_another_account(shell: Shell, folder: Path) -> None:
    assert shell.run("configure", "--account", OTHER_ACCOUNT).code == 0
    read = botocore_reads(shell, "parastore")
    assert (read["id"], read["secret"]) == (OTHER_KEY_ID, OTHER_SECRET)
    assert shell.run("configure", "--account", "999999999999").code == 2


def test_the_newest_active_key_is_taken(shell: Shell, folder: Path) -> None:
    alter(folder, "UPDATE access_key SET created_at = 1000")
    newest = json.loads(shell.run("account", "key", "--json").out)["AccessKey"]
    shell.run("configure")
    assert botocore_reads(shell, "parastore")["id"] == newest["AccessKeyId"]
    shell.run("account", "key-disable", newest["AccessKeyId"])
    shell.run("configure", "--force")
    assert botocore_reads(shell, "parastore")["id"] == KEY_ID
    shell.run("account", "key-disable", KEY_ID)
    ended = shell.run("configure")
    assert ended.code == 2
    assert f"account {ACCOUNT} has no active root access key" in ended.err


@pytest.mark.parametrize(
    ("variables", "endpoint"),
    [
        ({"PARASTORE_PORT": "4600"}, "http://127.0.0.1:4600"),
        ({"PARASTORE_HOST": "0.0.0.0"}, "http://127.0.0.1:4583"),
        ({"PARASTORE_HOST": "::"}, "http://127.0.0.1:4583"),
        ({"PARASTORE_HOST": "::1"}, "http://[::1]:4583"),
        ({"PARASTORE_HOST": "10.1.2.3"}, "http://10.1.2.3:4583"),
        ({"PARASTORE_HOST": "config.example"}, "http://config.example:4583"),
        ({"PARASTORE_TLS_CERT": "/c.pem", "PARASTORE_TLS_KEY": "/k.pem"}, "https://127.0.0.1:4583"),
    ],
)
def test_where_the_server_is(shell: Shell, folder: Path, variables: dict[str, str], endpoint: str) -> None:
    assert shell.run("configure", **variables).code == 0
    assert botocore_reads(shell, "parastore")["endpoint"] == endpoint


def test_a_free_port_cannot_be_guessed(shell: Shell, folder: Path) -> None:
    ended = shell.run("configure", PARASTORE_PORT="0")
    assert ended.code == 2
    assert "--endpoint-url" in ended.err
    assert shell.run("configure", "--endpoint-url", "http://127.0.0.1:5000", PARASTORE_PORT="0").code == 0


@pytest.mark.parametrize(
    ("words", "variables", "region"),
    [
        ((), {}, "us-east-1"),
        ((), {"PARASTORE_REGION": "eu-west-3"}, "eu-west-3"),
        (("--region", "eu-north-1"), {"PARASTORE_REGION": "eu-west-3"}, "eu-north-1"),
    ],
)
def test_which_region(
    shell: Shell, folder: Path, words: tuple[str, ...], variables: dict[str, str], region: str
) -> None:
    assert shell.run("configure", *words, **variables).code == 0
    assert botocore_reads(shell, "parastore")["region"] == region


def test_the_region_of_the_first_start(shell: Shell, folder: Path) -> None:
    alter(folder, "UPDATE installation SET value = 'ca-central-1' WHERE name = 'region'")
    assert shell.run("configure").code == 0
    assert botocore_reads(shell, "parastore")["region"] == "ca-central-1"


@pytest.mark.parametrize(
    "words",
    [
        ("--region", "nowhere"),
        ("--endpoint-url", "127.0.0.1:4583"),
        ("--endpoint-url", "ftp://h"),
        ("--endpoint-url", ""),
    ],
)
def test_wrong_words(shell: Shell, folder: Path, words: tuple[str, ...]) -> None:
    ended = shell.run("configure", *words)
    assert ended.code == 2
    assert "must be" in ended.err
    assert not shell.config.exists()


def test_a_secret_from_a_pipe(shell: Shell) -> None:
    ended = shell.run("configure", *ELSEWHERE, "--secret-access-key", "-", stdin=TYPED + "\n")
    assert ended.code == 0
    assert TYPED not in ended.err
    assert botocore_reads(shell, "parastore") == {
        "id": "AKIAELSEWHEREEXAMPLE",
        "secret": TYPED,
        "token": None,
        "region": "us-east-1",
        "endpoint": "https://parastore.example:4583",
    }


def test_a_secret_from_the_environment(shell: Shell) -> None:
    assert shell.run("configure", *ELSEWHERE, PARASTORE_ROOT_SECRET_ACCESS_KEY=TYPED).code == 0
    assert botocore_reads(shell, "parastore")["secret"] == TYPED


def test_both_from_the_environment_as_in_a_container(shell: Shell) -> None:
    variables = {"PARASTORE_ROOT_ACCESS_KEY_ID": "AKIACONTAINEREXAMPLE", "PARASTORE_ROOT_SECRET_ACCESS_KEY": TYPED}
    assert shell.run("configure", **variables).code == 0
    read = botocore_reads(shell, "parastore")
    assert (read["id"], read["secret"]) == ("AKIACONTAINEREXAMPLE", TYPED)


def test_a_secret_typed_on_a_terminal_is_not_shown(shell: Shell) -> None:
    ended = shell.type("configure", *ELSEWHERE, typed=TYPED)
    assert ended.code == 0, ended.terminal
    assert "Secret access key:" in ended.terminal
    assert TYPED not in ended.terminal
    assert botocore_reads(shell, "parastore")["secret"] == TYPED


def test_a_secret_is_never_an_argument(shell: Shell) -> None:
    ended = shell.run("configure", *ELSEWHERE, "--secret-access-key", TYPED)
    assert ended.code == 2
    assert "takes only '-'" in ended.err
    assert TYPED not in ended.err
    assert not shell.credentials.exists()


@pytest.mark.parametrize("typed", ["", "short", f"{TYPED} ", f" {TYPED}", f"{TYPED}\n\n", f"{TYPED}\nmore", "x" * 999])
def test_what_is_no_secret_is_refused_without_showing_it(shell: Shell, typed: str) -> None:
    ended = shell.run("configure", *ELSEWHERE, "--secret-access-key", "-", stdin=typed)
    assert ended.code == 2
    assert "A secret access key must be" in ended.err
    assert TYPED not in ended.err


def test_nobody_to_ask(shell: Shell) -> None:
    ended = shell.run("configure", *ELSEWHERE)
    assert ended.code == 2
    assert "--secret-access-key -" in ended.err


@pytest.mark.parametrize(
    "words", [(*ELSEWHERE, "--account", ACCOUNT), ("--secret-access-key", "-"), ("--access-key-id", "short")]
)
def test_words_that_do_not_go_together(shell: Shell, folder: Path, words: tuple[str, ...]) -> None:
    assert shell.run("configure", *words).code == 2
    assert not shell.config.exists()


def test_no_server_here(shell: Shell, tmp_path: Path) -> None:
    ended = shell.run("configure", "--data-dir", str(tmp_path / "none"))
    assert ended.code == 2
    assert "parastore serve" in ended.err
    assert "--access-key-id" in ended.err


def test_what_would_win_over_the_profile_is_told(shell: Shell, folder: Path) -> None:
    ended = shell.run("configure", AWS_ACCESS_KEY_ID="AKIAEXPORTED", AWS_ENDPOINT_URL_SSM="http://h")
    assert ended.code == 0
    assert "AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL_SSM would win over the profile" in ended.err


def test_a_profile_is_all_that_a_client_needs(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(tmp_path / "served") as server:
        variables = place(server.folder) | {"PARASTORE_PORT": str(server.port)}
        assert shell.run("configure", **variables).code == 0
        for name in [each for each in os.environ if each.startswith("AWS_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("HOME", str(shell.home))
        client = botocore.session.Session(profile="parastore").create_client("ssm")
        client.put_parameter(Name="/myapp/prod/db/password", Value="s3cr3t", Type="SecureString")
        answer = client.get_parameter(Name="/myapp/prod/db/password", WithDecryption=True)
        assert answer["Parameter"]["Value"] == "s3cr3t"
