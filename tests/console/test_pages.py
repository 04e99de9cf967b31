"""Every page, in both languages, light and dark: axe finds nothing serious, and a picture of it is kept.

`docs/console/` holds the pictures; they are written anew with PARASTORE_SCREENSHOTS=1 and looked at by whoever does.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.conftest import ClientFactory
from tests.console.browser import ROOT, Console
from tests.console.conftest import OpenConsole

from parastore.testing.server import Keys, Server

PICTURES = ROOT / "docs" / "console"
POLICIES = (
    '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2030-12-02T21:34:33.000Z"}},'
    '{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Days"}}]'
)


READ_WEB = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ssm:Get*", "Resource": "arn:aws:ssm:*:*:parameter/web/*"}],
    }
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


@pytest.fixture
def stocked(ssm: Any, server: Server, keys: Keys, client_for: ClientFactory) -> None:
    """What pictures of a small company's parameters and people need."""
    iam = client_for(server, keys, service="iam")
    iam.create_user(UserName="alice")
    iam.create_access_key(UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="read-web", PolicyDocument=READ_WEB)
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=TRUST)
    kms = client_for(server, keys, service="kms")
    key_id = kms.create_key(Tags=[{"TagKey": "team", "TagValue": "web"}])["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/web", TargetKeyId=key_id)
    grantee = f"arn:aws:iam::{keys.account}:role/deployer"
    kms.create_grant(KeyId=key_id, GranteePrincipal=grantee, Operations=["Decrypt", "DescribeKey"], Name="deploy")
    for environment in ("dev", "staging", "prod"):
        for app in ("billing", "web"):
            base = f"/{app}/{environment}"
            tags = [{"Key": "team", "Value": app}]
            ssm.put_parameter(Name=f"{base}/db/host", Value=f"{environment}.db.example.com", Type="String", Tags=tags)
            ssm.put_parameter(Name=f"{base}/db/password", Value=f"pass-{environment}", Type="SecureString", Tags=tags)
            if environment != "staging":
                ssm.put_parameter(Name=f"{base}/hosts", Value="alpha,beta,gamma", Type="StringList")
    for port in (5432, 5433, 5434):
        value = f"host: db.example.com\nport: {port}\nssl: true"
        ssm.put_parameter(Name="/web/prod/db/host", Value=value, Overwrite=True)
    ssm.label_parameter_version(Name="/web/prod/db/host", ParameterVersion=3, Labels=["live"])
    ssm.put_parameter(
        Name="/web/prod/license",
        Value="abc",
        Type="SecureString",
        Tier="Advanced",
        Policies=POLICIES,
        Description="Yearly",
    )


def _nothing(tab: Console) -> None:
    """The page as it opens."""


def _chosen(tab: Console) -> None:
    boxes = tab.page.get_by_role("checkbox")
    boxes.nth(1).check(force=True)
    boxes.nth(2).check(force=True)
    tab.page.get_by_role("button").filter(has_text=WORDS["delete"][tab.language]).first.click()
    tab.dialog.get_by_role("textbox").wait_for()


def _diff(tab: Console) -> None:
    boxes = tab.page.get_by_role("checkbox")
    boxes.nth(1).wait_for()
    boxes.nth(1).check(force=True)
    boxes.nth(3).check(force=True)
    tab.button(WORDS["compare"][tab.language]).click()
    tab.dialog.locator(".diff").wait_for()


def _revealed(tab: Console) -> None:
    tab.button(WORDS["reveal"][tab.language]).click()
    tab.page.locator("pre.value").wait_for()


def _pasted(tab: Console) -> None:
    tab.page.locator("textarea").fill("DB_HOST=db.example.com\nDB_PASSWORD=correct-horse-battery\n# note\nPORT=8080\n")
    tab.page.get_by_text("/myapp/dev/PORT").wait_for()


def _key(tab: Console) -> None:
    tab.page.get_by_role("radio").first.check(force=True)
    tab.page.locator(".code textarea").wait_for()


def _grants(tab: Console) -> None:
    tab.page.get_by_role("row").filter(has_text="alias/web").get_by_role("radio").check(force=True)
    tab.page.get_by_role("row").filter(has_text="Decrypt, DescribeKey").scroll_into_view_if_needed()


def _typed(tab: Console) -> None:
    tab.page.get_by_role("textbox").first.fill("/web/prod/db_password")
    tab.page.locator("textarea").fill("hunter2-hunter2")
    tab.page.locator("[class*=awsui_alert]").first.wait_for()


def _simulated(tab: Console) -> None:
    tab.page.get_by_role("button", name=WORDS["who"][tab.language]).click()
    tab.page.get_by_role("option", name="alice").click()
    areas = tab.page.locator("textarea")
    areas.first.fill("ssm:GetParameter\nssm:PutParameter")
    areas.last.fill("arn:aws:ssm:us-east-1:111122223333:parameter/web/prod/db/host")
    tab.button(WORDS["simulate"][tab.language]).click()
    tab.page.get_by_text("ssm:PutParameter").last.wait_for()
    tab.settle()


def _record(tab: Console) -> None:
    tab.page.get_by_role("table").get_by_role("button").first.click()
    tab.dialog.locator("pre").wait_for()


def _copied(tab: Console) -> None:
    tab.page.locator("th .row-checkbox").first.check()
    tab.button(WORDS["copy"][tab.language]).click()
    tab.dialog.locator("tbody .mono").first.wait_for()
    tab.dialog.locator("tbody").scroll_into_view_if_needed()


WORDS = {
    "copy": {"en": "Copy across", "ko": "옮겨 복사"},
    "who": {"en": "Who", "ko": "주체"},
    "simulate": {"en": "Simulate", "ko": "시뮬레이션"},
    "delete": {"en": "Delete", "ko": "삭제"},
    "compare": {"en": "Compare", "ko": "비교"},
    "reveal": {"en": "Show decrypted value", "ko": "복호화된 값 표시"},
}
PAGES: dict[str, tuple[str, Callable[[Console], None]]] = {
    "parameters": ("/parameters", _nothing),
    "filtered": ("/parameters?filter=Type~%3D~SecureString&path=%2Fweb", _nothing),
    "no-match": ("/parameters?filter=Name~%3A~nowhere", _nothing),
    "delete": ("/parameters", _chosen),
    "create": ("/parameters/create", _typed),
    "edit": ("/parameters/edit?name=/web/prod/license", _nothing),
    "detail": ("/parameters/detail?name=/web/prod/license", _nothing),
    "revealed": ("/parameters/detail?name=/web/prod/db/password", _revealed),
    "history": ("/parameters/detail?name=/web/prod/db/host&tab=history", _nothing),
    "difference": ("/parameters/detail?name=/web/prod/db/host&tab=history", _diff),
    "tags": ("/parameters/detail?name=/web/dev/db/host&tab=tags", _nothing),
    "sharing": ("/parameters/detail?name=/web/prod/license&tab=sharing", _nothing),
    "activity": ("/parameters/detail?name=/web/prod/db/host&tab=activity", _nothing),
    "use": ("/parameters/detail?name=/web/prod/license&tab=use", _nothing),
    "gone": ("/parameters/detail?name=/not/there", _nothing),
    "import": ("/import", _pasted),
    "compare": ("/compare?path=/web/dev&path=/web/staging&path=/web/prod", _nothing),
    "copy": ("/compare?path=/web/dev&path=/web/prod", _copied),
    "keys": ("/keys", _key),
    "grants": ("/keys", _grants),
    "users": ("/users", _nothing),
    "user": ("/users/detail?name=alice", _nothing),
    "roles": ("/roles", _nothing),
    "role": ("/roles/detail?name=deployer", _nothing),
    "policies": ("/policies", _nothing),
    "policy": ("/policies/detail?arn=arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess", _nothing),
    "simulator": ("/simulator", _simulated),
    "trail": ("/trail?by=ReadOnly&is=false", _nothing),
    "record": ("/trail?by=EventName&is=LabelParameterVersion", _record),
    "trail-empty": ("/trail?by=Username&is=nobody", _nothing),
    "health": ("/health", _nothing),
    "settings": ("/settings", _nothing),
    "nowhere": ("/nowhere", _nothing),
}


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(("language", "dark"), [("en", False), ("ko", True)], ids=["english", "korean"])
def test_every_page_is_accessible(
    open_console: OpenConsole, server: Server, keys: Keys, language: str, dark: bool
) -> None:
    tab = open_console(server, language=language, dark=dark)
    tab.open()
    found = {"sign-in": tab.violations()}
    keep(tab, "sign-in")
    tab.sign_in(keys)
    for name, (path, prepare) in PAGES.items():
        tab.go(path)
        prepare(tab)
        found[name] = tab.violations()
        keep(tab, name)
        if tab.dialog.count():
            tab.page.keyboard.press("Escape")
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_small_screen(open_console: OpenConsole, server: Server, keys: Keys, stocked: None) -> None:
    tab = open_console(server, width=420)
    tab.sign_in(keys)
    tab.page.get_by_role("link", name="/web/dev/db/host").wait_for()
    assert tab.violations() == []
    # Nothing is wider than the screen; the table scrolls by itself.
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 420
    keep(tab, "small")


def keep(tab: Console, name: str) -> None:
    """Write the picture where pictures are asked for: a palette of 64 colours makes it small."""
    if not os.environ.get("PARASTORE_SCREENSHOTS"):
        return
    folder = PICTURES / tab.language
    folder.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(tab.page.screenshot())).convert("RGB")
    picture.quantize(64).save(folder / f"{name}.png", optimize=True)


def pictures() -> Iterator[Path]:
    return PICTURES.rglob("*.png")


def test_the_pictures_are_there_and_small() -> None:
    names = {"sign-in", *PAGES}
    for language in ("en", "ko"):
        assert names <= {path.stem for path in (PICTURES / language).glob("*.png")}
    assert [path.name for path in pictures() if path.stat().st_size > 150_000] == []
