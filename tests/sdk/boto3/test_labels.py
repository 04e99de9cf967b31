"""Labels: attached, moved, taken off, selected by."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk.raw import Raw
from tests.sdk.storage import listen, query

from parastore.testing.server import Keys, Server

NOT_LABELS = ["1st", "awsx", "SSM-x", "a/b", "", "a b"]


@pytest.fixture
def listening(server: Server) -> None:
    """Somebody waits for events."""
    listen(server)


@pytest.fixture
def four(ssm: Client) -> Client:
    """/app/host with versions 1 to 4, each holding its number."""
    ssm.put_parameter(Name="/app/host", Value="1", Type="String")
    for number in (2, 3, 4):
        ssm.put_parameter(Name="/app/host", Value=str(number), Overwrite=True)
    return ssm


def label(ssm: Client, *labels: str, version: int | None = None, name: str = "/app/host") -> dict[str, Any]:
    more = {} if version is None else {"ParameterVersion": version}
    answer: dict[str, Any] = ssm.label_parameter_version(Name=name, Labels=list(labels), **more)
    return {key: answer[key] for key in answer if key != "ResponseMetadata"}


def on_versions(ssm: Client) -> dict[int, list[str]]:
    return {each["Version"]: each["Labels"] for each in ssm.get_parameter_history(Name="/app/host")["Parameters"]}


def error(ssm: Client, **members: Any) -> dict[str, str]:
    with pytest.raises(ssm.exceptions.ClientError) as caught:
        ssm.label_parameter_version(**members)
    found: dict[str, str] = caught.value.response["Error"]
    return found


def test_a_label_goes_to_the_latest_version_or_the_one_that_is_named(four: Client) -> None:
    assert label(four, "new") == {"InvalidLabels": [], "ParameterVersion": 4}
    assert label(four, "old", version=2) == {"InvalidLabels": [], "ParameterVersion": 2}
    assert on_versions(four) == {1: [], 2: ["old"], 3: [], 4: ["new"]}


def test_selected_by_a_label(four: Client, keys: Keys) -> None:
    label(four, "old", version=2)
    for name in ("/app/host:old", f"arn:aws:ssm:us-east-1:{keys.account}:parameter/app/host:old"):
        parameter = four.get_parameter(Name=name)["Parameter"]
        assert (parameter["Name"], parameter["Selector"], parameter["Value"], parameter["Version"]) == (
            "/app/host",
            ":old",
            "2",
            2,
        )
    answer = four.get_parameters(Names=["/app/host:old", "/app/host:gone", "/app/host:Old"])
    assert [each["Value"] for each in answer["Parameters"]] == ["2"]
    assert answer["InvalidParameters"] == ["/app/host:Old", "/app/host:gone"]


def test_a_label_moves_and_a_new_version_has_none(four: Client) -> None:
    label(four, "live", version=1)
    label(four, "live", version=3)
    label(four, "live", version=3)
    four.put_parameter(Name="/app/host", Value="5", Overwrite=True)
    assert on_versions(four) == {1: [], 2: [], 3: ["live"], 4: [], 5: []}


def test_labels_that_cannot_be_any_are_told_and_keep_none_back(raw: Raw) -> None:
    raw.call("PutParameter", {"Name": "p", "Value": "v", "Type": "String"})
    invalid = [each for each in NOT_LABELS if each]
    answer = raw.call("LabelParameterVersion", {"Name": "p", "Labels": ["ok", *invalid, invalid[0]]})
    assert answer.json == {"InvalidLabels": invalid, "ParameterVersion": 1}
    history = raw.call("GetParameterHistory", {"Name": "p"}).json["Parameters"]
    assert history[0]["Labels"] == ["ok"]


def test_a_label_that_is_too_long(four: Client) -> None:
    long = "a" * 101
    assert error(four, Name="/app/host", Labels=[long]) == {
        "Code": "ValidationException",
        "Message": f"1 validation error detected: Value '[{long}]' at 'labels' failed to satisfy constraint: Member "
        "must satisfy constraint: [Member must have length less than or equal to 100, Member must have length greater "
        "than or equal to 1]",
    }


def test_at_most_ten_labels_on_a_version(four: Client) -> None:
    label(four, *(f"l{number}" for number in range(10)))
    assert error(four, Name="/app/host", Labels=["one-more"]) == {
        "Code": "ParameterVersionLabelLimitExceeded",
        "Message": "A parameter version can have maximum 10 labels.Move one or more labels to another version and try "
        "again.",
    }
    label(four, "l0", version=1)
    label(four, "one-more")
    assert len(on_versions(four)[4]) == 10


def test_what_there_is_not(four: Client) -> None:
    assert error(four, Name="/app/gone", Labels=["x"])["Code"] == "ParameterNotFound"
    assert error(four, Name="/app/host", Labels=["x"], ParameterVersion=9) == {
        "Code": "ParameterVersionNotFound",
        "Message": "Systems Manager could not find version 9 of /app/host. Verify the version and try again.",
    }


def test_unlabel(raw: Raw) -> None:
    raw.call("PutParameter", {"Name": "p", "Value": "v", "Type": "String"})
    raw.call("LabelParameterVersion", {"Name": "p", "Labels": ["a", "b"]})
    answer = raw.call("UnlabelParameterVersion", {"Name": "p", "ParameterVersion": 1, "Labels": ["a", "c", "a"]})
    assert answer.json == {"InvalidLabels": ["c"], "RemovedLabels": ["a"]}
    missing = raw.call("UnlabelParameterVersion", {"Name": "p", "Labels": ["b"]})
    assert missing.error.text == (
        "1 validation error detected: Value null at 'parameterVersion' failed to satisfy constraint: Member must not be"
        " null"
    )
    assert raw.call("GetParameter", {"Name": "p:a"}).error.code == "ParameterVersionNotFound"
    assert raw.call("GetParameter", {"Name": "p:b"}).status == 200


def test_the_label_filter_gives_the_labelled_version(four: Client) -> None:
    label(four, "live", version=2)
    four.put_parameter(Name="/app/port", Value="80", Type="String")
    label(four, "live", name="/app/port")
    four.put_parameter(Name="/app/user", Value="me", Type="String")
    found = four.get_parameters_by_path(Path="/app", ParameterFilters=[{"Key": "Label", "Values": ["live"]}])
    assert [(each["Name"], each["Value"], each["Version"]) for each in found["Parameters"]] == [
        ("/app/host", "2", 2),
        ("/app/port", "80", 1),
    ]
    assert all("Selector" not in each for each in found["Parameters"])


def test_the_oldest_of_a_hundred_versions_stays_while_it_has_a_label(ssm: Client) -> None:
    ssm.put_parameter(Name="p", Value="1", Type="String")
    label(ssm, "first", name="p")
    for number in range(2, 101):
        ssm.put_parameter(Name="p", Value=str(number), Overwrite=True)
    with pytest.raises(ssm.exceptions.ParameterMaxVersionLimitExceeded) as caught:
        ssm.put_parameter(Name="p", Value="101", Overwrite=True)
    assert caught.value.response["Error"]["Message"] == (
        "You attempted to create a new version of p by calling the PutParameter API with the overwrite flag. Version 1,"
        " the oldest version, can't be deleted because it has a label associated with it. Move the label to another"
        " version of the parameter, and try again."
    )
    label(ssm, "first", name="p", version=50)
    assert ssm.put_parameter(Name="p", Value="101", Overwrite=True)["Version"] == 101
    with pytest.raises(ssm.exceptions.ParameterVersionNotFound):
        ssm.get_parameter(Name="p:1")


def test_deletion_takes_labels_along(four: Client) -> None:
    label(four, "live")
    four.delete_parameter(Name="/app/host")
    four.put_parameter(Name="/app/host", Value="again", Type="String")
    assert on_versions(four) == {1: []}


def test_many_at_once_leave_a_label_in_one_place(
    server: Server, keys: Keys, four: Client, client_for: ClientFactory
) -> None:
    clients = [client_for(server, keys) for _ in range(4)]

    def move(client: Client, version: int) -> None:
        for _ in range(10):
            label(client, "live", version=version)

    threads = [threading.Thread(target=move, args=(client, version)) for version, client in enumerate(clients, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("live" in labels for labels in on_versions(four).values()) == 1


def test_events_tell_of_labels_and_changes(server: Server, keys: Keys, listening: None, four: Client) -> None:
    label(four, "live", version=1)
    label(four, "live", version=4)
    four.delete_parameter(Name="/app/host")
    rows = query(server, "SELECT body FROM event WHERE account = $1 ORDER BY id", keys.account)
    events = [json.loads(body) for (body,) in rows]
    assert [each["detail"]["operation"] for each in events] == [
        "Create", "Update", "Update", "Update", "LabelParameterVersion", "LabelParameterVersion", "Delete",
    ]  # fmt: skip
    assert events[4]["detail"] == {
        "operation": "LabelParameterVersion", "name": "/app/host", "type": "String", "label": "live",
        "fromVersion": "", "toVersion": "1",
    }  # fmt: skip
    assert (events[5]["detail"]["fromVersion"], events[5]["detail"]["toVersion"]) == ("1", "4")
    assert events[0]["resources"] == [f"arn:aws:ssm:us-east-1:{keys.account}:parameter/app/host"]
    assert (events[0]["source"], events[0]["detail-type"]) == ("aws.ssm", "Parameter Store Change")
