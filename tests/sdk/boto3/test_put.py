"""PutParameter: creating, overwriting, and every reason it gives for refusing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk import words
from tests.sdk.raw import Error, Raw, validation, violation
from tests.sdk.settled import settled

from parastore.testing.server import Keys

HOST: dict[str, Any] = {"Name": "/app/db/host", "Value": "db.internal", "Type": "String"}
EXISTS = Error("ParameterAlreadyExists", "message", words.EXISTS)
NO_TYPE = validation("A parameter type is required when you create a parameter.")  # [P]
TAGS_AND_OVERWRITE = validation(  # [R]
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove"
    " overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or"
    " RemoveTagsFromResource."
)
TAG = {"Key": "team", "Value": "db"}


def described(ssm: Client, name: str = HOST["Name"]) -> dict[str, Any]:
    (found,) = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"]
    return dict(found)


def put(ssm: Client, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ssm.put_parameter(**members)
    del answer["ResponseMetadata"]
    return answer


# What it makes


def test_the_answer_is_the_tier_and_the_version(raw: Raw) -> None:
    assert raw.call("PutParameter", HOST).body == b'{"Tier":"Standard","Version":1}'  # [R]


@pytest.mark.parametrize("kind", ["String", "StringList", "SecureString"])
def test_each_type_is_created_and_overwritten(ssm: Client, kind: str) -> None:
    assert put(ssm, Name="a", Value="one,two", Type=kind) == {"Tier": "Standard", "Version": 1}
    assert put(ssm, Name="a", Value="three", Overwrite=True) == {"Tier": "Standard", "Version": 2}
    read = ssm.get_parameter(Name="a", WithDecryption=True)["Parameter"]
    assert (read["Type"], read["Value"], read["Version"]) == (kind, "three", 2)


@pytest.mark.parametrize(
    ("exists", "overwrite", "with_type", "outcome"),
    [
        (False, None, True, 1),  # [R]
        (False, False, True, 1),  # [R]
        (False, True, True, 1),  # [T]
        (False, None, False, NO_TYPE),
        (False, True, False, NO_TYPE),
        (True, None, True, EXISTS),  # [R]
        (True, False, True, EXISTS),  # [R]
        (True, True, True, 2),  # [R]
        (True, True, False, 2),  # [R]
        (True, None, False, EXISTS),
    ],
)
def test_overwrite(raw: Raw, exists: bool, overwrite: bool | None, with_type: bool, outcome: int | Error) -> None:
    if exists:
        assert raw.call("PutParameter", HOST).status == 200
    members = {**HOST, "Overwrite": overwrite}
    if not with_type:
        del members["Type"]
    answer = raw.call("PutParameter", members)
    if isinstance(outcome, Error):
        assert answer.error == outcome
    else:
        assert answer.json == {"Tier": "Standard", "Version": outcome}


def test_the_other_spelling_is_the_same_parameter(raw: Raw) -> None:
    """[R] a second create under the other spelling finds the first; the spelling of the creation is kept."""
    assert raw.call("PutParameter", {**HOST, "Name": "plain"}).status == 200
    assert raw.call("PutParameter", {**HOST, "Name": "/plain"}).error == EXISTS
    assert raw.call("PutParameter", {**HOST, "Name": "/plain", "Overwrite": True}).json["Version"] == 2
    (listed,) = raw.call("DescribeParameters", {}).json["Parameters"]
    assert (listed["Name"], listed["Version"]) == ("plain", 2)


def test_an_unchanged_value_is_a_new_version(ssm: Client) -> None:
    assert [put(ssm, **HOST, Overwrite=True)["Version"] for _ in range(4)] == [1, 2, 3, 4]  # [R]


def test_a_node_is_leaf_and_branch_in_either_order(ssm: Client) -> None:
    """[Q]"""
    for name in ("/a", "/a/b", "/x/y", "/x"):
        put(ssm, Name=name, Value=name, Type="String")
    found = ssm.get_parameters(Names=["/a", "/a/b", "/x/y", "/x"])
    assert [each["Value"] for each in found["Parameters"]] == ["/a", "/a/b", "/x", "/x/y"]


def test_a_deleted_name_starts_again(ssm: Client) -> None:
    put(ssm, **HOST)
    put(ssm, **HOST, Overwrite=True, Description="old")
    ssm.delete_parameter(Name=HOST["Name"])
    assert put(ssm, **HOST)["Version"] == 1
    assert "Description" not in described(ssm)
    assert len(ssm.get_parameter_history(Name=HOST["Name"])["Parameters"]) == 1


def test_types_may_change_and_history_keeps_each(ssm: Client) -> None:
    """[R][T] whatever the documentation says of HierarchyTypeMismatchException."""
    kinds = ["String", "StringList", "SecureString", "String", "SecureString", "StringList"]
    for number, kind in enumerate(kinds, 1):
        assert put(ssm, Name="a", Value=f"v{number}", Type=kind, Overwrite=True)["Version"] == number
    history = ssm.get_parameter_history(Name="a", WithDecryption=True)["Parameters"]
    assert [each["Type"] for each in history] == kinds
    assert [each["Value"] for each in history] == ["v1", "v2", "v3", "v4", "v5", "v6"]
    assert [each.get("KeyId") for each in history] == [None, None, "alias/aws/ssm", None, "alias/aws/ssm", None]


def test_what_an_overwrite_leaves_out_is_kept(ssm: Client) -> None:
    """[R] for description, pattern and type; the data type is kept too."""
    image = HOST | {"Value": "ami-12345678"}
    put(ssm, **image, Description="where it is", AllowedPattern="[a-z0-9-]+", DataType="aws:ec2:image")
    settled(ssm, HOST["Name"])
    put(ssm, Name=HOST["Name"], Value="ami-87654321", Overwrite=True)
    settled(ssm, HOST["Name"], 2)
    after = described(ssm)
    assert after["Version"] == 2
    assert after["Description"] == "where it is"
    assert after["AllowedPattern"] == "[a-z0-9-]+"
    assert after["DataType"] == "aws:ec2:image"
    assert after["Type"] == "String"


def test_empty_texts_clear(ssm: Client) -> None:
    """Terraform sends an empty AllowedPattern always [T]."""
    put(ssm, **HOST, Description="where it is", AllowedPattern="[a-z.]+")
    put(ssm, Name=HOST["Name"], Value="DB 1", Overwrite=True, Description="", AllowedPattern="")
    after = described(ssm)
    assert "Description" not in after
    assert "AllowedPattern" not in after
    before = ssm.get_parameter_history(Name=HOST["Name"])["Parameters"][0]
    assert (before["Description"], before["AllowedPattern"]) == ("where it is", "[a-z.]+")


def test_tags_are_made_with_the_parameter_and_outlive_overwriting(ssm: Client) -> None:
    put(ssm, **HOST, Tags=[TAG, {"Key": "empty", "Value": ""}])
    put(ssm, Name=HOST["Name"], Value="other", Overwrite=True)  # [R] kept
    for wanted in ({"Key": "tag:team", "Values": ["db"]}, {"Key": "tag:empty"}):
        (found,) = ssm.describe_parameters(ParameterFilters=[wanted])["Parameters"]
        assert (found["Name"], found["Version"]) == (HOST["Name"], 2)


def test_tags_do_not_outlive_the_parameter(ssm: Client) -> None:
    put(ssm, **HOST, Tags=[TAG])
    ssm.delete_parameter(Name=HOST["Name"])
    put(ssm, **HOST)
    assert ssm.describe_parameters(ParameterFilters=[{"Key": "tag:team"}])["Parameters"] == []


def test_fifty_tags_are_allowed(ssm: Client) -> None:
    put(ssm, **HOST, Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(50)])
    assert len(ssm.describe_parameters(ParameterFilters=[{"Key": "tag:k49", "Values": ["v"]}])["Parameters"]) == 1


def test_who_and_when(ssm: Client, keys: Keys) -> None:
    """[R] of the last call, not the first."""
    put(ssm, **HOST)
    time.sleep(0.01)
    began = time.time()
    put(ssm, **HOST, Overwrite=True)
    ended = time.time()
    after = described(ssm)
    assert after["LastModifiedUser"] == f"arn:aws:iam::{keys.account}:root"
    assert began - 0.001 <= after["LastModifiedDate"].timestamp() <= ended


@pytest.mark.parametrize("tier", ["Standard", "Intelligent-Tiering"])
def test_the_tier_that_comes_back(ssm: Client, tier: str) -> None:
    """[D] Intelligent-Tiering never comes back; a small value without policies makes it Standard."""
    assert put(ssm, **HOST, Tier=tier) == {"Tier": "Standard", "Version": 1}
    assert described(ssm)["Tier"] == "Standard"


def test_members_that_do_not_exist_are_ignored_and_null_is_absent(raw: Raw) -> None:
    """[Q*]"""
    members = {**HOST, "Colour": "red", "description": "not Description", "Description": None, "Tags": [None]}
    assert raw.call("PutParameter", members).json == {"Tier": "Standard", "Version": 1}
    (listed,) = raw.call("DescribeParameters", {}).json["Parameters"]
    assert "Description" not in listed


# Values


@pytest.mark.parametrize(
    "value",
    [
        " leading and trailing ",
        "\ttabs\nand\r\nlines\n",
        " ",
        "{single} {braces} }}{{",
        "{{only opened",
        '"quoted" \\ back / slash \u2028 \x7f \x01',
        "Grüße, 한국어, עברית, 🔑",
        "e\u0301 is not \u00e9",
        "https://example.com/?a=b&c=d#e",
        '{"json": ["a", 1, null]}',
    ],
)
@pytest.mark.parametrize("kind", ["String", "StringList", "SecureString"])
def test_values_come_back_as_they_were(ssm: Client, kind: str, value: str) -> None:
    put(ssm, Name="a", Value=value, Type=kind)
    assert ssm.get_parameter(Name="a", WithDecryption=True)["Parameter"]["Value"] == value


@pytest.mark.parametrize("value", ["a,b,c", "a, b ,c", "a,,c", "a,b,", ",", ",,,", " , "])
def test_lists_are_kept_verbatim(ssm: Client, value: str) -> None:
    """[R/D] spaces, empty items and trailing commas."""
    put(ssm, Name="list", Value=value, Type="StringList")
    assert ssm.get_parameter(Name="list")["Parameter"]["Value"] == value


@pytest.mark.parametrize("kind", ["String", "StringList", "SecureString"])
@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("v" * 4096, True),
        ("v" * 4097, False),
        # Bytes, not characters: what KMS encrypts under a standard parameter is at most 4096 bytes [?].
        ("é" * 2048, True),
        ("é" * 2048 + "v", False),
        ("🔑" * 1024, True),
        ("🔑" * 1025, False),
    ],
    ids=["4096 bytes", "4097 bytes", "4096 in twos", "4097 in twos", "4096 in fours", "4100 in fours"],
)
def test_4096_bytes_fit(raw: Raw, kind: str, value: str, fits: bool) -> None:
    answer = raw.call("PutParameter", {"Name": "a", "Value": value, "Type": kind})
    if fits:
        assert answer.json == {"Tier": "Standard", "Version": 1}
        assert raw.call("GetParameter", {"Name": "a", "WithDecryption": True}).json["Parameter"]["Value"] == value
    else:
        assert answer.error == validation(words.STANDARD_LIMIT)


# Names


@pytest.mark.parametrize(
    "name",
    ["a", "/a", "A.b-c_D9", "/a/B/c.d/e-f/_", "/my/aws/x", "/my/ssm", "-", "/.", "/aw", "/s/aws", "x" * 966],
)
def test_names(ssm: Client, name: str) -> None:
    put(ssm, Name=name, Value="v", Type="String")
    assert ssm.get_parameter(Name=name)["Parameter"]["Name"] == name


def test_white_space_around_a_name_is_trimmed(ssm: Client) -> None:
    """[M doc]"""
    put(ssm, Name="  /a/b \t", Value="v", Type="String")
    assert described(ssm, "/a/b")["Name"] == "/a/b"


def test_fifteen_levels(ssm: Client) -> None:
    """[D] every segment counts, the last included."""
    name = "".join(f"/l{number}" for number in range(1, 16))
    put(ssm, Name=name, Value="v", Type="String")
    assert ssm.get_parameter(Name=name)["Parameter"]["Name"] == name


@pytest.mark.parametrize("levels", [16, 17])
def test_more_levels(raw: Raw, levels: int) -> None:
    """[D]; the text is not recorded."""
    answer = raw.call("PutParameter", {**HOST, "Name": "/l" * levels})
    assert answer.error.code == "HierarchyLevelLimitExceededException"
    assert answer.error.member == "message"


@pytest.mark.parametrize("name", ["x" * 967, "/" + "x" * 967, "/" + "x" * 483 + "/" + "y" * 483])
def test_an_arn_of_more_than_1011_characters_is_denied(raw: Raw, name: str) -> None:
    """[Q] AccessDeniedException and no ValidationException; the text is not recorded."""
    assert raw.call("PutParameter", {**HOST, "Name": name}).error.code == "AccessDeniedException"


RESERVED = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'


def denied(name: str) -> Error:
    return Error("AccessDeniedException", "Message", f"No access to reserved parameter name: {name}.")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("a b", validation(words.NAME)),  # [R/Q]
        ("/a/b c", validation(words.NAME)),
        ("a@b", validation(words.NAME)),
        ("/a//b", validation(words.NAME)),
        ("//a", validation(words.NAME)),
        ("a:1", validation(words.NAME)),
        ("a:stable", validation(words.NAME)),
        ("a\tb", validation(words.NAME)),
        ("naïve", validation(words.NAME)),
        ("a\u0000", validation(words.NAME)),
        ("a*", validation(words.NAME)),
        ("   ", validation(words.NAME)),
        ("{{name}}", validation(words.NAME)),  # [R]
        ("a/b", validation("Parameter name must be a fully qualified name.")),  # [Q]
        ("/a/b/", validation("Parameter name must not end with slash.")),  # [Q]
        ("aws", validation(RESERVED)),  # [P/Q]
        ("aws-x", validation(RESERVED)),
        ("/awsfoo", validation(RESERVED)),
        ("AwsThing", validation(RESERVED)),
        ("SSMx", validation(RESERVED)),
        ("/ssm", validation(RESERVED)),
        ("/aws/x", denied("aws/x")),  # [Q] shown without its leading slash
        ("/awssec/y", denied("awssec/y")),
        ("/AWS/a/b/c", denied("AWS/a/b/c")),
        ("/ssm/x", validation(words.NAME)),  # [Q]
        ("/SSMthings/x/y", validation(words.NAME)),
    ],
)
def test_names_that_are_refused(raw: Raw, name: str, error: Error) -> None:
    assert raw.call("PutParameter", {**HOST, "Name": name}).error == error


@pytest.mark.parametrize("account", ["own", "another"])
def test_an_arn_is_no_name_to_write(raw: Raw, keys: Keys, account: str) -> None:
    """[M/D] its colons are illegal characters, whose account it names does not matter."""
    owner = keys.account if account == "own" else "111122223333"
    arn = f"arn:aws:ssm:us-east-1:{owner}:parameter/a"
    assert raw.call("PutParameter", {**HOST, "Name": arn}).error == validation(words.NAME)


# Constraints of the model: texts as section 3 of our wire reference has them, with their values


def at(path: str, value: str | None, constraint: str) -> str:
    shown = "" if value is None else f" '{value}'"
    return f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}"


def longer(limit: int) -> str:
    return f"Member must have length greater than or equal to {limit}"


def shorter(limit: int) -> str:
    return f"Member must have length less than or equal to {limit}"


KEY_PATTERN = "Member must satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$"
TAG_PATTERN = r"Member must satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"


@pytest.mark.parametrize(
    ("members", "item"),
    [
        ({"Name": None}, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        ({"Name": ""}, at("name", "", longer(1))),
        ({"Name": "n" * 2049}, at("name", "n" * 2049, shorter(2048))),
        # A value is never echoed [R].
        ({"Value": ""}, at("value", None, longer(1))),
        ({"Value": "v" * 32769}, at("value", None, shorter(32768))),
        ({"Value": None}, at("value", None, "Member must not be null")),
        (
            {"Type": "secure"},
            at("type", "secure", "Member must satisfy enum value set: [SecureString, StringList, String]"),
        ),
        ({"Type": ""}, at("type", "", "Member must satisfy enum value set: [SecureString, StringList, String]")),
        ({"Description": "d" * 1025}, at("description", "d" * 1025, shorter(1024))),
        ({"KeyId": "not a key"}, at("keyId", "not a key", KEY_PATTERN)),
        ({"KeyId": "k" * 257}, at("keyId", "k" * 257, shorter(256))),
        ({"AllowedPattern": "p" * 1025}, at("allowedPattern", "p" * 1025, shorter(1024))),
        ({"DataType": "d" * 129}, at("dataType", "d" * 129, shorter(128))),
        ({"Policies": ""}, at("policies", "", longer(1))),
        ({"Policies": "p" * 4097}, at("policies", "p" * 4097, shorter(4096))),
        ({"Tags": [{"Key": "", "Value": "v"}]}, at("tags.1.member.key", "", longer(1))),
        ({"Tags": [TAG, {"Key": "k" * 129, "Value": ""}]}, at("tags.2.member.key", "k" * 129, shorter(128))),
        ({"Tags": [{"Key": "k!", "Value": ""}]}, at("tags.1.member.key", "k!", TAG_PATTERN)),
        ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, at("tags.1.member.value", "v" * 257, shorter(256))),
        ({"Tags": [{"Key": "k", "Value": "a,b"}]}, at("tags.1.member.value", "a,b", TAG_PATTERN)),
        (
            {"Tags": [{"Key": "k"}]},
            "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
        ),
    ],
    ids=lambda value: f"{next(iter(value))} {str(next(iter(value.values())))[:20]}" if isinstance(value, dict) else "",
)
def test_constraints(raw: Raw, members: dict[str, Any], item: str) -> None:
    assert raw.call("PutParameter", {**HOST, **members}).error == violation(item)


def test_a_tier_that_is_none(raw: Raw) -> None:
    """The order in which the values of an enum are printed is arbitrary."""
    text = raw.call("PutParameter", {**HOST, "Tier": "Premium"}).error.text or ""
    begin, _, values = text.partition("[")
    assert begin == (
        "1 validation error detected: Value 'Premium' at 'tier' failed to satisfy constraint: Member must satisfy enum"
        " value set: "
    )
    assert sorted(values.rstrip("]").split(", ")) == ["Advanced", "Intelligent-Tiering", "Standard"]


def test_a_thousand_tags(raw: Raw) -> None:
    answer = raw.call("PutParameter", {**HOST, "Tags": [{"Key": f"{n}", "Value": ""} for n in range(1001)]})
    text = answer.error.text or ""
    assert text.startswith("1 validation error detected: Value '[")
    assert text.endswith("]' at 'tags' failed to satisfy constraint: " + shorter(1000))


def test_several_violations_are_told_at_once(raw: Raw) -> None:
    """[Q] joined by semicolons; their order is not specified."""
    answer = raw.call("PutParameter", {"Name": "", "Value": "", "Type": "secure", "Description": "d" * 1025})
    assert answer.error.code == "ValidationException"
    assert answer.error.text is not None
    count, _, items = answer.error.text.partition(" validation errors detected: ")
    assert count == "4"
    assert set(items.split("; ")) == {
        at("name", "", longer(1)),
        at("value", None, longer(1)),
        at("type", "secure", "Member must satisfy enum value set: [SecureString, StringList, String]"),
        at("description", "d" * 1025, shorter(1024)),
    }


# The operation's own rules


INTEGRATIONS = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations"


def bad_data_type(name: str) -> Error:
    return validation(f"The following data type is not supported: {name}. (Data type names are all lowercase.)")


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"Overwrite": True, "Tags": [TAG]}, TAGS_AND_OVERWRITE),  # [R] though it does not exist
        ({"DataType": "Text"}, bad_data_type("Text")),  # [R]
        ({"DataType": "aws:ec2:instance"}, bad_data_type("aws:ec2:instance")),
        (
            {"DataType": "aws:ssm:integration"},
            validation(f"Parameters with data type: aws:ssm:integration must start with prefix: {INTEGRATIONS}"),
        ),  # [R]
        (
            {"DataType": "aws:ec2:image", "Type": "StringList"},
            validation("The aws:ec2:image data type is not supported for the following input type: StringList"),
        ),  # [Q]
        (
            {"Value": "before {{other}} after"},
            validation(
                "Parameter value: 'before {{other}} after' failed to satisfy constraint: Parameter value can't nest"
                ' another parameter. Do not use "{{}}" in the value.'
            ),
        ),  # [R] this one does echo the value
        (
            {"Value": "{{ssm:other:2}}", "Type": "SecureString"},
            validation(
                "Parameter value: '{{ssm:other:2}}' failed to satisfy constraint: Parameter value can't nest another"
                ' parameter. Do not use "{{}}" in the value.'
            ),
        ),
        ({"KeyId": "alias/aws/ssm"}, validation("KeyId is required for SecureString type parameter only.")),  # [P]
        (
            {"Policies": '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2030-12-02T21:34:33Z"}}]'},
            validation(
                "You can't assign parameter policies to a standard-parameter tier. You must upgrade the parameter to"
                f" use the advanced-parameter tier. {words.ADVANCED_PAGE}"
            ),
        ),  # [R]
        (
            {"AllowedPattern": "(open"},
            Error(
                "InvalidAllowedPatternException", "message", "The syntax of the allowedPattern parameter is invalid."
            ),
        ),  # [R]
        (
            {"AllowedPattern": "db"},
            Error(
                "ParameterPatternMismatchException",
                "message",
                "Parameter value, cannot be validated against allowedPattern: db",
            ),
        ),  # [R]
        ({"Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}, Error("TooManyTagsError")),  # [M] no member
    ],
    ids=lambda value: f"{next(iter(value))} {str(next(iter(value.values())))[:20]}" if isinstance(value, dict) else "",
)
def test_rules(raw: Raw, members: dict[str, Any], error: Error) -> None:
    assert raw.call("PutParameter", {**HOST, **members}).error == error
    assert raw.call("DescribeParameters", {}).json == {"Parameters": []}


def test_tags_with_overwrite_are_refused_where_it_exists_too(raw: Raw) -> None:
    assert raw.call("PutParameter", HOST).status == 200
    assert raw.call("PutParameter", {**HOST, "Overwrite": True, "Tags": [TAG]}).error == TAGS_AND_OVERWRITE  # [R]


def test_reserved_tag_keys(raw: Raw) -> None:
    """[M/D] the text is not recorded."""
    answer = raw.call("PutParameter", {**HOST, "Tags": [{"Key": "aws:createdBy", "Value": "me"}]})
    assert answer.error.code == "ValidationException"


def test_data_types_that_are_taken(ssm: Client) -> None:
    put(ssm, Name=f"{INTEGRATIONS}/hook", Value="https://x", Type="SecureString", DataType="aws:ssm:integration")
    put(ssm, Name="/ami", Value="ami-0123456789abcdef0", Type="String", DataType="aws:ec2:image")
    settled(ssm, "/ami")
    put(ssm, Name="/text", Value="v", Type="StringList", DataType="text")
    put(ssm, Name="/default", Value="v", Type="String")
    listed = {each["Name"]: each["DataType"] for each in ssm.describe_parameters()["Parameters"]}
    assert listed == {
        f"{INTEGRATIONS}/hook": "aws:ssm:integration",
        "/ami": "aws:ec2:image",
        "/text": "text",
        "/default": "text",
    }


def test_a_refused_overwrite_changes_nothing(raw: Raw) -> None:
    assert raw.call("PutParameter", {**HOST, "AllowedPattern": "[a-z.]+", "Description": "d"}).status == 200
    before = raw.call("DescribeParameters", {}).body
    for wrong in ({"Value": "NO"}, {"Value": "v" * 4097}, {"Value": "{{x}}"}, {"AllowedPattern": "("}):
        answer = raw.call("PutParameter", {**HOST, "Overwrite": True, "Description": "changed", **wrong})
        assert answer.status == 400
    assert raw.call("DescribeParameters", {}).body == before
