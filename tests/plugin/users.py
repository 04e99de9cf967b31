"""A user's test module; test_plugin.py runs it with pytest in a process of its own."""

import json
import time

import boto3
import botocore.config
import botocore.exceptions
import pytest

FAST = botocore.config.Config(retries={"total_max_attempts": 1})


def code_under_test(name="/myapp/host"):
    return boto3.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]


@pytest.fixture(scope="session")
def accounts():
    return set()


@pytest.mark.parametrize("number", range(4))
def test_every_test_has_an_account_of_its_own(parastore, accounts, number):
    assert parastore.account not in accounts
    accounts.add(parastore.account)
    assert boto3.client("ssm").describe_parameters()["Parameters"] == []
    parastore.put("/myapp/host", "h")
    assert code_under_test() == "h"


@pytest.mark.parastore_seed({"/myapp/host": "h", "/myapp/names": ["a", "b"]}, secure={"/myapp/password": "p"})
def test_seeded(parastore):
    assert code_under_test() == "h"
    assert code_under_test("/myapp/names") == "a,b"
    kinds = {each["Name"]: each["Type"] for each in boto3.client("ssm").describe_parameters()["Parameters"]}
    assert kinds == {"/myapp/host": "String", "/myapp/names": "StringList", "/myapp/password": "SecureString"}


@pytest.mark.parastore_seed("seed.json")
def test_seeded_from_a_file(parastore):
    assert code_under_test() == "from a file"


def test_a_refused_seed_says_why(parastore):
    with pytest.raises(ValueError, match="PutParameter /aws/x: No access to reserved parameter name"):
        parastore.put("/aws/x", "y")


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "ThrottlingException", 400),
        ("access_denied", "AccessDeniedException", 400),
        ("expired_token", "ExpiredTokenException", 400),
        ("internal_error", "InternalServerError", 500),
    ],
)
@pytest.mark.parastore_seed({"/myapp/host": "h"})
def test_faults(parastore, kind, code, status):
    fault = parastore.fault(kind, operation="GetParameter")
    client = boto3.client("ssm", config=FAST)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        client.get_parameter(Name="/myapp/host")
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert fault.happened == 1
    assert parastore.get("/myapp/host") == "h"
    assert client.get_parameters(Names=["/myapp/host"])["Parameters"]
    parastore.well()
    assert client.get_parameter(Name="/myapp/host")


@pytest.mark.parastore_seed({"/myapp/host": "h"})
@pytest.mark.parastore_fault("throttle", operation="GetParameter", times=1)
def test_boto3_tries_again(parastore):
    assert code_under_test() == "h"


@pytest.mark.parastore_fault("latency", seconds=0.3)
@pytest.mark.parastore_seed({"/myapp/host": "h"})
def test_slow(parastore):
    began = time.monotonic()
    assert code_under_test() == "h"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parastore_fault("empty_pages")
@pytest.mark.parastore_seed({f"/many/{number:02}": str(number) for number in range(25)})
def test_empty_pages(parastore):
    paginator = boto3.client("ssm").get_paginator("get_parameters_by_path")
    pages = [len(page["Parameters"]) for page in paginator.paginate(Path="/many")]
    assert pages == [0, 10, 0, 10, 0, 5]


def test_an_unknown_fault(parastore):
    with pytest.raises(ValueError, match="no fault 'flood': throttle, "):
        parastore.fault("flood")


def test_the_clock(parastore):
    client = boto3.client("ssm")
    policy = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "TIME"}}
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 30 * 86400))
    text = json.dumps([policy]).replace("TIME", later)
    client.put_parameter(Name="/short", Value="x", Type="String", Tier="Advanced", Policies=text)
    parastore.clock.advance(days=31)
    for _ in range(300):
        if not client.describe_parameters()["Parameters"]:
            break
        time.sleep(0.02)
    assert client.describe_parameters()["Parameters"] == []
    assert parastore.clock.time() > time.time() + 30 * 86400


def test_the_clock_is_back(parastore):
    assert abs(parastore.clock.time() - time.time()) < 5
    parastore.put("/x", "y")


@pytest.mark.parametrize("number", range(20))
def test_cheap(parastore, number):
    pass
