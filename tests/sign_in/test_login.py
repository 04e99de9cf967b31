"""`parastore login` as a person runs it, against a real provider; and the profile it writes, as AWS clients use it."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import boto3
import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.cli.running import Ended, Shell
from tests.issuer import CLIENT_ID, Acme, sign_in

from parastore.client.connect import Failure
from parastore.login.issuer import Issuer
from parastore.login.server import Offer

ROOT = Path(__file__).parents[2]
DENIED, REFUSED, UNABLE = 4, 5, 2


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "home").mkdir()
    return Shell(tmp_path / "home")


class Login:
    """`parastore login` under way: the address it shows, and how it ended."""

    def __init__(self, shell: Shell, words: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "parastore", "login", *words],
            env=shell.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""

    def wait_for(self, pattern: str) -> str:
        """What it says that matches."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said += line
            if found := re.search(pattern, line):
                return found[0]
        raise AssertionError(self.said)

    @property
    def question(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    @property
    def url(self) -> str:
        if not hasattr(self, "_url"):
            self._url = self.wait_for(r"http://\S+/auth\S+")
        return self._url

    def end(self) -> Ended:
        out, err = self._process.communicate(timeout=60)
        return Ended(self._process.returncode, out, self.said + err)


@contextmanager
def login(shell: Shell, acme: Acme, *words: str) -> Iterator[Login]:
    browser = () if "BROWSER" in shell.variables else ("--no-browser",)
    under_way = Login(shell, (*browser, "--endpoint-url", acme.server.url, *words))
    try:
        yield under_way
    finally:
        under_way._process.kill()
        under_way._process.communicate()


def sign_in_as(name: str, shell: Shell, acme: Acme, *words: str) -> Ended:
    """All of it, up to the browser's last page."""
    with login(shell, acme, *words) as under_way:
        back = sign_in(under_way.url, name, until=under_way.question["redirect_uri"])
        page = requests.get(back, timeout=30)
        assert (page.status_code, "close this page" in page.text) == (200, True)
        return under_way.end()


def kept(shell: Shell, profile: str = "parastore") -> Path:
    return shell.home / ".cache" / "parastore" / "login" / f"{profile}.json"


def identity(shell: Shell, acme: Acme) -> str:
    """Whose credentials AWS clients are given for the profile, or why none."""
    ended = shell.run("login", "--credential-process")
    if ended.code != 0:
        return ended.err
    given = json.loads(ended.out)
    assert given["Version"] == 1
    sts = boto3.client(
        "sts",
        endpoint_url=acme.server.url,
        region_name="us-east-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    arn: str = sts.get_caller_identity()["Arn"]
    sts.close()
    return arn


def boto3_says(shell: Shell, call: str, profile: str = "parastore") -> Any:
    """What boto3 with the profile gets, or the error."""
    program = (
        "import boto3, botocore.exceptions, json\n"
        f"try: print(json.dumps({call}, default=str))\n"
        "except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:\n"
        " print(json.dumps(str(error)))"
    )
    environ = shell.environ | {"AWS_PROFILE": profile}
    ended = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


WHO = "boto3.client('sts').get_caller_identity()['Arn']"
PUT = "boto3.client('ssm').put_parameter(Name='/x', Value='v', Type='String', Overwrite=True)['Tier']"


def age(shell: Shell, seconds: int) -> None:
    """Make what is kept end so many seconds from now."""
    content = json.loads(kept(shell).read_text())
    content["credentials"]["Expiration"] = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    kept(shell).write_text(json.dumps(content))


def test_a_person_signs_in_and_aws_clients_have_the_role(shell: Shell, acme: Acme) -> None:
    seen = shell.home / "seen"
    opener = shell.home / "browser"
    # One that stays in the foreground for a while.
    opener.write_text(f'#!/bin/sh\necho "$1" > {seen}\nexec sleep 3 >/dev/null 2>&1\n')
    opener.chmod(0o700)
    shell.variables["BROWSER"] = f"{opener} %s"
    ended = sign_in_as("bob", shell, acme)
    assert (ended.code, ended.out) == (0, ""), ended.err
    assert seen.read_text().strip() in ended.err
    assert f"Signed in as {acme.reader}" in ended.err
    assert "AWS_PROFILE=parastore aws ssm get-parameter" in ended.err
    assert boto3_says(shell, WHO).endswith(":assumed-role/reader/bob@example.com")
    assert "not authorized to perform: ssm:PutParameter" in boto3_says(shell, PUT)
    aws = [
        str(Path(sys.executable).with_name("aws")),
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
    ]
    said = subprocess.run(
        aws, env=shell.environ | {"AWS_PROFILE": "parastore"}, capture_output=True, text=True, check=True
    )
    assert said.stdout.endswith(":assumed-role/reader/bob@example.com\n")
    # Nothing secret is in the profile; what is kept is the person's own.
    assert shell.config.read_text() == (
        f"[profile parastore]\nregion = us-east-1\nendpoint_url = {acme.server.url}\ncredential_process = "
        f"{sys.executable} -P -m parastore login --credential-process --profile parastore\n"
    )
    assert not shell.credentials.exists()
    assert stat.S_IMODE(kept(shell).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept(shell).parent.stat().st_mode) == 0o700


def test_the_question_is_for_this_sign_in_alone(shell: Shell, acme: Acme) -> None:
    with login(shell, acme) as one, login(shell, acme) as two:
        assert one.question["code_challenge_method"] == "S256"
        assert one.question["response_type"] == "code"
        assert urlsplit(one.question["redirect_uri"]).hostname == "127.0.0.1"
        for name in ("state", "nonce", "code_challenge"):
            assert len(one.question[name]) >= 43
            assert one.question[name] != two.question[name]


def test_another_state_is_refused_and_waited_past(shell: Shell, acme: Acme) -> None:
    with login(shell, acme) as under_way:
        redirect_uri = under_way.question["redirect_uri"]
        for query in ("", "?state=", "?code=abc", "?code=abc&state=wrong", "?error=access_denied&state=x"):
            assert requests.get(redirect_uri + query, timeout=30).status_code == 400
        back = sign_in(under_way.url, "bob", until=redirect_uri)
        assert requests.get(back, timeout=30).status_code == 200
        assert under_way.end().code == 0


def test_another_nonce_is_refused(shell: Shell, acme: Acme) -> None:
    """Somebody lets a code of their own sign-in, with its nonce, be redeemed: the ID token is not of this one."""
    with login(shell, acme) as under_way:
        asked = under_way.question | {"nonce": "another"}
        page = under_way.url.partition("?")[0]
        back = sign_in(f"{page}?{urlencode(asked)}", "ann", until=asked["redirect_uri"])
        requests.get(back, timeout=30)
        ended = under_way.end()
    assert ended.code == DENIED
    assert "belongs to another sign-in (nonce)" in ended.err
    assert not kept(shell).exists()
    assert not shell.config.exists()


def test_a_code_of_another_verifier_is_refused(shell: Shell, acme: Acme) -> None:
    with login(shell, acme) as one, login(shell, acme) as two:
        asked = one.question | {"code_challenge": two.question["code_challenge"]}
        page = one.url.partition("?")[0]
        back = sign_in(f"{page}?{urlencode(asked)}", "ann", until=asked["redirect_uri"])
        requests.get(back, timeout=30)
        ended = one.end()
    assert ended.code == DENIED
    assert "invalid_grant" in ended.err


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("error=access_denied&error_description=not+today", "Acme refuses: access_denied: not today"),
        ("code=abc&iss=https://id.example.com", "another issuer answered"),
        ("code=abc", "Acme refuses: invalid_grant"),
    ],
)
def test_what_else_the_browser_may_bring(shell: Shell, acme: Acme, query: str, told: str) -> None:
    with login(shell, acme) as under_way:
        address = f"{under_way.question['redirect_uri']}?{query}&state={under_way.question['state']}"
        requests.get(address, timeout=30)
        ended = under_way.end()
    assert ended.code == DENIED
    assert told in ended.err


def test_a_group_without_a_role(shell: Shell, acme: Acme) -> None:
    ended = sign_in_as("cho", shell, acme)
    assert ended.code == DENIED
    assert "cho@example.com: the token names no group, so you have no role here" in ended.err
    assert not shell.config.exists()


def test_several_roles(shell: Shell, acme: Acme) -> None:
    ended = sign_in_as("ann", shell, acme)
    assert ended.code == UNABLE
    assert f"choose a role with --role: {acme.reader}, {acme.writer}, {acme.closed}" in ended.err
    ended = sign_in_as("ann", shell, acme, "--role", acme.writer.replace("writer", "none"))
    assert ended.code == DENIED
    assert "is not among your roles" in ended.err
    ended = sign_in_as("ann", shell, acme, "--role", acme.closed)
    assert ended.code == DENIED
    assert "Its trust policy decides as well" in ended.err
    assert sign_in_as("ann", shell, acme, "--role", acme.writer, "--region", "eu-west-1").code == 0
    assert "region = eu-west-1" in shell.config.read_text()
    # Again: the same role, and the Region that the profile has.
    assert sign_in_as("ann", shell, acme).code == 0
    assert identity(shell, acme).endswith(":assumed-role/writer/ann@example.com")
    assert "region = eu-west-1" in shell.config.read_text()


def test_a_role_is_chosen_on_a_terminal(shell: Shell, acme: Acme) -> None:
    person = shell.home / "person.py"
    person.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import requests\n"
        "from urllib.parse import parse_qs, urlsplit\n"
        "from tests.issuer import sign_in\n"
        "back = parse_qs(urlsplit(sys.argv[1]).query)['redirect_uri'][0]\n"
        "requests.get(sign_in(sys.argv[1], 'ann', until=back), timeout=30)\n"
    )
    shell.variables["BROWSER"] = f"{sys.executable} {person} %s"
    ended = shell.type("login", "--endpoint-url", acme.server.url, typed="2")
    assert ended.code == 0, ended.terminal
    assert f"  1  {acme.reader}" in ended.terminal
    assert f"Signed in as {acme.writer}" in ended.terminal


def test_credentials_are_renewed_without_the_person_until_they_are_forgotten(shell: Shell, acme: Acme) -> None:
    assert sign_in_as("bob", shell, acme).code == 0
    first = json.loads(kept(shell).read_text())
    age(shell, 60)
    # Several clients at once: the refresh token is good for one use only.
    answers: list[Any] = []
    clients = [threading.Thread(target=lambda: answers.append(identity(shell, acme))) for _ in range(2)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    assert all(each.endswith(":assumed-role/reader/bob@example.com") for each in answers), answers
    second = json.loads(kept(shell).read_text())
    assert second["credentials"]["AccessKeyId"] != first["credentials"]["AccessKeyId"]
    assert second["refresh_token"] != first["refresh_token"]
    assert stat.S_IMODE(kept(shell).stat().st_mode) == 0o600

    assert shell.run("logout").code == 0
    assert not kept(shell).exists()
    assert "sign in again: parastore login --profile parastore" in identity(shell, acme)
    ended = shell.run("get", "/x", "--profile", "parastore")
    assert (ended.code, ended.err.splitlines()[-1].endswith(": parastore login --profile parastore")) == (DENIED, True)
    # The issuer was told: what somebody may have copied renews nothing.
    kept(shell).write_text(json.dumps(second))
    age(shell, -60)
    ended = shell.run("login", "--credential-process")
    assert (ended.code, ended.out) == (DENIED, "")
    assert "invalid_grant" in ended.err
    assert second["refresh_token"] not in ended.err
    assert "Nobody is signed in" not in shell.run("logout").err
    assert "Nobody is signed in" in shell.run("logout").err


def test_credentials_that_still_hold_are_given_when_they_cannot_be_renewed(shell: Shell, acme: Acme) -> None:
    assert sign_in_as("bob", shell, acme).code == 0
    content = json.loads(kept(shell).read_text())
    kept(shell).write_text(json.dumps(content | {"refresh_token": "of no use"}))
    age(shell, 60)
    assert identity(shell, acme).endswith(":assumed-role/reader/bob@example.com")
    age(shell, -1)
    assert "sign in again: parastore login" in identity(shell, acme)
    kept(shell).write_text("{")
    assert "sign in again: parastore login" in identity(shell, acme)


def test_on_another_device(shell: Shell, acme: Acme) -> None:
    with login(shell, acme, "--use-device-code") as under_way:
        address = under_way.wait_for(r"http://\S+user_code=\S+")
        assert "Sign-in Success" in sign_in(address, "bob")
        ended = under_way.end()
    assert ended.code == 0, ended.err
    assert identity(shell, acme).endswith(":assumed-role/reader/bob@example.com")


def test_other_credentials_of_the_profile_stay_unless_forced(shell: Shell, acme: Acme) -> None:
    shell.config.parent.mkdir()
    shell.credentials.write_text("[parastore]\naws_access_key_id = AKIAMINE\naws_secret_access_key = hush\n")
    ended = shell.run("login", "--no-browser", "--endpoint-url", acme.server.url)
    assert ended.code == UNABLE
    assert "other credentials: aws_access_key_id" in ended.err
    assert sign_in_as("bob", shell, acme, "--force").code == 0
    assert identity(shell, acme).endswith(":assumed-role/reader/bob@example.com")
    shell.config.write_text("[profile parastore]\nrole_arn = x\nsource_profile = y\n")
    ended = shell.run("login", "--force", "--endpoint-url", acme.server.url)
    assert (ended.code, "by role_arn" in ended.err) == (UNABLE, True)


def test_id_tokens_that_do_not_hold(acme: Acme) -> None:
    offer = Offer(acme.issuer.url, CLIENT_ID, ("openid",), "Acme", 3600)
    issuer, now = Issuer(offer), int(time.time())
    good: list[dict[str, Any]] = [{}, {"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "x"], "azp": CLIENT_ID}]
    for claims in good:
        assert issuer._claims(acme.issuer.token("ann", **claims))["sub"] == "ann"
    bad: list[dict[str, Any]] = [
        {"exp": now - 61},
        {"iat": now + 3600},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "x"]},
        {"aud": [CLIENT_ID, "x"], "azp": "x"},
        {"iss": "https://id.example.com"},
        {"sub": None},
    ]
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    tokens = [acme.issuer.token("ann", **claims) for claims in bad]
    content = jwt.decode(acme.issuer.token("ann"), options={"verify_signature": False})
    tokens += [jwt.encode(content, stranger, "RS256", {"kid": each}) for each in ("k1", "k2")]
    tokens += [jwt.encode(content, "", "none"), "no.token.atall"]
    for token in tokens:
        with pytest.raises(Failure, match="ID token of Acme") as raised:
            issuer._claims(token)
        assert token not in str(raised.value)
    with pytest.raises(Failure, match="says it is another issuer"):
        Issuer(Offer(acme.issuer.url.replace("127.0.0.1", "localhost"), CLIENT_ID, ("openid",), "Acme", 3600))


def test_where_nobody_can_sign_in(shell: Shell, acme: Acme) -> None:
    rows = [
        ("http://parastore.example:4583", REFUSED, "must be https://"),
        ("http://127.0.0.1:9", 6, "cannot reach the server at http://127.0.0.1:9"),
        (acme.issuer.url, REFUSED, "is no Parastore that people can sign in to"),
    ]
    for url, code, told in rows:
        ended = shell.run("login", "--no-browser", "--endpoint-url", url)
        assert (ended.code, told in ended.err) == (code, True), ended.err
    # Without an address it is the server of this machine, where its settings say.
    ended = shell.run("login", "--issuer", "https://id.example.com", PARASTORE_PORT=str(acme.server.port))
    assert (ended.code, f"choose with --issuer: {acme.issuer.url}" in ended.err) == (UNABLE, True)
