"""The audit trail in the console: what was done is there, filtered and paged, and who may not look it up is told so."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route
from tests.conftest import ClientFactory
from tests.console.browser import Console
from tests.console.conftest import OpenConsole

from parastore.testing.server import Keys, Server

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    ("name", "metric", "text"),
    [
        ("parastore_audit_altered", "parastore_audit_altered 0.0", "Chain intact so far"),
        ("parastore_audit_altered", "parastore_audit_altered 1.0", "Chain broken"),
        ("parastore_audit_altered", "", "The server does not say"),
        ("parastore_audit_up", "parastore_audit_up 0.0", "No record can be kept"),
    ],
)
def test_the_chain_is_told_of(console: Console, name: str, metric: str, text: str) -> None:
    """The server's own metrics, one of them as it is after that has happened (audit/test_chain.py)."""

    def answer(route: Route) -> None:
        said = route.fetch().text()
        assert re.search(rf"^{name} ", said, re.MULTILINE)
        route.fulfill(body=re.sub(rf"^{name} .*", metric, said, flags=re.MULTILINE))

    console.page.route("**/metrics", answer)
    console.go("/trail")
    console.wait_for_text(text)


def test_the_trail_tells_who_did_what(console: Console, keys: Keys, ssm: Any) -> None:
    ssm.put_parameter(Name="/web/password", Value="correct-horse", Type="SecureString", Description=MARKUP)
    for _ in range(55):
        ssm.get_parameter(Name="/web/password", WithDecryption=True)

    console.go("/trail?by=EventName&is=PutParameter")
    console.wait_for_text("Chain intact so far")
    row = console.page.get_by_role("row").filter(has_text="PutParameter")
    assert all(each in row.inner_text() for each in ("root", "/web/password", "127.0.0.1"))
    row.get_by_role("button", name="PutParameter: show the record").click()
    record = json.loads(console.dialog.locator("pre").inner_text())
    assert (record["eventName"], record["recipientAccountId"]) == ("PutParameter", keys.account)
    assert record["requestParameters"]["description"] == MARKUP
    assert console.dialog.locator("pre *").count() == 0
    assert "correct-horse" not in console.page.content()
    console.button("Close", inside=console.dialog.locator("[class*=footer]").first).click()

    # Another attribute, by the form; a second page; and back to what the address says.
    console.page.get_by_role("button", name="Look up by").click()
    console.page.get_by_role("option", name="Resource name").click()
    console.page.get_by_role("combobox", name="Equals").fill("/web/password")
    console.button("Search").click()
    console.wait_for_text("(50+)")
    assert "by=ResourceName&is=%2Fweb%2Fpassword" in console.page.url
    console.button("Next page").click()
    console.wait_for_text("(56)")
    assert console.page.get_by_role("row").count() == 1 + 6

    console.page.get_by_role("combobox", name="Equals").fill("/web/Password")
    console.button("Search").click()
    console.wait_for_text("No events match")
    console.button("Show everything").click()
    console.page.get_by_role("button", name="LookupEvents: show the record").first.wait_for()
    assert console.page.url.endswith("/trail?range=all")


def test_a_parameters_activity_and_who_may_not_see_it(
    open_console: OpenConsole, server: Server, keys: Keys, ssm: Any, client_for: ClientFactory
) -> None:
    ssm.put_parameter(Name="/web/host", Value="web.example.com", Type="String")
    ssm.put_parameter(Name="/db/host", Value="db.example.com", Type="String")
    iam = client_for(server, keys, service="iam")
    iam.create_user(UserName="erin")
    made = iam.create_access_key(UserName="erin")["AccessKey"]
    may = {"Effect": "Allow", "Action": ["ssm:DescribeParameters", "ssm:GetParameter"], "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [may]}
    iam.put_user_policy(UserName="erin", PolicyName="read", PolicyDocument=json.dumps(document))
    erin_keys = Keys(keys.account, made["AccessKeyId"], made["SecretAccessKey"])

    erin = open_console(server)
    erin.sign_in(erin_keys)
    erin.go("/parameters/detail?name=/web/host")
    erin.wait_for_text("web.example.com")
    erin.page.get_by_role("tab", name="Activity").click()
    erin.wait_for_text("You may not look up events")
    erin.wait_for_text("is not authorized to perform: cloudtrail:LookupEvents")

    may["Action"] = ["ssm:*", "cloudtrail:LookupEvents"]
    iam.put_user_policy(UserName="erin", PolicyName="read", PolicyDocument=json.dumps(document))
    erin.button("Refresh", inside=erin.page.locator("[class*=awsui_alert]").first).click()
    read = erin.page.get_by_role("row").filter(has_text="GetParameter").filter(has_text="user/erin")
    read.wait_for()
    assert "/web/host" in read.inner_text()
    assert erin.page.get_by_role("row").filter(has_text="PutParameter").count() == 1
    assert "/db/host" not in erin.page.get_by_role("table").inner_text()
