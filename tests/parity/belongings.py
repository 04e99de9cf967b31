"""Labels, tags, and the account's settings."""

from __future__ import annotations

from typing import Any

from tests.parity.facts import (
    ANY,
    ROOT,
    Call,
    does,
    fact,
    held,
    invalid,
    put,
    puts,
    refuses,
    version,
    violates,
)
from tests.sdk import words

_TEN = [f"l{number}" for number in range(10)]
_TOO_MANY_LABELS = (
    "A parameter version can have maximum 10 labels.Move one or more labels to another version and try again."
)


def _labels(answer: Any, **members: Any) -> Call:
    return does("LabelParameterVersion", answer, **members)


def _labelled(*labels: list[str]) -> Call:
    """The labels of each version of /a, oldest first."""
    versions = [version("/a", number, ANY, Labels=each) for number, each in enumerate(labels, 1)]
    return does("GetParameterHistory", {"Parameters": versions}, Name="/a")


LABELS = (
    fact("M", "A label goes to the latest version, or to the one that is named.",
         put(), put("/a", "w", None, Overwrite=True),
         _labels({"InvalidLabels": [], "ParameterVersion": 2}, Name="/a", Labels=["new"]),
         _labels({"InvalidLabels": [], "ParameterVersion": 1}, Name="/a", Labels=["old"], ParameterVersion=1),
         _labelled(["old"], ["new"])),
    fact("R", "A label on another version moves without a word, and again on its own nothing happens.",
         put(), put("/a", "w", None, Overwrite=True),
         _labels(ANY, Name="/a", Labels=["live"], ParameterVersion=1), _labelled(["live"], []),
         _labels(ANY, Name="/a", Labels=["live"], ParameterVersion=2), _labelled([], ["live"]),
         _labels({"InvalidLabels": [], "ParameterVersion": 2}, Name="/a", Labels=["live"]), _labelled([], ["live"])),
    fact("R", "What cannot be a label is told with status 200, and the others are attached.",
         put(),
         _labels({"InvalidLabels": ["1st", "aws", "AWSx", "ssm-x", "a b", "a:b"], "ParameterVersion": 1}, Name="/a",
                 Labels=["ok", "1st", "aws", "AWSx", "ssm-x", "a b", "a:b"]),
         _labelled(["ok"])),
    fact("R", "A label of more than a hundred characters breaks the model's limit.",
         put(), _labels(ANY, Name="/a", Labels=["l" * 100]),
         violates("LabelParameterVersion", "labels", f"'[{'l' * 101}]'",
                  "Member must satisfy constraint: [Member must have length less than or equal to 100, Member must have"
                  " length greater than or equal to 1]", Name="/a", Labels=["l" * 101])),
    fact("M", "One to ten labels are attached at once.",
         put(),
         violates("LabelParameterVersion", "labels", "'[]'", "Member must have length greater than or equal to 1",
                  Name="/a", Labels=[]),
         violates("LabelParameterVersion", "labels", f"'[{', '.join([*_TEN, 'l10'])}]'",
                  "Member must have length less than or equal to 10", Name="/a", Labels=[*_TEN, "l10"])),
    fact("P", "A version has ten labels at most.",
         put(), _labels(ANY, Name="/a", Labels=_TEN),
         refuses("LabelParameterVersion", "ParameterVersionLabelLimitExceeded", _TOO_MANY_LABELS, Name="/a",
                 Labels=["more"]),
         _labels({"InvalidLabels": [], "ParameterVersion": 1}, Name="/a", Labels=["l0"]), _labelled(sorted(_TEN))),
    fact("R", "A version or a parameter that is not there gets no label.",
         put(),
         refuses("LabelParameterVersion", "ParameterVersionNotFound", words.version("7", "/a"), Name="/a",
                 ParameterVersion=7, Labels=["l"]),
         refuses("LabelParameterVersion", "ParameterNotFound", Name="/none", Labels=["l"])),
    fact("R", "Unlabel tells what it took off, and what was not on that version.",
         put(), put("/a", "w", None, Overwrite=True), _labels(ANY, Name="/a", Labels=["live"]),
         does("UnlabelParameterVersion", {"InvalidLabels": ["live", "none"], "RemovedLabels": []}, Name="/a",
              ParameterVersion=1, Labels=["live", "none"]),
         does("UnlabelParameterVersion", {"InvalidLabels": [], "RemovedLabels": ["live"]}, Name="/a",
              ParameterVersion=2, Labels=["live"]),
         _labelled([], [])),
    fact("M", "Unlabel needs a version, which must be there.",
         put(),
         violates("UnlabelParameterVersion", "parameterVersion", "null", "Member must not be null", Name="/a",
                  Labels=["l"]),
         refuses("UnlabelParameterVersion", "ParameterVersionNotFound", words.version("7", "/a"), Name="/a",
                 ParameterVersion=7, Labels=["l"]),
         refuses("UnlabelParameterVersion", "ParameterNotFound", Name="/none", ParameterVersion=1, Labels=["l"])),
    fact("D", "A new version begins without labels.",
         put(), _labels(ANY, Name="/a", Labels=["live"]), put("/a", "w", None, Overwrite=True),
         _labelled(["live"], [])),
)  # fmt: skip

_OF_A = {"ResourceType": "Parameter", "ResourceId": "/a"}


def _tags(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _adds(*tags: dict[str, str]) -> Call:
    return does("AddTagsToResource", {}, **_OF_A, Tags=list(tags))


def _lists(*tags: dict[str, str]) -> Call:
    return does("ListTagsForResource", {"TagList": list(tags)}, **_OF_A)


TAGS = (
    fact("R", "Tags are added or take a new value, keep their order, and are listed also when there are none.",
         put(), _lists(), _adds(*_tags(b="1", a="2")), _adds(*_tags(b="3")), _lists(*_tags(b="3", a="2"))),
    fact("R", "Keys that are not there are removed without a word.",
         put(), _adds(*_tags(a="1")), does("RemoveTagsFromResource", {}, **_OF_A, TagKeys=["a", "none"]), _lists()),
    fact("R", "Unknown parameters are InvalidResourceId without a text, for all three.",
         *(refuses(operation, "InvalidResourceId", **_OF_A, **members) for operation, members in (
             ("AddTagsToResource", {"Tags": _tags(a="1")}), ("RemoveTagsFromResource", {"TagKeys": ["a"]}),
             ("ListTagsForResource", {})))),
    fact("M", "Fifty tags are the most, and TooManyTagsError has no text.",
         put(), _adds(*({"Key": f"k{number}", "Value": ""} for number in range(50))),
         refuses("AddTagsToResource", "TooManyTagsError", **_OF_A, Tags=_tags(more="")),
         _adds(*_tags(k0="again"))),
    fact("M", "Keys have 1 to 128 characters, values up to 256, of letters, digits, blanks and a few signs.",
         put(),
         _adds({"Key": "k" * 128, "Value": "v" * 256}, {"Key": "_.:/=+-@ \u00e9", "Value": "\uc124\uc815"}),
         violates("AddTagsToResource", "tags.1.member.key", f"'{'k' * 129}'",
                  "Member must have length less than or equal to 128", **_OF_A, Tags=[{"Key": "k" * 129, "Value": ""}]),
         violates("AddTagsToResource", "tags.1.member.value", f"'{'v' * 257}'",
                  "Member must have length less than or equal to 256", **_OF_A,
                  Tags=[{"Key": "k", "Value": "v" * 257}]),
         violates("AddTagsToResource", "tags.1.member.key", "'a*'",
                  "Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$", **_OF_A,
                  Tags=[{"Key": "a*", "Value": ""}])),
    fact("D", "Keys are told apart by case.", put(), _adds(*_tags(a="1", A="2")), _lists(*_tags(a="1", A="2"))),
    fact("?", "Of other types of resources there are none.",
         *(refuses("ListTagsForResource", "InvalidResourceId", ResourceType=kind, ResourceId="/a")
           for kind in ("Document", "ManagedInstance"))),
    held("D", "Keys that begin with aws: are AWS's.", "sdk/boto3/test_tags.py::test_keys_of_aws_are_refused"),
    held("M", "A type of resource there is not breaks the model's limit.",
         "sdk/boto3/test_tags.py::test_an_unknown_type_is_a_broken_limit"),
)  # fmt: skip

_TIER = "/ssm/parameter-store/default-parameter-tier"
_THROUGHPUT = "/ssm/parameter-store/high-throughput-enabled"


def _setting(name: str, value: str, status: str = "Customized", user: Any = ROOT) -> dict[str, Any]:
    return {"ServiceSetting": {
        "ARN": f"arn:aws:ssm:REGION:ACCOUNT:servicesetting{name}", "LastModifiedDate": ANY, "LastModifiedUser": user,
        "SettingId": name, "SettingValue": value, "Status": status,
    }}  # fmt: skip


SETTINGS = (
    fact("D", "Settings have a default by System, and are somebody's once changed; reset gives the default again.",
         *(call for name, default, other in ((_TIER, "Standard", "Advanced"), (_THROUGHPUT, "false", "true"))
           for call in (
               does("GetServiceSetting", _setting(name, default, "Default", "System"), SettingId=name),
               does("UpdateServiceSetting", {}, SettingId=name, SettingValue=other),
               does("GetServiceSetting", _setting(name, other), SettingId=name),
               does("ResetServiceSetting", _setting(name, default, "Default", ANY), SettingId=name)))),
    fact("D", "A setting is also named by its ARN.",
         does("GetServiceSetting", _setting(_TIER, "Standard", "Default", "System"),
              SettingId=f"arn:aws:ssm:REGION:ACCOUNT:servicesetting{_TIER}")),
    fact("D", "The default tier counts where no tier is asked for.",
         does("UpdateServiceSetting", {}, SettingId=_TIER, SettingValue="Advanced"),
         puts(1, "/a", "v", Type="String", tier="Advanced"),
         puts(1, "/b", "v", Type="String", Tier="Standard"),
         does("UpdateServiceSetting", {}, SettingId=_TIER, SettingValue="Intelligent-Tiering"),
         puts(1, "/c", "v", Type="String"), puts(1, "/d", "v" * 5000, Type="String", tier="Advanced")),
    fact("M", "Settings there are not.",
         *(refuses(operation, "ServiceSettingNotFound", ANY, SettingId="/ssm/none", **more) for operation, more in (
             ("GetServiceSetting", {}), ("UpdateServiceSetting", {"SettingValue": "x"}), ("ResetServiceSetting", {})))),
    fact("?", "Values that a setting cannot have.",
         invalid("UpdateServiceSetting", ANY, SettingId=_TIER, SettingValue="Gold"),
         invalid("UpdateServiceSetting", ANY, SettingId=_THROUGHPUT, SettingValue="maybe")),
    held("Q", "With AWS's quotas on, one request too many is a ThrottlingException, Rate exceeded.",
         "sdk/boto3/test_throttling.py::test_the_configuration_asks_for_quotas"),
    held("D", "The three reads share 40 requests a second, with high throughput each has many more of its own.",
         "unit/ssm/test_throughput.py::test_rates"),
    held("D", "10,000 standard parameters are the most, and 100,000 advanced ones.",
         "unit/ssm/test_tiers.py::test_quotas"),
    held("D", "High throughput raises the limits.",
         "sdk/boto3/test_throttling.py::test_an_account_with_high_throughput_is_limited_to_it"),
)  # fmt: skip
