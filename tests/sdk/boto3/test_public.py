"""Public parameters: AWS's Regions and services, and what an operator publishes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk.raw import Raw

from parastore.testing.server import Server

REGIONS = "/aws/service/global-infrastructure/regions"


def test_a_public_parameter_belongs_to_no_account(raw: Raw) -> None:
    answer = raw.call("GetParameter", {"Name": f"{REGIONS}/us-east-1/longName"}).json["Parameter"]
    answer.pop("LastModifiedDate")
    assert answer == {
        "ARN": f"arn:aws:ssm:us-east-1::parameter{REGIONS}/us-east-1/longName",
        "DataType": "text",
        "Name": f"{REGIONS}/us-east-1/longName",
        "Type": "String",
        "Value": "US East (N. Virginia)",
        "Version": 1,
    }
    by_arn = raw.call("GetParameter", {"Name": f"arn:aws:ssm:us-east-1::parameter{REGIONS}/eu-west-1"})
    assert (by_arn.json["Parameter"]["Name"], by_arn.json["Parameter"]["Value"]) == (
        f"{REGIONS}/eu-west-1",
        "eu-west-1",
    )
    assert raw.call("GetParameter", {"Name": f"{REGIONS}/eu-west-1:1"}).json["Parameter"]["Selector"] == ":1"
    assert raw.call("GetParameter", {"Name": f"{REGIONS}/eu-west-1:2"}).error.code == "ParameterVersionNotFound"
    assert raw.call("GetParameter", {"Name": f"{REGIONS}/nowhere"}).error.code == "ParameterNotFound"
    assert raw.call("GetParameterHistory", {"Name": f"{REGIONS}/eu-west-1"}).error.code == "ParameterNotFound"


def test_they_are_those_of_botocore(ssm: Client) -> None:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=REGIONS)
    found = [each["Value"] for page in pages for each in page["Parameters"]]
    session = botocore.session.Session()
    known = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_component("data_loader").load_data("endpoints")["partitions"][
            session.get_available_partitions().index(partition)
        ]["regions"]
    ]
    assert found == sorted(found)
    assert sorted(found) == sorted(known)


def test_services_of_a_region_page_by_page(ssm: Client) -> None:
    path = f"{REGIONS}/eu-west-1/services"
    pages = list(ssm.get_paginator("get_parameters_by_path").paginate(Path=path))
    names = [each["Name"] for page in pages for each in page["Parameters"]]
    assert len(names) == len(set(names)) > 100
    assert f"{path}/ssm" in names
    endpoint = ssm.get_parameter(Name=f"{path}/ssm/endpoint")["Parameter"]["Value"]
    assert endpoint == "ssm.eu-west-1.amazonaws.com"
    recursive = ssm.get_parameters_by_path(Path=f"{path}/", Recursive=True, MaxResults=5)
    assert [each["Name"] for each in recursive["Parameters"]] == names[:5]
    assert ssm.get_parameters_by_path(Path=path, ParameterFilters=[{"Key": "Type", "Values": ["String"]}])["Parameters"]
    for condition in ({"Key": "Type", "Values": ["SecureString"]}, {"Key": "KeyId", "Values": ["x"]}):
        assert ssm.get_parameters_by_path(Path=path, ParameterFilters=[condition])["Parameters"] == []


def test_described_only_by_their_full_namespace(ssm: Client) -> None:
    def described(*conditions: Any) -> list[dict[str, object]]:
        answer = ssm.describe_parameters(ParameterFilters=list(conditions), MaxResults=3)
        found: list[dict[str, object]] = answer["Parameters"]
        return found

    assert described() == []
    begins = {"Key": "Name", "Option": "BeginsWith", "Values": [f"{REGIONS}/eu-west"]}
    (first, *_) = described(begins)
    assert {key: value for key, value in first.items() if key != "LastModifiedDate"} == {
        "ARN": f"arn:aws:ssm:us-east-1::parameter{REGIONS}/eu-west-1",
        "DataType": "text",
        "Name": f"{REGIONS}/eu-west-1",
        "Policies": [],
        "Tier": "Standard",
        "Type": "String",
        "Version": 1,
    }
    assert described(begins, {"Key": "Tier", "Values": ["Advanced"]}) == []
    assert len(described({"Key": "Path", "Values": [REGIONS]})) == 3


def test_nobody_writes_them(ssm: Client) -> None:
    with pytest.raises(ssm.exceptions.ClientError) as caught:
        ssm.put_parameter(Name="/aws/service/mine", Value="v", Type="String")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_an_operator_publishes(data_folder: Path, tmp_path: Path, client_for: ClientFactory) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "images.json").write_text(json.dumps({"/aws/service/acme/images/base": "ami-0123456789abcdef0"}))
    with Server(data_folder, public_parameters_dir=folder) as server:
        ssm = client_for(server, server.new_account())
        assert ssm.get_parameter(Name="/aws/service/acme/images/base")["Parameter"]["Value"] == "ami-0123456789abcdef0"
        listed = ssm.get_parameters_by_path(Path="/aws/service/list")["Parameters"]
        assert {each["Name"]: each["Value"] for each in listed} == {
            "/aws/service/list/acme": "/aws/service/acme",
            "/aws/service/list/global-infrastructure": "/aws/service/global-infrastructure",
        }


@pytest.mark.parametrize("content", ["nonsense", "[]", '{"/mine": "v"}', '{"/aws/service/x": 1}'])
def test_what_cannot_be_published_keeps_the_server_from_starting(
    data_folder: Path, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "wrong.json").write_text(content)
    with pytest.raises(RuntimeError, match=r"cannot publish .*wrong\.json"):
        Server(data_folder, public_parameters_dir=folder).start()
