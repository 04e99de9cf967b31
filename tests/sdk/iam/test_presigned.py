"""Presigned GETs of GetCallerIdentity, by which EKS and Vault let somebody prove who they are; and of nothing else."""

from __future__ import annotations

import http.client
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
from tests.conftest import Client
from tests.sdk.iam.conftest import House, Signer, allow, trust

MISMATCH = "SignatureDoesNotMatch"


def get(url: str, **headers: str) -> tuple[int, str, str]:
    """Status, media type and body; header names with `_` for `-`."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", f"{parts.path}?{parts.query}", headers=named)
        response = connection.getresponse()
        assert response.headers["x-amzn-RequestId"]
        return response.status, response.headers["Content-Type"], response.read().decode()
    finally:
        connection.close()


def code(body: str) -> str:
    found = re.search("<Code>(.*)</Code>", body)
    assert found is not None, body
    return found[1]


def presigned(sts: Client, *, now: datetime | None = None, expires: int = 60, cluster: str | None = None) -> str:
    """As `aws eks get-token` does it: the cluster's name is a signed header."""

    def name(request: Any, **_: Any) -> None:
        if cluster is not None:
            request.headers["x-k8s-aws-id"] = cluster

    sts.meta.events.register("before-sign.sts.GetCallerIdentity", name)
    try:
        with mock.patch("botocore.auth.get_current_datetime", return_value=now or datetime.now(UTC)):
            url: str = sts.generate_presigned_url("get_caller_identity", ExpiresIn=expires, HttpMethod="GET")
    finally:
        sts.meta.events.unregister("before-sign.sts.GetCallerIdentity", name)
    return url


def test_who_shows_the_url(house: House) -> None:
    ann = house.user("ann")
    status, media_type, body = get(presigned(house.client("sts", ann)))
    assert (status, media_type) == (200, "text/xml")
    assert f"<Arn>{house.arn('user/ann')}</Arn>" in body
    assert f"<Account>{house.account}</Account>" in body


def test_as_eks_asks(house: House) -> None:
    """A role's session, the cluster's name signed, and JSON asked for (kubernetes-sigs/aws-iam-authenticator)."""
    role = house.role("node", trust({"AWS": house.arn("root")}))
    bob = house.user("bob", allow("sts:AssumeRole"))
    made = house.client("sts", bob).assume_role(RoleArn=role, RoleSessionName="i-1")["Credentials"]
    url = presigned(house.client("sts", Signer.of(made)), cluster="my-cluster")
    assert "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id" in url
    status, media_type, body = get(url, x_k8s_aws_id="my-cluster", accept="application/json")
    assert (status, media_type) == (200, "application/json")
    (answer,) = json.loads(body).values()
    assert answer["GetCallerIdentityResult"] == {
        "Account": house.account,
        "Arn": f"arn:aws:sts::{house.account}:assumed-role/node/i-1",
        "UserId": f"{house.iam.get_role(RoleName='node')['Role']['RoleId']}:i-1",
    }
    assert list(answer) == ["GetCallerIdentityResult", "ResponseMetadata"]
    for headers in ({}, {"x_k8s_aws_id": "another"}):
        status, _, body = get(url, accept="application/json", **headers)
        error = json.loads(body)["Error"]
        assert (status, error["Code"], error["Type"]) == (403, MISMATCH, "Sender")


def test_what_does_not_hold(house: House) -> None:
    sts = house.client("sts")
    url = presigned(sts)
    signature = url[-64:]
    changed = url.replace(signature, signature[::-1])
    assert [code(get(each)[2]) for each in (changed, url + "&x=1", url.replace("Expires=60", "Expires=61"))] == [
        MISMATCH
    ] * 3
    old = presigned(sts, now=datetime.now(UTC) - timedelta(seconds=61))
    assert (get(old)[0], code(get(old)[2])) == (403, MISMATCH)
    assert "Signature expired" in get(old)[2]
    house.iam.create_user(UserName="gone")
    key = house.iam.create_access_key(UserName="gone")["AccessKey"]
    url = presigned(house.client("sts", Signer(key["AccessKeyId"], key["SecretAccessKey"])))
    assert get(url)[0] == 200
    house.iam.delete_access_key(UserName="gone", AccessKeyId=key["AccessKeyId"])
    assert (get(url)[0], code(get(url)[2])) == (403, "InvalidClientTokenId")


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("sts", "get_session_token", {}),
        ("sts", "assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "s1"}),
        ("iam", "create_user", {"UserName": "ann"}),
        ("iam", "list_users", {}),
    ],
)
def test_no_other_operation_is_asked_by_url(
    house: House, service: str, operation: str, members: dict[str, Any]
) -> None:
    url = house.client(service).generate_presigned_url(operation, members, HttpMethod="GET")
    status, _, body = get(url)
    assert (status, code(body)) == (400, "InvalidAction")
    assert house.iam.list_users()["Users"] == []


def test_without_a_signature_it_is_as_before(house: House) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", house.server.port, timeout=30)
    try:
        connection.request("GET", "/?Action=GetCallerIdentity&Version=2011-06-15")
        response = connection.getresponse()
        assert (response.status, response.headers["Allow"]) == (405, "POST")
        response.read()
        connection.request("GET", "/?Action=GetCallerIdentity", headers={"Accept": "text/html"})
        assert connection.getresponse().status == 307
    finally:
        connection.close()
