"""Terraform's `aws_ssm_parameter`, as the calls its AWS provider makes: a second plan must be empty.

What is configured and what a refresh reads are compared as the provider does: unset arguments are computed ones, and
Intelligent-Tiering is fulfilled by whatever tier AWS chose.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk.settled import settled

TIERS = (None, "Standard", "Advanced", "Intelligent-Tiering")
TYPES = ("String", "StringList", "SecureString")
TAGS: tuple[dict[str, str], ...] = ({}, {"env": "prod", "team": "core"})
NAME = "/terraform/made"


@dataclass(frozen=True)
class Resource:
    """The arguments of a resource; None is unset."""

    type: str
    value: str = "one,two"
    tier: str | None = None
    data_type: str | None = None
    key_id: str | None = None
    description: str | None = None
    allowed_pattern: str = ""
    tags: dict[str, str] = field(default_factory=dict)


def create(ssm: Client, wanted: Resource, *, overwrite: bool = False) -> None:
    members = arguments(wanted) | {"Overwrite": overwrite}
    if not overwrite and wanted.tags:
        members["Tags"] = listed(wanted.tags)
    put(ssm, members)
    if overwrite and wanted.tags:
        ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=NAME, Tags=listed(wanted.tags))


def put(ssm: Client, members: dict[str, Any]) -> None:
    """The provider waits up to two minutes for an AMI id to be validated."""
    version = ssm.put_parameter(**members)["Version"]
    if members.get("DataType") == "aws:ec2:image":
        settled(ssm, NAME, version)


def arguments(wanted: Resource) -> dict[str, Any]:
    members: dict[str, Any] = {
        "Name": NAME,
        "Type": wanted.type,
        "Value": wanted.value,
        "AllowedPattern": wanted.allowed_pattern,
        "Tier": wanted.tier,
        "DataType": wanted.data_type,
        "KeyId": wanted.key_id,
        "Description": wanted.description,
    }
    return {name: value for name, value in members.items() if value is not None}


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def refresh(ssm: Client) -> Resource | None:
    """What Terraform keeps as state; None when the parameter is gone."""
    try:
        parameter = ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
    except ssm.exceptions.ParameterNotFound:
        return None
    (detail,) = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [NAME]}])[
        "Parameters"
    ]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)["TagList"]
    return Resource(
        type=parameter["Type"],
        value=parameter["Value"],
        tier=detail["Tier"],
        data_type=parameter["DataType"],
        key_id=detail.get("KeyId"),
        description=detail.get("Description"),
        allowed_pattern=detail.get("AllowedPattern", ""),
        tags={tag["Key"]: tag["Value"] for tag in tags},
    )


def plan(wanted: Resource, state: Resource | None) -> list[str]:
    """The arguments that would be changed."""
    if state is None:
        return ["(all)"]
    changed = [
        name for name in ("type", "value", "allowed_pattern", "tags") if getattr(wanted, name) != getattr(state, name)
    ]
    changed += [
        name
        for name in ("data_type", "key_id", "description")
        if getattr(wanted, name) is not None and getattr(wanted, name) != getattr(state, name)
    ]
    if wanted.tier not in (None, "Intelligent-Tiering", state.tier):
        changed.append("tier")
    return changed


def update(ssm: Client, wanted: Resource, state: Resource) -> None:
    if set(plan(wanted, state)) != {"tags"}:
        put(ssm, arguments(wanted) | {"Overwrite": True})
    if gone := [key for key in state.tags if key not in wanted.tags]:
        ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=NAME, TagKeys=gone)
    if new := {key: value for key, value in wanted.tags.items() if state.tags.get(key) != value}:
        ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=NAME, Tags=listed(new))


def configurations() -> list[Resource]:
    made = []
    for kind, tier, tags in itertools.product(TYPES, TIERS, TAGS):
        for data_type in (None, "text", *(("aws:ec2:image",) if kind == "String" else ())):
            for key_id in (None, *(("alias/aws/ssm",) if kind == "SecureString" else ())):
                value = "ami-0123456789abcdef0" if data_type == "aws:ec2:image" else "one,two"
                made.append(Resource(kind, value, tier, data_type, key_id, tags=tags))
    return made


@pytest.mark.parametrize("wanted", configurations(), ids=str)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_second_plan_is_empty(ssm: Client, wanted: Resource, overwrite: bool) -> None:
    assert plan(wanted, refresh(ssm)) == ["(all)"]
    create(ssm, wanted, overwrite=overwrite)
    assert plan(wanted, refresh(ssm)) == []
    changed = replace(wanted, value=f"{wanted.value}", description="changed", tags={"env": "test", "zone": "a"})
    state = refresh(ssm)
    assert state is not None
    update(ssm, changed, state)
    assert plan(changed, refresh(ssm)) == []
    ssm.delete_parameter(Name=NAME)
    assert plan(changed, refresh(ssm)) == ["(all)"]


def test_drift_is_seen_and_mended(ssm: Client) -> None:
    wanted = Resource("String", "one", tags={"env": "prod"}, allowed_pattern="[a-z]+")
    create(ssm, wanted)
    ssm.put_parameter(Name=NAME, Value="other", Overwrite=True)
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=NAME, Tags=listed({"by": "hand"}))
    state = refresh(ssm)
    assert state is not None
    assert plan(wanted, state) == ["value", "tags"]
    update(ssm, wanted, state)
    assert plan(wanted, refresh(ssm)) == []


def test_cleared_arguments_are_cleared(ssm: Client) -> None:
    create(ssm, Resource("String", "one", description="before", allowed_pattern="[a-z]+"))
    state = refresh(ssm)
    assert state is not None
    wanted = Resource("String", "ONE", description="", allowed_pattern="")
    ssm.put_parameter(**arguments(wanted), Overwrite=True)
    after = refresh(ssm)
    assert after is not None
    assert (after.description, after.allowed_pattern) == (None, "")
