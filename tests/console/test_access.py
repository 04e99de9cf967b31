"""Users, roles and policies made in the console, and what those who sign in with them are refused."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import ClientFactory
from tests.console.browser import Console
from tests.console.conftest import OpenConsole

from parastore.testing.server import Keys, Server

READ_WEB = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ssm:GetParameter*", "Resource": "arn:aws:ssm:*:*:parameter/web/*"},
        {"Effect": "Allow", "Action": "ssm:DescribeParameters", "Resource": "*"},
    ],
}


def test_a_user_with_a_policy_signs_in_and_is_refused_what_it_has_no_right_to(
    console: Console, open_console: OpenConsole, server: Server, keys: Keys, ssm: Any
) -> None:
    ssm.put_parameter(Name="/web/host", Value="web.example.com", Type="String")
    ssm.put_parameter(Name="/db/host", Value="db.example.com", Type="String")
    console.go("/users")
    console.button("Create user").click()
    console.dialog.get_by_role("textbox").fill("alice")
    console.button("Create user", inside=console.dialog).click()
    console.page.get_by_role("heading", name="alice").wait_for()

    console.button("Add inline policy").click()
    console.dialog.get_by_role("textbox").first.fill("read-web")
    console.dialog.locator("textarea").fill(json.dumps(READ_WEB))
    console.button("Add inline policy", inside=console.dialog).click()
    console.wait_for_text("read-web was made.")

    console.button("Create access key").click()
    console.wait_for_text("The secret is shown this once.")
    note = console.page.locator("[class*=awsui_alert]").filter(has_text="shown this once").first
    key_id, secret = [text for text in note.inner_text().splitlines() if len(text) in (20, 40) and " " not in text]
    console.go("/users")
    assert secret not in console.page.content()

    alice = open_console(server)
    alice.sign_in(Keys(keys.account, key_id, secret))
    alice.page.get_by_role("link", name="/web/host").click()
    alice.wait_for_text("web.example.com")
    alice.go("/parameters/detail?name=/db/host")
    alice.wait_for_text("Not allowed")
    assert "db.example.com" not in alice.page.content()
    alice.go("/parameters/create")
    alice.field("Name").fill("/web/new")
    alice.page.locator("textarea").fill("x")
    alice.button("Create parameter").click()
    alice.wait_for_text("is not authorized to perform: ssm:PutParameter")
    alice.go("/users")
    alice.wait_for_text("Not allowed")

    console.go("/users/detail?name=alice")
    console.button("Deactivate").click()
    console.wait_for_text("Inactive")
    alice.go("/parameters")
    alice.wait_for_text("This access key is not known here, or is switched off")

    console.button("Delete").first.click()
    console.button("Delete", inside=console.dialog).click()
    console.wait_for_text("alice was deleted.")


def test_a_managed_policy_and_why(console: Console, server: Server, keys: Keys, client_for: ClientFactory) -> None:
    iam = client_for(server, keys, service="iam")
    iam.create_user(UserName="bob")
    console.go("/policies")
    console.button("Create policy").click()
    console.dialog.get_by_role("textbox").first.fill("web-readers")
    console.dialog.locator("textarea").fill("{")
    console.wait_for_text("Not valid JSON")
    console.dialog.locator("textarea").fill(json.dumps(READ_WEB))
    console.button("Create policy", inside=console.dialog).click()
    console.wait_for_text("web-readers was made.")

    console.go("/users/detail?name=bob")
    console.page.get_by_role("button", name="Choose a policy").click()
    console.page.get_by_role("combobox").last.fill("web-readers")
    console.page.get_by_role("option", name="web-readers").click()
    console.button("Attach").click()
    console.button("Detach web-readers").wait_for()
    attached = iam.list_attached_user_policies(UserName="bob")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["web-readers"]

    console.go("/simulator")
    console.page.get_by_role("button", name="Who").click()
    console.page.get_by_role("option", name="bob").click()
    areas = console.page.locator("textarea")
    areas.first.fill("ssm:GetParameter\nssm:DeleteParameter")
    areas.last.fill(f"arn:aws:ssm:us-east-1:{keys.account}:parameter/web/host")
    console.button("Simulate").click()
    table = console.page.get_by_role("table", name="Decision")
    table.get_by_text("Allowed", exact=True).wait_for()
    rows = table.get_by_role("row").all_inner_texts()
    assert any("ssm:GetParameter" in row and "Allowed" in row and "web-readers" in row for row in rows)
    assert any("ssm:DeleteParameter" in row and "nothing allows it" in row for row in rows)

    arn = attached[0]["PolicyArn"]
    console.go(f"/policies/detail?arn={arn}")
    console.page.locator("textarea").fill(json.dumps(READ_WEB, indent=1))
    console.button("Save document").click()
    console.wait_for_text("The document was saved as the new default version.")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"


def test_a_role(console: Console, server: Server, keys: Keys, client_for: ClientFactory) -> None:
    console.go("/roles")
    console.button("Create role").click()
    console.dialog.get_by_role("textbox").first.fill("deployer")
    trust = {"Effect": "Allow", "Principal": {"AWS": keys.account}, "Action": "sts:AssumeRole"}
    console.dialog.locator("textarea").fill(json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    console.button("Create role", inside=console.dialog).click()
    console.page.get_by_role("heading", name="deployer").wait_for()
    role = client_for(server, keys, service="iam").get_role(RoleName="deployer")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == "sts:AssumeRole"
    console.button("Delete").first.click()
    console.button("Delete", inside=console.dialog).click()
    console.wait_for_text("deployer was deleted.")


def test_temporary_credentials_sign_in(
    open_console: OpenConsole, server: Server, keys: Keys, client_for: ClientFactory
) -> None:
    iam, sts = client_for(server, keys, service="iam"), client_for(server, keys, service="sts")
    iam.create_user(UserName="carol")
    made = iam.create_access_key(UserName="carol")["AccessKey"]
    iam.put_user_policy(UserName="carol", PolicyName="all", PolicyDocument=json.dumps(READ_WEB))
    carol = Keys(keys.account, made["AccessKeyId"], made["SecretAccessKey"])
    given = client_for(server, carol, service="sts").get_session_token()["Credentials"]
    assert sts.get_caller_identity()["Account"] == keys.account
    tab = open_console(server)
    tab.open()
    tab.check("I have temporary credentials")
    tab.page.get_by_label("Session token").fill(given["SessionToken"])
    tab.give_keys(Keys(keys.account, given["AccessKeyId"], given["SecretAccessKey"]))
    tab.wait_for_text("No parameters yet")


def test_switch_to_a_role_and_back(
    open_console: OpenConsole, server: Server, keys: Keys, client_for: ClientFactory, ssm: Any
) -> None:
    iam = client_for(server, keys, service="iam")
    ssm.put_parameter(Name="/web/host", Value="web.example.com", Type="String")
    ssm.put_parameter(Name="/db/host", Value="db.example.com", Type="String")
    trust = {"Effect": "Allow", "Principal": {"AWS": keys.account}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName="reader", PolicyName="read-web", PolicyDocument=json.dumps(READ_WEB))
    iam.create_user(UserName="dave")
    made = iam.create_access_key(UserName="dave")["AccessKey"]
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    iam.put_user_policy(
        UserName="dave", PolicyName="switch", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]})
    )

    dave = open_console(server)
    dave.sign_in(Keys(keys.account, made["AccessKeyId"], made["SecretAccessKey"]))
    dave.wait_for_text("Not allowed")
    menu = dave.page.locator("#parastore-top").get_by_role("button").last
    menu.click()
    dave.page.get_by_role("menuitem", name="Switch role").click()
    dave.dialog.get_by_role("textbox").fill(role)
    dave.button("Switch role", inside=dave.dialog).click()
    dave.wait_for_text(f"You go on as {role}.")
    dave.page.get_by_role("link", name="/web/host").wait_for()
    menu.click()
    dave.page.get_by_role("menuitem", name="Switch back").click()
    dave.wait_for_text("Not allowed")
