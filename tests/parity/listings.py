"""DescribeParameters and its filters."""

from __future__ import annotations

from typing import Any

from tests.parity.facts import (
    ANY,
    PARAMETER,
    POLICIES,
    Call,
    describes,
    does,
    fact,
    held,
    invalid,
    metadata,
    put,
    refuses,
    violates,
)
from tests.sdk import words

_RESERVED = (
    'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using global'
    " parameters, please specify within a global namespace."
)
_KEYS = "Member must satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType"


def _where(key: str, *values: str, option: str | None = None) -> dict[str, Any]:
    return {"Key": key, **({"Values": list(values)} if values else {}), **({"Option": option} if option else {})}


def _finds(found: list[str], *filters: dict[str, Any], legacy: bool = False) -> Call:
    """A DescribeParameters that gives these names."""
    return describes(
        *(dict.fromkeys(_MEMBERS, ANY) | {"Name": name} for name in found),
        **{"Filters" if legacy else "ParameterFilters": list(filters)},
    )


_MEMBERS = metadata("/x")
_FEW = (put("/app/a"), put("/app/db/b"), put("plain"), put("/apple", "v", "StringList"))


def _refused(code: str, text: str, *filters: dict[str, Any]) -> Call:
    return refuses("DescribeParameters", code, text, ParameterFilters=list(filters))


DESCRIBE = (
    fact("R", "Entries are of the latest version, without value and labels; what was not set is left out.",
         put("/a", Description="d", AllowedPattern="v"),
         does("LabelParameterVersion", ANY, Name="/a", Labels=["live"]),
         describes(metadata("/a", Description="d", AllowedPattern="v"))),
    fact("R", "The ARN is said, the key of a SecureString too.",
         put("/s", "v", "SecureString"),
         describes(metadata("/s", Type="SecureString", KeyId="alias/aws/ssm", ARN=f"{PARAMETER}/s"))),
    fact("R", "Policies have their status here.",
         put("/a", Tier="Advanced", Policies=POLICIES),
         describes(metadata("/a", Tier="Advanced", Policies=[
             {"PolicyStatus": "Pending", "PolicyText": POLICIES[1:-1],
              "PolicyType": "NoChangeNotification"}]))),
    held("R", "Who changed it last, and when, is of the latest version.", "sdk/boto3/test_put.py::test_who_and_when"),
    fact("D", "Name asks for the whole name, or its beginning, or a part.", *_FEW,
         _finds(["/app/a"], _where("Name", "/app/a")),
         _finds(["/app/a", "/app/db/b", "/apple"], _where("Name", "/app", option="BeginsWith")),
         _finds(["/app/a", "/app/db/b"], _where("Name", "pp/", option="Contains"))),
    fact("?", "The first slash of a Name does not matter.", *_FEW,
         _finds(["plain"], _where("Name", "/plain")), _finds(["/apple"], _where("Name", "apple")),
         _finds(["/app/a", "/app/db/b", "/apple"], _where("Name", "app", option="BeginsWith"))),
    fact("D", "Path asks for one level, or for all of them.", *_FEW,
         _finds(["/app/a"], _where("Path", "/app")),
         _finds(["/app/a", "/app/db/b"], _where("Path", "/app", option="Recursive")),
         _finds(["/app/a", "/app/db/b"], _where("Path", "/app", "/app/db"))),
    fact("D", "Type, Tier and DataType are compared whole, or by their beginning.", *_FEW,
         _finds(["/apple"], _where("Type", "StringList")),
         _finds(["/app/a", "/app/db/b", "/apple", "plain"], _where("Type", "String", option="BeginsWith")),
         _finds([], _where("Tier", "Advanced")),
         _finds([], _where("Tier", "Intelligent-Tiering")),
         _finds(["/app/a", "/app/db/b", "/apple", "plain"], _where("DataType", "text"))),
    fact("D", "KeyId is compared with the key as it was given.",
         put("/s", "v", "SecureString"),
         describes(metadata("/s", Type="SecureString", KeyId="alias/aws/ssm"),
                   ParameterFilters=[_where("KeyId", "alias/aws/ssm")]),
         _finds([], _where("KeyId", "aws/ssm"))),
    fact("P", "A tag is asked for by its values, by their beginning, or for being there.",
         put("/a", Tags=[{"Key": "team", "Value": "blue"}]), put("/b", Tags=[{"Key": "team", "Value": "bluest"}]),
         put("/c"),
         _finds(["/a"], _where("tag:team", "blue")),
         _finds(["/a", "/b"], _where("tag:team", "blue", option="BeginsWith")),
         _finds(["/a", "/b"], _where("tag:team")), _finds([], _where("tag:Team"))),
    fact("D", "Several filters must all hold, of the values of one any.", *_FEW,
         _finds(["/app/a", "plain"], _where("Name", "/app/a", "plain", "/none")),
         _finds(["/apple"], _where("Name", "/app", option="BeginsWith"), _where("Type", "StringList"))),
    fact("P", "Label is no filter here.",
         _refused("InvalidFilterKey",
                  "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId,"
                  " Tier].", _where("Label", "x"))),
    fact("P", "A key stands once in a request.",
         _refused("InvalidFilterKey",
                  "The following filter is duplicated in the request: Type. A request can contain only one occurrence"
                  " of a specific filter.", _where("Type", "String"), _where("Type", "StringList"))),
    fact("R", "Type and KeyId need values.",
         *(_refused("InvalidFilterValue", f"The following filter values are missing : null for filter key {key}.",
                    _where(key)) for key in ("Type", "KeyId"))),
    fact("P", "Options there are not are told with those there are.",
         _refused("InvalidFilterOption",
                  "The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals].",
                  _where("Type", "String", option="Contains")),
         _refused("InvalidFilterOption",
                  "The following filter option is not valid: Equals. Valid options include: [Recursive, OneLevel].",
                  _where("Path", "/a", option="Equals"))),
    fact("P", "Types and tiers there are not are told with those there are.",
         _refused("InvalidFilterOption", "The following filter value is not valid: Text. Valid values include: [String,"
                  " StringList, SecureString].", _where("Type", "Text")),
         _refused("InvalidFilterOption", "The following filter value is not valid: None. Valid values include:"
                  " [Standard, Advanced, Intelligent-Tiering].", _where("Tier", "None"))),
    fact("P", "Values of Name and Path do not begin with aws or ssm.",
         *(invalid("DescribeParameters", _RESERVED, ParameterFilters=[each])
           for each in (_where("Path", "/aws/x"), _where("Path", "/ssm"), _where("Name", "/aws/x")))),
    fact("P", "Paths are paths.",
         *(invalid("DescribeParameters", words.PATH, ParameterFilters=[_where("Path", path)])
           for path in ("app", "/a//b", "/a b"))),
    fact("R", "A key that is none breaks the model's pattern.",
         violates("DescribeParameters", "parameterFilters.1.member.key", "'Value'", _KEYS,
                  ParameterFilters=[_where("Value", "x")])),
    fact("R", "The older filters ask by the beginning of a name, and by equality.", *_FEW,
         _finds(["/app/a", "/app/db/b", "/apple"], _where("Name", "/app"), legacy=True),
         _finds(["/apple"], _where("Type", "StringList"), legacy=True),
         _finds([], _where("KeyId", "alias/"), legacy=True)),
    fact("P", "The two kinds of filters do not go together.",
         invalid("DescribeParameters", "You can use either Filters or ParameterFilters in a single request.",
                 Filters=[_where("Name", "a")], ParameterFilters=[_where("Name", "a")])),
    fact("M", "A page has 1 to 50 parameters.",
         violates("DescribeParameters", "maxResults", "'51'", "Member must have value less than or equal to 50",
                  MaxResults=51),
         violates("DescribeParameters", "maxResults", "'0'", "Member must have value greater than or equal to 1",
                  MaxResults=0)),
    held("?", "Fifty are a page unless something else is asked for.",
         "sdk/boto3/test_describe.py::test_fifty_to_a_page"),
)  # fmt: skip
