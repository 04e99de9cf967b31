"""Pages and tokens of the three listings: nothing skipped, nothing repeated, nothing forged."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk import storage
from tests.sdk.raw import Error, Raw

from parastore.seal.keyring import KeyRing
from parastore.server.unlock import load_ring
from parastore.ssm.rules.versions import Version
from parastore.ssm.store import records
from parastore.storage.protocol import Transaction
from parastore.testing.server import Keys, Server

Members = dict[str, Any]

BY_PATH: Members = {"Path": "/p"}
RECURSIVE: Members = {"Path": "/", "Recursive": True}
FILTERED: Members = {"ParameterFilters": [{"Key": "Path", "Values": ["/p"]}, {"Key": "Type", "Values": ["String"]}]}
LEGACY: Members = {"Filters": [{"Key": "Name", "Values": ["/p/"]}]}
HISTORY: Members = {"Name": "/p/0"}
LISTINGS = [
    ("GetParametersByPath", BY_PATH),
    ("GetParametersByPath", RECURSIVE),
    ("DescribeParameters", {}),
    ("DescribeParameters", FILTERED),
    ("DescribeParameters", LEGACY),
    ("GetParameterHistory", HISTORY),
]
every_listing = pytest.mark.parametrize(("operation", "members"), LISTINGS, ids=str)


def invalid(token: str) -> Error:
    return Error("InvalidNextToken", "Message", f"The following token is invalid: {token}.")  # [R]


@pytest.fixture
def nine(ssm: Client) -> Client:
    """`/p/0` to `/p/8`, the first in nine versions: nine of each kind of entry."""
    for number in range(9):
        ssm.put_parameter(Name=f"/p/{number}", Value="v", Type="String")
    for _ in range(8):
        ssm.put_parameter(Name="/p/0", Value="v", Overwrite=True)
    return ssm


def key(entry: dict[str, Any]) -> tuple[str, int]:
    return entry["Name"], entry["Version"]


def pages(raw: Raw, operation: str, members: dict[str, Any], size: int) -> list[list[tuple[str, int]]]:
    """The keys of all entries, page by page."""
    found = []
    token: dict[str, str] = {}
    while True:
        answer = raw.call(operation, {**members, **token, "MaxResults": size}).json
        found.append([key(each) for each in answer["Parameters"]])
        if "NextToken" not in answer:
            return found
        token = {"NextToken": answer["NextToken"]}


def first_token(raw: Raw, operation: str, members: dict[str, Any]) -> str:
    return str(raw.call(operation, {**members, "MaxResults": 2}).json["NextToken"])


@every_listing
def test_every_size_gives_the_same_whole(raw: Raw, nine: Client, operation: str, members: dict[str, Any]) -> None:
    """[R] the last page has no token, neither when it is short nor when it is exactly full."""
    (whole,) = pages(raw, operation, members, 10)
    assert len(whole) == 9
    for size in (1, 2, 3, 4, 8, 9):
        found = pages(raw, operation, members, size)
        assert [each for page in found for each in page] == whole
        assert [len(page) for page in found[:-1]] == [size] * (len(found) - 1)
        assert found[-1]


@every_listing
def test_the_size_may_change_between_pages(raw: Raw, nine: Client, operation: str, members: dict[str, Any]) -> None:
    """[R/P]"""
    token = first_token(raw, operation, members)
    rest = raw.call(operation, {**members, "NextToken": token}).json
    assert len(rest["Parameters"]) == 7
    assert "NextToken" not in rest


@every_listing
def test_a_page_may_be_asked_for_again(raw: Raw, nine: Client, operation: str, members: dict[str, Any]) -> None:
    token = first_token(raw, operation, members)
    again = [raw.call(operation, {**members, "NextToken": token}).json for _ in range(2)]
    assert again[0] == again[1]


@every_listing
def test_tokens_that_were_never_given(raw: Raw, nine: Client, operation: str, members: dict[str, Any]) -> None:
    for token in ("x", "", "AAAA", "é", "a b", "null", "A" * 5000):
        assert raw.call(operation, {**members, "NextToken": token}).error == invalid(token)


def test_altered_tokens(raw: Raw, nine: Client) -> None:
    """Whichever character is another, even one of which base64 ignores some bits."""
    alphabet = string.ascii_letters + string.digits + "-_+/="
    token = first_token(raw, "GetParametersByPath", BY_PATH)
    altered = [token[:-1], token + "=", token + "A", token + "\n", token[1:], token.swapcase(), token.rstrip("=")]
    altered += [
        token[:at] + alphabet[(alphabet.index(letter) + 1) % len(alphabet)] + token[at + 1 :]
        for at, letter in enumerate(token)
    ]
    altered += [token.replace("-", "+").replace("_", "/")]
    for wrong in altered:
        if wrong != token:
            assert raw.call("GetParametersByPath", {**BY_PATH, "NextToken": wrong}).error == invalid(wrong)


@pytest.mark.parametrize(
    ("operation", "members", "others"),
    [
        (
            "GetParametersByPath",
            RECURSIVE,
            [
                {"Path": "/p", "Recursive": True},
                {"Path": "/", "Recursive": False},
                {**RECURSIVE, "WithDecryption": True},
                {**RECURSIVE, "ParameterFilters": [{"Key": "Type", "Values": ["String"]}]},
            ],
        ),
        (
            "DescribeParameters",
            FILTERED,
            [
                {},
                LEGACY,
                {"ParameterFilters": FILTERED["ParameterFilters"][:1]},
                {"ParameterFilters": [{"Key": "Path", "Values": ["/p", "/q"]}, FILTERED["ParameterFilters"][1]]},
            ],
        ),
        ("GetParameterHistory", HISTORY, [{"Name": "/p/1"}, {**HISTORY, "WithDecryption": True}]),
    ],
    ids=str,
)
def test_a_token_is_of_one_request(
    raw: Raw, nine: Client, operation: str, members: dict[str, Any], others: list[dict[str, Any]]
) -> None:
    """[R/P] of the operation and of all parameters but MaxResults."""
    token = first_token(raw, operation, members)
    for other in others:
        assert raw.call(operation, {**other, "NextToken": token}).error == invalid(token)
    for another, its_members in LISTINGS:
        if another != operation:
            assert raw.call(another, {**its_members, "NextToken": token}).error == invalid(token)
    assert raw.call(operation, {**members, "NextToken": token}).status == 200


def test_a_token_is_of_one_account_and_region(server: Server, keys: Keys, raw: Raw, nine: Client) -> None:
    for operation, members in LISTINGS:
        token = first_token(raw, operation, members)
        for stranger in (Raw(server, server.new_account()), Raw(server, keys, region="eu-central-1")):
            assert stranger.call(operation, {**members, "NextToken": token}).error == invalid(token)


@pytest.mark.parametrize("recursive", [False, True])
def test_writes_and_deletions_between_pages(raw: Raw, ssm: Client, recursive: bool) -> None:
    """What was there all the time is listed once, whatever else comes, changes and goes."""
    stays = [f"/p/{number:02}" for number in range(0, 40, 2)] + ["/p/z/a", "/p/z/b", "/p/z/c"]
    for name in stays + [f"/p/{number:02}" for number in range(1, 40, 4)]:
        ssm.put_parameter(Name=name, Value="v", Type="String")
    seen: list[str] = []
    token: dict[str, str] = {}
    for turn in range(100):
        members = {"Path": "/p", "Recursive": recursive, "MaxResults": 3, **token}
        answer = raw.call("GetParametersByPath", members).json
        seen += [each["Name"] for each in answer["Parameters"]]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
        # The one that the token stands behind goes if it may; others go and come before it and behind it.
        going = [seen[-1]] if seen[-1] not in stays else []
        ssm.delete_parameters(Names=[*going, "/p/05", f"/p/{turn * 4 + 1:02}"])
        for name in (f"/p/{turn * 4 + 3:02}", f"/p/0{turn % 10}x", seen[-1] if seen[-1] in stays else "/p/39"):
            ssm.put_parameter(Name=name, Value="new", Type="String", Overwrite=True)
    expected = stays if recursive else stays[:-3]
    assert [name for name in seen if name in stays] == expected
    assert len(seen) == len(set(seen))


def test_history_between_writes(raw: Raw, nine: Client) -> None:
    """New versions come at the end; a parameter that is gone has no next page."""
    token = first_token(raw, "GetParameterHistory", HISTORY)
    nine.put_parameter(Name="/p/0", Value="v", Overwrite=True)
    rest = raw.call("GetParameterHistory", {**HISTORY, "NextToken": token}).json["Parameters"]
    assert [each["Version"] for each in rest] == list(range(3, 11))
    nine.delete_parameter(Name="/p/0")
    assert raw.call("GetParameterHistory", {**HISTORY, "NextToken": token}).error == Error("ParameterNotFound")


@pytest.mark.parametrize(
    ("method", "members"),
    [
        ("get_parameters_by_path", BY_PATH),
        ("describe_parameters", {}),
        ("describe_parameters", FILTERED),
        ("get_parameter_history", HISTORY),
    ],
)
def test_paginators_of_boto(nine: Client, method: str, members: dict[str, Any]) -> None:
    """[M] whole, limited, and resumed where a limit stopped them."""
    paginator = nine.get_paginator(method)
    sizes = [len(page["Parameters"]) for page in paginator.paginate(**members, PaginationConfig={"PageSize": 4})]
    assert sizes == [4, 4, 1]
    whole = paginator.paginate(**members).build_full_result()
    assert len(whole["Parameters"]) == 9
    begun = paginator.paginate(**members, PaginationConfig={"PageSize": 2, "MaxItems": 5}).build_full_result()
    resumed = paginator.paginate(
        **members, PaginationConfig={"PageSize": 2, "StartingToken": begun["NextToken"]}
    ).build_full_result()
    assert [key(each) for each in begun["Parameters"] + resumed["Parameters"]] == [
        key(each) for each in whole["Parameters"]
    ]


def test_which_operations_boto_pages(ssm: Client) -> None:
    """[M]"""
    ours = ["describe_parameters", "get_parameter_history", "get_parameters_by_path"]
    for method in [*ours, "get_parameter", "get_parameters", "put_parameter", "delete_parameters"]:
        assert ssm.can_paginate(method) == (method in ours)


def test_tokens_outlive_the_server_and_serve_on_every_worker(data_folder: Path, client_for: ClientFactory) -> None:
    with Server(data_folder, workers=2) as server:
        keys = server.new_account()
        client = client_for(server, keys)
        for number in range(6):
            client.put_parameter(Name=f"/p/{number}", Value="v", Type="String")
        token = client.get_parameters_by_path(Path="/p", MaxResults=2)["NextToken"]
        for _ in range(6):  # each over a connection of its own, so each may reach another worker
            answer = Raw(server, keys).call("GetParametersByPath", {"Path": "/p", "MaxResults": 2, "NextToken": token})
            assert [each["Name"] for each in answer.json["Parameters"]] == ["/p/2", "/p/3"]
    with Server(data_folder) as server:
        answer = Raw(server, keys).call("GetParametersByPath", {"Path": "/p", "NextToken": token})
        assert [each["Name"] for each in answer.json["Parameters"]] == ["/p/2", "/p/3", "/p/4", "/p/5"]


def test_filtered_pages_among_thousands(data_folder: Path, client_for: ClientFactory) -> None:
    """[Q] a filtered page may be short, or empty, and still have a next; clients that go on find all there is."""
    with Server(data_folder) as server:
        keys = server.new_account()
        _fill(server, keys, 4500)
        client = client_for(server, keys)
        wanted = {"/n/0000", "/n/1999", "/n/2000", "/n/2001", "/n/4499"}
        for name in wanted:
            client.put_parameter(Name=name, Value="v", Type="StringList", Overwrite=True, Description="wanted")
        filters = [{"Key": "Type", "Values": ["StringList"]}]
        for pager in (
            client.get_paginator("describe_parameters").paginate(ParameterFilters=filters),
            client.get_paginator("get_parameters_by_path").paginate(Path="/n", ParameterFilters=filters),
            client.get_paginator("get_parameters_by_path").paginate(
                Path="/", Recursive=True, ParameterFilters=filters, PaginationConfig={"PageSize": 1}
            ),
        ):
            found = [each["Name"] for page in pager for each in page["Parameters"]]
            assert found == sorted(wanted)
        assert len(client.get_paginator("describe_parameters").paginate().build_full_result()["Parameters"]) == 4500


def _fill(server: Server, keys: Keys, count: int) -> None:
    """Parameters by the thousand in one transaction, as the server would have stored them."""

    async def work(tx: Transaction) -> None:
        ring: KeyRing = await load_ring(tx, server.folder)
        place = records.FixedPlace(tx, ring, keys.account, "us-east-1")
        for number in range(count):
            name = f"/n/{number:04}"
            version = Version(
                path=name,
                name=name,
                version=1,
                type="String",
                content=b"v",
                key_id=None,
                description=None,
                allowed_pattern=None,
                tier="Standard",
                data_type="text",
                modified_at=1_700_000_000_000,
                modified_by=f"arn:aws:iam::{keys.account}:root",
            )
            await records.save(place, version, 100)

    storage.transact(server, work)
