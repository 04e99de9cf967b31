"""What people come for, done with the keyboard and the mouse, and seen by boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.console.browser import Console
from tests.console.conftest import OpenConsole, in_thread

from parastore.testing.server import Keys, Server


def fill_form(tab: Console, name: str, kind: str, value: str) -> None:
    tab.field("Name").fill(name)
    tab.pick(kind)
    tab.page.locator("textarea").fill(value)


@pytest.mark.parametrize(
    ("kind", "value"), [("String", "db.example.com"), ("StringList", "a,b,c"), ("SecureString", "line 1\nline 2")]
)
def test_create(console: Console, ssm: Any, kind: str, value: str) -> None:
    console.page.get_by_role("link", name="Create parameter").first.click()
    fill_form(console, "/myapp/prod/thing", kind, value)
    console.field("Description").fill("What it is for")
    console.button("Add tag").click()
    console.field("Key").fill("team")
    console.page.get_by_role("textbox").last.fill("core")
    console.button("Create parameter").click()
    console.wait_for_text("/myapp/prod/thing was created.")
    got = ssm.get_parameter(Name="/myapp/prod/thing", WithDecryption=True)["Parameter"]
    assert (got["Type"], got["Value"]) == (kind, value)
    [described] = ssm.describe_parameters()["Parameters"]
    assert described["Description"] == "What it is for"
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/myapp/prod/thing")["TagList"]
    assert tags == [{"Key": "team", "Value": "core"}]


def test_the_form_says_what_is_wrong_before_the_server_does(console: Console, ssm: Any) -> None:
    console.go("/parameters/create")
    console.button("Create parameter").click()
    console.wait_for_text("Give the parameter a name.")
    console.wait_for_text("Give the parameter a value.")
    fill_form(console, "/a/b", "StringList", "one,,two")
    console.wait_for_text("An item is empty")
    console.pick("String")
    console.page.locator("textarea").fill("x" * 4097)
    console.wait_for_text("longer than 4,096 bytes")
    console.page.locator("textarea").fill('{"a": ')
    console.wait_for_text("Not valid JSON")
    console.page.locator("textarea").fill("abc")
    console.field("Allowed pattern").fill("[0-9]+")
    console.wait_for_text("the server would refuse it")
    console.button("Create parameter").click()
    # The pattern is the server's to judge, and its own words are shown.
    console.wait_for_text("ParameterPatternMismatchException")
    assert ssm.describe_parameters()["Parameters"] == []


def test_a_string_that_looks_like_a_secret_becomes_a_secure_string(console: Console, ssm: Any) -> None:
    console.go("/parameters/create")
    fill_form(console, "/myapp/db_password", "String", "correct-horse-battery")
    console.wait_for_text("This looks like a secret")
    console.button("Make it a SecureString").click()
    console.button("Create parameter").click()
    console.wait_for_text("was created.")
    assert ssm.get_parameter(Name="/myapp/db_password")["Parameter"]["Type"] == "SecureString"


def test_a_generated_password(console: Console, ssm: Any) -> None:
    console.go("/parameters/create")
    console.field("Name").fill("/myapp/key")
    console.pick("SecureString")
    console.button("Generate a password").click()
    console.button("Use it").click()
    console.page.keyboard.press("Escape")
    console.button("Create parameter").click()
    console.wait_for_text("was created.")
    assert len(ssm.get_parameter(Name="/myapp/key", WithDecryption=True)["Parameter"]["Value"]) == 32


def test_edit_keeps_a_secret_without_showing_it(console: Console, ssm: Any) -> None:
    ssm.put_parameter(Name="/a/secret", Value="keep me", Type="SecureString")
    console.go("/parameters/edit?name=/a/secret")
    console.field("Description").fill("Now described")
    console.button("Save changes").click()
    console.wait_for_text("now has version 2.")
    assert ssm.get_parameter(Name="/a/secret", WithDecryption=True)["Parameter"]["Value"] == "keep me"
    assert ssm.describe_parameters()["Parameters"][0]["Description"] == "Now described"


def test_policies_and_tier(console: Console, ssm: Any) -> None:
    console.go("/parameters/create")
    fill_form(console, "/a/expiring", "String", "x")
    console.pick("Advanced")
    console.page.locator("input[type=datetime-local]").fill("2031-01-02T03:04")
    console.page.get_by_role("spinbutton").first.fill("3")
    console.button("Create parameter").click()
    console.wait_for_text("was created.")
    [described] = ssm.describe_parameters()["Parameters"]
    policies = [json.loads(each["PolicyText"]) for each in described["Policies"]]
    assert described["Tier"] == "Advanced"
    assert policies[0]["Attributes"] == {"Timestamp": "2031-01-02T03:04:00.000Z"}
    assert policies[1]["Attributes"] == {"Before": "3", "Unit": "Days"}


def test_history_labels_and_restoring(console: Console, ssm: Any) -> None:
    for value in ("one", "two", "three"):
        ssm.put_parameter(Name="/a/b", Value=value, Type="String", Overwrite=True)
    console.go("/parameters/detail?name=/a/b&tab=history")

    console.check("Select version 1")
    console.button("Labels").click()
    console.dialog.get_by_role("combobox").fill("live")
    console.button("Attach", inside=console.dialog).click()
    console.wait_for_text("live is on version 1.")
    console.button("Close", inside=console.dialog).last.click()
    assert ssm.get_parameter(Name="/a/b:live")["Parameter"]["Value"] == "one"

    console.check("Select version 3")
    console.button("Compare").click()
    assert console.dialog.locator(".removed").inner_text() == "\N{MINUS SIGN} one"
    assert console.dialog.locator(".added").inner_text() == "+ three"
    console.button("Close", inside=console.dialog).last.click()

    console.uncheck("Select version 3")
    console.button("Restore").click()
    console.dialog.get_by_text("Nothing but the value.").wait_for()
    assert console.dialog.get_by_text("0", exact=True).count() == 0  # a number of policies is no text
    console.button("Restore", inside=console.dialog).click()
    console.wait_for_text("Version 1 was restored as version 4.")
    assert ssm.get_parameter(Name="/a/b")["Parameter"]["Value"] == "one"


def test_restoring_brings_back_what_a_version_was(console: Console, ssm: Any) -> None:
    expiry = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "2031-01-02T03:04:00.000Z"}}
    ssm.put_parameter(
        Name="/a", Value="s3cr3t", Type="SecureString", Description="first", AllowedPattern="s.*", Tier="Advanced",
        Policies=json.dumps([expiry]),
    )  # fmt: skip
    ssm.put_parameter(
        Name="/a", Value="plain", Type="String", Description="second", AllowedPattern="", Policies="[]", Overwrite=True
    )
    console.go("/parameters/detail?name=/a&tab=history")
    console.check("Select version 1")
    console.button("Restore").click()
    for changed in (
        "String \N{RIGHTWARDS ARROW} SecureString",
        "second \N{RIGHTWARDS ARROW} first",
        "Expiration 2031-01-02",
    ):
        console.dialog.get_by_text(changed).wait_for()
    assert console.violations() == []
    console.button("Restore", inside=console.dialog).click()
    console.wait_for_text("Version 1 was restored as version 3.")
    [now] = ssm.describe_parameters()["Parameters"]
    assert (now["Type"], now["Description"], now["AllowedPattern"], now["Tier"]) == (
        "SecureString", "first", "s.*", "Advanced",
    )  # fmt: skip
    assert [json.loads(each["PolicyText"]) for each in now["Policies"]] == [expiry]
    assert ssm.get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"] == "s3cr3t"


def test_filters_and_the_address(console: Console, ssm: Any) -> None:
    for name, kind in (("/web/dev/host", "String"), ("/web/dev/key", "SecureString"), ("/api/dev/host", "String")):
        ssm.put_parameter(Name=name, Value="x", Type=kind)
    console.button("Refresh").click()
    console.page.get_by_role("link", name="/api/dev/host").wait_for()
    # The tree leads to what lies below a path.
    console.page.get_by_role("treeitem").get_by_text("web", exact=True).click()
    console.page.get_by_role("link", name="/api/dev/host").wait_for(state="hidden")
    assert "path=%2Fweb" in console.page.url
    # What is typed into the filter is a part of the name.
    console.page.get_by_placeholder("Filter by name").fill("key")
    console.page.keyboard.press("Enter")
    console.page.get_by_role("link", name="/web/dev/host").wait_for(state="hidden")
    assert console.page.get_by_role("link", name="/web/dev/key").count() == 1
    assert "filter=Name" in console.page.url
    console.page.go_back()
    console.page.get_by_role("link", name="/web/dev/host").wait_for()


def test_delete_after_typing_the_word(console: Console, ssm: Any) -> None:
    for number in range(12):
        ssm.put_parameter(Name=f"/a/{number:02}", Value="x", Type="String")
    console.button("Refresh").click()
    console.page.get_by_role("link", name="/a/11").wait_for()
    console.check("Select all on this page")
    console.uncheck("Select /a/00")
    console.button("Delete").click()
    confirm = console.button("Delete", inside=console.dialog)
    assert confirm.is_disabled()
    console.dialog.get_by_role("textbox").fill("delete")
    confirm.click()
    console.wait_for_text("11 parameters were deleted.")
    assert [each["Name"] for each in ssm.describe_parameters()["Parameters"]] == ["/a/00"]


def test_tags(console: Console, ssm: Any) -> None:
    tags = [{"Key": "team", "Value": "core"}, {"Key": "old", "Value": "1"}]
    ssm.put_parameter(Name="/a/b", Value="x", Type="String", Tags=tags)
    console.go("/parameters/detail?name=/a/b&tab=tags")
    console.button("Remove tag old").click()
    console.page.get_by_role("textbox").last.fill("web")
    console.button("Save changes").click()
    console.wait_for_text("The tags were saved.")
    left = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/a/b")["TagList"]
    assert left == [{"Key": "team", "Value": "web"}]


def test_share(console: Console, ssm: Any, server: Server, client_for: ClientFactory) -> None:
    ssm.put_parameter(Name="/a/b", Value="for others", Type="String", Tier="Advanced")
    other = in_thread(server.new_account)
    console.go("/parameters/detail?name=/a/b&tab=sharing")
    console.field("Account ids").fill(other.account)
    console.button("Share").click()
    console.wait_for_text("The parameter is shared.")
    arn = ssm.describe_parameters()["Parameters"][0]["ARN"]
    assert client_for(server, other).get_parameter(Name=arn)["Parameter"]["Value"] == "for others"
    console.button("Stop sharing").click()
    console.wait_for_text("no longer shared")
    assert ssm.get_resource_policies(ResourceArn=arn)["Policies"] == []


def test_compare_and_copy_across(console: Console, ssm: Any) -> None:
    for name, value, kind in (
        ("/app/dev/host", "same", "String"),
        ("/app/prod/host", "same", "String"),
        ("/app/dev/key", "dev-key", "SecureString"),
        ("/app/prod/key", "prod-key", "SecureString"),
        ("/app/dev/only", "here", "SecureString"),
    ):
        ssm.put_parameter(Name=name, Value=value, Type=kind)
    console.go("/compare?path=/app/dev&path=/app/prod&secrets=yes")
    console.wait_for_text("1 missing, 1 different")
    assert "dev-key" not in console.page.content()
    console.check("Select only")
    console.button("Copy across").click()
    console.wait_for_text("will be created")
    console.button("Copy 1", inside=console.dialog).click()
    console.wait_for_text("1 parameter was copied to /app/prod.")
    got = ssm.get_parameter(Name="/app/prod/only", WithDecryption=True)["Parameter"]
    assert (got["Value"], got["Type"]) == ("here", "SecureString")


def test_what_is_copied_across_is_whole(console: Console, ssm: Any) -> None:
    expiry = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "2031-01-02T03:04:00.000Z"}}
    for key in ("new", "old"):
        ssm.put_parameter(
            Name=f"/dev/{key}", Value="v1", Type="String", Description="what it is", AllowedPattern="v.*",
            Tier="Advanced", Policies=json.dumps([expiry]), Tags=[{"Key": "team", "Value": "red"}],
        )  # fmt: skip
    ssm.put_parameter(Name="/prod/old", Value="v0", Type="String", Tags=[{"Key": "own", "Value": "yes"}])
    console.go("/compare?path=/dev&path=/prod")
    console.wait_for_text("1 missing, 1 different")
    console.check("Keys to copy")
    console.button("Copy across").click()
    console.button("Copy 2", inside=console.dialog).click()
    console.wait_for_text("were copied to /prod")
    for key, tags in (("new", {"team": "red"}), ("old", {"team": "red", "own": "yes"})):
        filters = [{"Key": "Name", "Values": [f"/prod/{key}"]}]
        [made] = ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
        assert (made["Description"], made["AllowedPattern"], made["Tier"]) == ("what it is", "v.*", "Advanced")
        assert [json.loads(each["PolicyText"]) for each in made["Policies"]] == [expiry]
        given = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=f"/prod/{key}")["TagList"]
        assert {each["Key"]: each["Value"] for each in given} == tags


def test_the_review_of_a_copy_says_what_changes(console: Console, ssm: Any) -> None:
    read: list[str] = []
    console.page.on("request", lambda request: read.append(request.headers.get("x-amz-target", "")))
    block = "{\n" + "".join(f' "key{each}": {each},\n' for each in range(30)) + "}"
    for name, value, kind, more in (
        ("dev/long", block, "String", {}),
        ("dev/new", "v1", "StringList", {"Tags": [{"Key": "team", "Value": "red"}]}),
        ("dev/old", "v1", "String", {"Description": "after"}),
        ("dev/open", "v1", "String", {}),
        ("dev/pass", "dev-key", "SecureString", {}),
        ("dev/same", "v1", "String", {"Tags": [{"Key": "team", "Value": "red"}]}),
        ("dev/tags", "v1", "String", {"Tags": [{"Key": "team", "Value": "red"}]}),
        ("prod/long", block.replace('"key20": 20', '"key20": other'), "String", {}),
        ("prod/old", "v0", "String", {"Description": "before"}),
        ("prod/open", "v0", "SecureString", {}),
        ("prod/pass", "prod-key", "SecureString", {}),
        ("prod/same", "v1", "String", {"Tags": [{"Key": "team", "Value": "red"}, {"Key": "own", "Value": "yes"}]}),
        ("prod/tags", "v1", "String", {}),
    ):
        ssm.put_parameter(Name=f"/{name}", Value=value, Type=kind, **more)
    console.go("/compare?path=/dev&path=/prod")
    console.uncheck("Only what is missing or different")
    console.check("Keys to copy")
    console.button("Copy across").click()
    console.button("Copy 6", inside=console.dialog).wait_for()
    arrow = "\N{RIGHTWARDS ARROW}"
    for key, *said in (
        ("long", "gets a new version", '"key20": other, ', f"{arrow} {{"),
        ("new", "will be created", "Value: v1", "Type: StringList", "Tags: team: red"),
        ("old", "gets a new version", f"Value: v0 {arrow} v1", f"Description: before {arrow} after"),
        ("open", "gets a new version", f"secret: value is not shown {arrow} v1", "no longer encrypted with a KMS key"),
        ("pass", "gets a new version", "secret: value is not shown"),
        ("same", "no change"),
        ("tags", "only its tags change", "The value stays.", f"Tags: team: \N{EN DASH} {arrow} red"),
    ):
        row = console.dialog.get_by_role("row").filter(has_text=f"/prod/{key}")
        for each in said:
            assert each in row.inner_text(), key
    console.dialog.locator("summary").click()
    assert console.dialog.locator(".removed").inner_text().endswith('"key20": other,')
    assert console.dialog.get_by_role("checkbox", name="Select same").is_disabled()
    assert "AmazonSSM.GetParameter" not in read  # not even a secret that is to be copied

    console.uncheck("Select old", inside=console.dialog)
    console.uncheck("Select open", inside=console.dialog)
    console.button("Copy 4", inside=console.dialog).click()
    console.wait_for_text("4 parameters were copied to /prod.")
    made = {each["Name"][6:]: each["Version"] for each in ssm.get_parameters_by_path(Path="/prod")["Parameters"]}
    assert made == {"long": 2, "new": 1, "old": 1, "open": 1, "pass": 2, "same": 1, "tags": 1}
    for key in ("new", "tags"):
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=f"/prod/{key}")["TagList"]
        assert tags == [{"Key": "team", "Value": "red"}]


def test_a_copy_that_fails_goes_on_from_there(
    open_console: OpenConsole, server: Server, keys: Keys, client_for: ClientFactory, ssm: Any
) -> None:
    for key in ("a", "b", "c", "d"):
        ssm.put_parameter(Name=f"/dev/{key}", Value="v1", Type="String", Tags=[{"Key": "team", "Value": "red"}])
        ssm.put_parameter(Name=f"/prod/{key}", Value="v0", Type="String")
    iam = client_for(server, keys, service="iam")
    iam.create_user(UserName="eve")
    made = iam.create_access_key(UserName="eve")["AccessKey"]

    def deny(*statements: tuple[str, str]) -> None:
        allow = {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}
        denied = [
            {"Effect": "Deny", "Action": action, "Resource": f"arn:aws:ssm:*:*:parameter{name}"}
            for action, name in statements
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow, *denied]})
        iam.put_user_policy(UserName="eve", PolicyName="copy", PolicyDocument=document)

    def written() -> dict[str, tuple[int, int]]:
        found = {}
        for each in ssm.get_parameters_by_path(Path="/prod")["Parameters"]:
            tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=each["Name"])["TagList"]
            found[each["Name"][-1]] = (each["Version"], len(tags))
        return found

    deny(("ssm:AddTagsToResource", "/prod/b"), ("ssm:PutParameter", "/prod/c"))
    eve = open_console(server)
    eve.sign_in(Keys(keys.account, made["AccessKeyId"], made["SecretAccessKey"]), "/compare?path=/dev&path=/prod")
    eve.check("Keys to copy")
    eve.button("Copy across").click()
    eve.button("Copy 4", inside=eve.dialog).click()
    row = eve.dialog.get_by_role("row")
    # The value of b is there and its tags are not; a is done, c and d are as they were.
    eve.dialog.get_by_text("Stopped at /prod/b").wait_for()
    eve.wait_for_text("not authorized to perform: ssm:AddTagsToResource")
    assert "copied" in row.filter(has_text="/prod/a").inner_text()
    assert "written, but not its tags: Not allowed" in row.filter(has_text="/prod/b").inner_text()
    assert written() == {"a": (2, 1), "b": (2, 0), "c": (1, 0), "d": (1, 0)}
    assert eve.violations() == []

    # It goes on with what is left: of b the tags only.
    deny(("ssm:PutParameter", "/prod/c"))
    eve.button("Go on with 3", inside=eve.dialog).click()
    eve.dialog.get_by_text("Stopped at /prod/c").wait_for()
    assert "copied" in row.filter(has_text="/prod/b").inner_text()
    assert "failed, nothing was written: Not allowed" in row.filter(has_text="/prod/c").inner_text()
    assert written() == {"a": (2, 1), "b": (2, 1), "c": (1, 0), "d": (1, 0)}

    # Without what fails.
    eve.uncheck("Select c", inside=eve.dialog)
    eve.button("Go on with 1", inside=eve.dialog).click()
    eve.wait_for_text("3 parameters were copied to /prod.")
    assert written() == {"a": (2, 1), "b": (2, 1), "c": (1, 0), "d": (2, 1)}


def test_import_a_dotenv_file(console: Console, ssm: Any) -> None:
    ssm.put_parameter(Name="/myapp/dev/OLD", Value="before", Type="String")
    console.go("/import")
    text = 'export DB_HOST=db.example.com # ours\nDB_PASSWORD="correct\\"horse"\nOLD=after\nEMPTY=\n'
    console.page.locator("input[type=file]").set_input_files(
        {"name": ".env", "mimeType": "text/plain", "buffer": text.encode()}
    )
    console.wait_for_text("Exists")
    console.button("Write 2 parameters").click()
    console.wait_for_text("2 parameters were written.")
    names = ["/myapp/dev/DB_HOST", "/myapp/dev/DB_PASSWORD", "/myapp/dev/OLD", "/myapp/dev/EMPTY"]
    got = ssm.get_parameters(Names=names, WithDecryption=True)
    assert {each["Name"]: (each["Type"], each["Value"]) for each in got["Parameters"]} == {
        "/myapp/dev/DB_HOST": ("String", "db.example.com"),
        "/myapp/dev/DB_PASSWORD": ("SecureString", 'correct"horse'),
        "/myapp/dev/OLD": ("String", "before"),
    }


def test_a_key(console: Console, server: Server, keys: Keys, client_for: ClientFactory, ssm: Any) -> None:
    console.go("/keys")
    console.button("Create key").click()
    console.dialog.get_by_role("textbox").first.fill("alias/mine")
    console.button("Make the key", inside=console.dialog).click()
    console.wait_for_text("The key was made.")
    kms = client_for(server, keys, service="kms")
    described = kms.describe_key(KeyId="alias/mine")["KeyMetadata"]
    assert described["KeyState"] == "Enabled"

    console.page.get_by_role("radio", name="Select alias/mine").check(force=True)
    console.button("Turn rotation on").click()
    console.button("Turn rotation off").wait_for()
    assert kms.get_key_rotation_status(KeyId=described["KeyId"])["KeyRotationEnabled"] is True
    console.button("Disable").click()
    console.button("Enable").wait_for()
    assert kms.describe_key(KeyId="alias/mine")["KeyMetadata"]["KeyState"] == "Disabled"
    console.button("Enable").click()
    console.button("Disable").wait_for()
    console.button("Schedule deletion").click()
    console.button("Schedule deletion", inside=console.dialog).click()
    console.button("Cancel deletion").wait_for()
    assert kms.describe_key(KeyId="alias/mine")["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_a_service_setting(console: Console, ssm: Any) -> None:
    console.go("/settings")
    tier = console.page.get_by_role("button", name="Default tier")
    tier.click()
    console.page.get_by_role("option", name="Intelligent-Tiering").click()
    console.wait_for_text("The setting was changed.")
    setting = "/ssm/parameter-store/default-parameter-tier"
    assert ssm.get_service_setting(SettingId=setting)["ServiceSetting"]["SettingValue"] == "Intelligent-Tiering"
