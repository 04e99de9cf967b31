"""Write parameters: new values, whole copies with all that belongs to them, deletions by ten."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from parastore.client.connect import explained
from parastore.client.read import Progress, Record, batches, silent, tags_of
from parastore.client.read import history as read_history

DEFAULT_KEY = "alias/aws/ssm"


class Whole(NamedTuple):
    """A parameter and all that belongs to it: its versions, oldest first, each with its labels, and its tags."""

    name: str
    versions: list[Record]
    tags: dict[str, str]


def put(client: Any, name: str, value: str, **members: Any) -> int:
    """PutParameter; members that are None are left out. Returns the new version. Raises Failure."""
    given = {key: each for key, each in members.items() if each is not None}
    with explained(name):
        version: int = client.put_parameter(Name=name, Value=value, **given)["Version"]
    return version


def read_whole(client: Any, name: str, *, all_versions: bool) -> Whole:
    """A parameter with its tags; without `all_versions` only its current version. Raises Failure."""
    versions = read_history(client, name, decrypt=True)
    return Whole(name, versions if all_versions else versions[-1:], tags_of(client, name))


def write_whole(client: Any, whole: Whole, name: str, *, overwrite: bool, key_id: str | None = None) -> None:
    """Make a parameter like another: type, tier, policies, pattern, description, labels, tags. Raises Failure.

    `key_id` replaces the key of SecureStrings. Versions are numbered anew.
    """
    for index, each in enumerate(whole.versions):
        last = index == len(whole.versions) - 1
        version = put(
            client,
            name,
            each["Value"],
            Type=each["Type"],
            Overwrite=overwrite or index > 0,
            Description=each.get("Description"),
            KeyId=_key(each, key_id),
            AllowedPattern=each.get("AllowedPattern"),
            Tier=each.get("Tier"),
            DataType=each.get("DataType"),
            Policies=_policies(each) if last else None,
        )
        if each.get("Labels"):
            with explained(name):
                client.label_parameter_version(Name=name, ParameterVersion=version, Labels=each["Labels"])
    if whole.tags:
        with explained(name):
            tags = [{"Key": key, "Value": value} for key, value in whole.tags.items()]
            client.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags)


def _key(version: Record, key_id: str | None) -> str | None:
    if version["Type"] != "SecureString":
        return None
    own = version.get("KeyId")
    return key_id or (None if own == DEFAULT_KEY else own)


def _policies(version: Record) -> str | None:
    texts = [json.loads(each["PolicyText"]) for each in version.get("Policies", ())]
    return json.dumps(texts) if texts else None


def delete(client: Any, names: Sequence[str], progress: Progress = silent) -> list[str]:
    """DeleteParameters by ten; those that were not there any more are returned. Raises Failure."""
    gone: list[str] = []
    done = 0
    for batch in batches(names):
        with explained(", ".join(batch)):
            gone += client.delete_parameters(Names=batch)["InvalidParameters"]
        done += len(batch)
        progress(done, len(names))
    return gone
