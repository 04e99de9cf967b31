"""A key's tags and grants in the console."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.console.browser import Console

from parastore.testing.server import Keys, Server


@pytest.fixture
def kms(client_for: ClientFactory, server: Server, keys: Keys) -> Any:
    return client_for(server, keys, service="kms")


def test_tags_and_grants_of_a_key(console: Console, keys: Keys, kms: Any) -> None:
    key_id = kms.create_key(Tags=[{"TagKey": "team", "TagValue": "web"}])["KeyMetadata"]["KeyId"]
    grantee = f"arn:aws:iam::{keys.account}:root"
    for name in ("ci", "backup"):
        kms.create_grant(KeyId=key_id, GranteePrincipal=grantee, Operations=["Decrypt"], Name=name)

    console.go(f"/keys?key={key_id}")
    console.button("Remove tag team").click()
    console.button("Add tag").click()
    console.page.get_by_role("textbox", name="Key", exact=True).fill("stage")
    console.page.get_by_role("textbox", name="Value", exact=True).fill("prod")
    console.button("Save changes").click()
    console.wait_for_text("The tags were saved.")
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "stage", "TagValue": "prod"}]

    row = console.page.get_by_role("table", name="Grants").get_by_role("row").filter(has_text="backup")
    assert grantee in row.inner_text()
    console.button("Revoke backup").click()
    console.button("Revoke", inside=console.dialog).click()
    console.wait_for_text("backup was revoked.")
    assert [each["Name"] for each in kms.list_grants(KeyId=key_id)["Grants"]] == ["ci"]
    console.button("Revoke backup").wait_for(state="detached")
