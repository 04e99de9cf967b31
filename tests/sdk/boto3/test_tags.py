"""Tags of parameters."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk.raw import Raw

P: dict[str, Any] = {"ResourceType": "Parameter", "ResourceId": "/app/host"}


def tagged(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture
def host(ssm: Client) -> Client:
    ssm.put_parameter(Name="/app/host", Value="v", Type="String", Tags=tagged(env="prod", team="core"))
    return ssm


def test_tags_keep_their_order_and_take_new_values(host: Client) -> None:
    host.add_tags_to_resource(**P, Tags=tagged(zone="a", env="test"))
    assert host.list_tags_for_resource(**P)["TagList"] == tagged(env="test", team="core", zone="a")
    host.remove_tags_from_resource(**P, TagKeys=["team", "never-there"])
    assert host.list_tags_for_resource(**P)["TagList"] == tagged(env="test", zone="a")


def test_answers_are_empty_objects_and_lists_are_always_sent(raw: Raw) -> None:
    raw.call("PutParameter", {"Name": "flat", "Value": "v", "Type": "String"})
    for name in ("flat", "/flat"):
        place = {"ResourceType": "Parameter", "ResourceId": name}
        assert raw.call("ListTagsForResource", place).body == b'{"TagList":[]}'
        assert raw.call("AddTagsToResource", {**place, "Tags": tagged(a="1")}).body == b"{}"
        assert raw.call("RemoveTagsFromResource", {**place, "TagKeys": ["a"]}).body == b"{}"


@pytest.mark.parametrize(
    "place",
    [
        {"ResourceType": "Parameter", "ResourceId": "/gone"},
        {"ResourceType": "Parameter", "ResourceId": "not//a name"},
        {"ResourceType": "Parameter", "ResourceId": ""},
        {"ResourceType": "Document", "ResourceId": "doc"},
    ],
)
def test_an_unknown_resource_has_no_text(raw: Raw, place: dict[str, str]) -> None:
    for operation, more in (
        ("ListTagsForResource", {}),
        ("AddTagsToResource", {"Tags": tagged(a="1")}),
        ("RemoveTagsFromResource", {"TagKeys": ["a"]}),
    ):
        assert raw.call(operation, {**place, **more}).body == b'{"__type":"InvalidResourceId"}'


def test_an_unknown_type_is_a_broken_limit(raw: Raw) -> None:
    answer = raw.call("ListTagsForResource", {"ResourceType": "Lamp", "ResourceId": "x"})
    assert "Value 'Lamp' at 'resourceType' failed to satisfy constraint: Member must satisfy enum value set" in (
        answer.error.text or ""
    )


def test_at_most_fifty(host: Client) -> None:
    host.add_tags_to_resource(**P, Tags=tagged(**{f"k{number}": "" for number in range(48)}))
    with pytest.raises(host.exceptions.TooManyTagsError):
        host.add_tags_to_resource(**P, Tags=tagged(one="more"))
    host.add_tags_to_resource(**P, Tags=tagged(k0="changed"))
    assert len(host.list_tags_for_resource(**P)["TagList"]) == 50


def test_keys_of_aws_are_refused(host: Client) -> None:
    with pytest.raises(host.exceptions.ClientError) as caught:
        host.add_tags_to_resource(**P, Tags=[{"Key": "aws:x", "Value": "1"}])
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_found_by_tag_and_gone_with_the_parameter(host: Client) -> None:
    host.put_parameter(Name="/app/port", Value="v", Type="String")
    for condition in ({"Key": "tag:env", "Values": ["prod"]}, {"Key": "tag:team"}):
        found = host.describe_parameters(ParameterFilters=[condition])["Parameters"]
        assert [each["Name"] for each in found] == ["/app/host"]
    host.put_parameter(Name="/app/host", Value="w", Overwrite=True)
    assert len(host.list_tags_for_resource(**P)["TagList"]) == 2
    host.delete_parameter(Name="/app/host")
    host.put_parameter(Name="/app/host", Value="v", Type="String")
    assert host.list_tags_for_resource(**P)["TagList"] == []
