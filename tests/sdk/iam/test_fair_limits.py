"""Who goes on being refused is refused without a look for a while, and nobody else is."""

from __future__ import annotations

import dataclasses
import http.client
import urllib.parse

from tests.sdk.iam.conftest import House, allow
from tests.sdk.raw import Raw, Request

from parastore.sigv4.attempts import MOST, MOST_DENIED
from parastore.testing.server import Keys, Server

GET = {"Name": "/fair"}


def until_throttled(server: Server, request: Request, most: int) -> tuple[int, str]:
    """Send a request again and again, on one connection: how often it was refused otherwise, and the text at last."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    try:
        for number in range(most):
            connection.request(request.method, request.target, request.body, request.headers)
            text = connection.getresponse().read().decode()
            if "Rate exceeded" in text:
                return number, text
    finally:
        connection.close()
    raise AssertionError(f"never throttled: {text}")


def test_an_unknown_key(server: Server, keys: Keys, raw: Raw) -> None:
    unknown = dataclasses.replace(keys, access_key_id="AKIA" + keys.account + "FAIR")
    count, text = until_throttled(server, Raw(server, unknown).sign("GetParameter", GET), 4 * MOST)
    assert count >= MOST
    assert f"named {unknown.access_key_id}, with which nobody can sign here. Correct the access key" in text
    assert raw.call("DescribeParameters", {}).json == {"Parameters": []}


def test_denied_calls(server: Server, keys: Keys, house: House) -> None:
    house.ssm.put_parameter(Name="/fair", Value="v", Type="String")
    ann = house.user("ann", allow("ssm:GetParameters", house.parameter("/fair")))
    denied = Raw(server, Keys(keys.account, ann.access_key_id, ann.secret_access_key)).sign("GetParameter", GET)
    count, text = until_throttled(server, denied, 4 * MOST_DENIED)
    assert count >= MOST_DENIED
    assert f"with {ann.access_key_id} were denied ssm:GetParameter. Have it allowed, or stop asking for it" in text
    # What she may, she still may; and others may what is denied to her.
    assert house.client("ssm", ann).get_parameters(Names=["/fair"])["Parameters"][0]["Value"] == "v"
    assert house.ssm.get_parameter(Name="/fair")["Parameter"]["Value"] == "v"


def test_tokens_that_prove_nothing(server: Server, keys: Keys, raw: Raw) -> None:
    role = f"arn:aws:iam::{keys.account}:role/nobody"
    asked = {"Version": "2011-06-15", "Action": "AssumeRoleWithWebIdentity", "RoleArn": role, "RoleSessionName": "ann"}
    body = urllib.parse.urlencode(asked | {"WebIdentityToken": "a.b.c"}).encode()
    headers = {"Host": f"127.0.0.1:{server.port}", "Content-Type": "application/x-www-form-urlencoded"}
    count, text = until_throttled(server, Request("POST", "/", headers, body), 4 * MOST_DENIED)
    assert count >= MOST_DENIED
    assert "with no access key were denied sts:AssumeRoleWithWebIdentity" in text
    # Who signs is somebody else.
    assert raw.call("DescribeParameters", {}).json == {"Parameters": []}
