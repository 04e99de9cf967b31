"""Names, ARNs and selectors."""

from __future__ import annotations

from tests.parity.facts import (
    ANY,
    PARAMETER,
    Call,
    does,
    entry,
    fact,
    gets,
    held,
    invalid,
    named,
    put,
    puts,
    refuses,
    violates,
)
from tests.sdk import words

_RESERVED = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'
_LONGEST = "x" * (1011 - len("arn:aws:ssm:fact-aa-1:123456789012:parameter/"))


def _denied(name: str, shown: str) -> Call:
    text = f"No access to reserved parameter name: {shown}."
    return refuses("PutParameter", "AccessDeniedException", text, Name=name, Value="v", Type="String")


NAMES = (
    fact(
        "R",
        "The ARN of foo and of /foo ends in parameter/foo, that of /a/b in parameter/a/b.",
        put("foo"),
        put("/a/b"),
        does("GetParameters", {"InvalidParameters": [], "Parameters": [entry("/a/b"), entry("/foo"), entry("foo")]},
             Names=["foo", "/foo", "/a/b"]),
    ),
    fact(
        "R",
        "Both spellings of a name without a path are one parameter for history, labels, tags and deletion.",
        put("foo"),
        does("LabelParameterVersion", {"InvalidLabels": [], "ParameterVersion": 1}, Name="/foo", Labels=["l"]),
        does("AddTagsToResource", {}, ResourceType="Parameter", ResourceId="/foo", Tags=[{"Key": "k", "Value": "v"}]),
        does("ListTagsForResource", {"TagList": [{"Key": "k", "Value": "v"}]},
             ResourceType="Parameter", ResourceId="foo"),
        does("GetParameterHistory", ANY, Name="/foo"),
        does("DeleteParameter", {}, Name="/foo"),
        refuses("GetParameter", "ParameterNotFound", Name="foo"),
    ),
    fact(
        "M",
        "GetParameter, GetParameters and GetParameterHistory take an ARN.",
        put("/a/b"),
        gets("/a/b", asked={"Name": f"{PARAMETER}/a/b"}),
        does("GetParameters", {"InvalidParameters": [], "Parameters": [entry("/a/b")]}, Names=[f"{PARAMETER}/a/b"]),
        does("GetParameterHistory", ANY, Name=f"{PARAMETER}/a/b"),
    ),
    fact(
        "M",
        "An ARN is no name for PutParameter, DeleteParameter, DeleteParameters and the label operations.",
        put("/a"),
        invalid("PutParameter", words.NAME, Name=f"{PARAMETER}/a", Value="v", Overwrite=True),
        invalid("DeleteParameter", words.NAME, Name=f"{PARAMETER}/a"),
        invalid("DeleteParameters", words.NAME, Names=[f"{PARAMETER}/a"]),
        invalid("LabelParameterVersion", words.NAME, Name=f"{PARAMETER}/a", Labels=["l"]),
        invalid("UnlabelParameterVersion", words.NAME, Name=f"{PARAMETER}/a", Labels=["l"], ParameterVersion=1),
        named("/a"),
    ),
    fact(
        "R",
        "Inner spaces, @, double slashes and braces are told as the name's rules, on writes as on reads.",
        *(
            invalid(operation, words.NAME, **members)
            for name in ("a b", "a@b", "/a//b", "{{a}}")
            for operation, members in (
                ("PutParameter", {"Name": name, "Value": "v", "Type": "String"}),
                ("GetParameter", {"Name": name}),
                ("GetParameterHistory", {"Name": name}),
            )
        ),
    ),
    fact(
        "M",
        "White space around a name is trimmed, also where it is read and deleted.",
        puts(1, "  /a ", "v", Type="String"),
        does("GetParameter", {"Parameter": entry("/a")}, Name=" /a\t"),
        does("DeleteParameter", {}, Name="\n/a "),
        named(),
    ),
    fact(
        "?",
        "Names are told apart by case.",
        put("/A", "upper"),
        gets("/A", "upper"),
        refuses("GetParameter", "ParameterNotFound", Name="/a"),
        put("/a", "lower"),
        gets("/A", "upper"),
    ),
    fact(
        "Q",
        "A name that holds a slash begins with one, and PutParameter says so in words of its own.",
        invalid("PutParameter", "Parameter name must be a fully qualified name.", Name="a/b", Value="v", Type="String"),
        invalid("GetParameter", words.NAME, Name="a/b"),
    ),
    fact(
        "Q",
        "A name does not end with a slash.",
        invalid("PutParameter", "Parameter name must not end with slash.", Name="/a/b/", Value="v", Type="String"),
    ),
    fact(
        "D",
        "Fifteen levels are the most, the last one included.",
        puts(1, "/l" * 15, "v", Type="String"),
        gets("/l" * 15),
        refuses("PutParameter", "HierarchyLevelLimitExceededException", ANY, Name="/l" * 16, Value="v", Type="String"),
        refuses("PutParameter", "HierarchyLevelLimitExceededException", ANY, Name="/l" * 17, Value="v", Type="String"),
    ),
    fact(
        "M",
        "A name has 1 to 2048 characters before anything else is said of it.",
        violates("GetParameter", "name", "''", "Member must have length greater than or equal to 1", Name=""),
        violates("GetParameter", "name", f"'{'x' * 2049}'", "Member must have length less than or equal to 2048",
                 Name="x" * 2049),
        violates("GetParameter", "name", "null", "Member must not be null"),
    ),
    fact(
        "Q",
        "An ARN of more than 1011 characters is denied, and not told as a name that is too long.",
        puts(1, _LONGEST, "v", Type="String"),
        refuses("PutParameter", "AccessDeniedException", ANY, Name=f"{_LONGEST}x", Value="v", Type="String"),
    ),
    fact(
        "Q",
        "A node is leaf and branch at once, in either order of creation.",
        put("/a/b"),
        put("/a"),
        put("/x"),
        put("/x/y"),
        named("/a", "/a/b", "/x", "/x/y"),
    ),
    fact(
        "Q",
        "One segment that begins with aws or ssm, in any case, is refused.",
        *(
            invalid("PutParameter", _RESERVED, Name=name, Value="v", Type="String")
            for name in ("aws", "aws-x", "/awsfoo", "AwsX", "ssm", "SSMx", "/ssm")
        ),
    ),
    fact(
        "Q",
        "A path whose first segment begins with aws is denied, its name shown without the first slash.",
        *(_denied(name, name[1:]) for name in ("/aws/x", "/awssec/y", "/AWS/a/b")),
    ),
    fact(
        "Q",
        "A path whose first segment begins with ssm is told as the name's rules.",
        *(invalid("PutParameter", words.NAME, Name=name, Value="v", Type="String") for name in ("/ssm/x", "/SSMx/y")),
    ),
    fact("D", "Deeper in a path aws and ssm are names like others.", put("/my/aws/x"), put("/my/ssm"), gets("/my/ssm")),
    held("D", "A name never names a parameter of another account, and its ARN only one that is shared.",
         "sdk/boto3/test_sharing.py::test_nothing_is_shared_by_itself"),
    held("Q", "A name that is none is authorised on everything, so who may do nothing learns nothing of names.",
         "unit/ssm/test_names.py::test_what_a_call_is_authorised_on"),
)  # fmt: skip

SELECTORS = (
    fact(
        "R",
        "The selector stands in the answer as it was typed, and is not in the name.",
        put("/a"),
        gets("/a", asked={"Name": "/a:1"}, Selector=":1"),
        gets("/a", asked={"Name": "/a:0001"}, Selector=":0001"),
        does("LabelParameterVersion", ANY, Name="/a", Labels=["Stable_1.x-y"]),
        gets("/a", asked={"Name": "/a:Stable_1.x-y"}, Selector=":Stable_1.x-y"),
        gets("/a", asked={"Name": f"{PARAMETER}/a:1"}, Selector=":1"),
        gets("/a"),
    ),
    fact(
        "R",
        "A version that is not kept is told with the number as it was typed.",
        put("/a"),
        *(
            refuses("GetParameter", "ParameterVersionNotFound", words.version(number, "/a"), Name=f"/a:{number}")
            for number in ("0", "2", "2147483648")
        ),
    ),
    fact(
        "R",
        "Labels are told apart by case, and what is no number is a label.",
        put("/a"),
        does("LabelParameterVersion", ANY, Name="/a", Labels=["live"]),
        *(
            refuses("GetParameter", "ParameterVersionNotFound", words.label(label, "/a"), Name=f"/a:{label}")
            for label in ("Live", "-1", "1.0", "v1")
        ),
    ),
    fact(
        "R",
        "An empty selector and a second colon are no syntax.",
        put("/a"),
        *(invalid("GetParameter", words.SELECTOR, Name=name) for name in ("/a:", "/a:1:2", "/a::", "/a:x:")),
        invalid("GetParameters", words.SELECTOR, Names=["/a", "/a:"]),
    ),
    fact(
        "P",
        "A selector of a parameter that is not there does not matter.",
        refuses("GetParameter", "ParameterNotFound", Name="/none:1"),
        refuses("GetParameter", "ParameterNotFound", Name="/none:live"),
    ),
    fact(
        "R",
        "GetParameters lists a missing version or label as it was typed.",
        put("/a"),
        does("GetParameters", {"InvalidParameters": ["/a:2", "/a:none"], "Parameters": [entry("/a", Selector=":1")]},
             Names=["/a:none", "/a:2", "/a:1"]),
    ),
    fact(
        "M",
        "A colon is no character of a name where there are no selectors.",
        put("/a"),
        *(
            invalid(operation, words.NAME, **members)
            for operation, members in (
                ("GetParameterHistory", {"Name": "/a:1"}),
                ("DeleteParameter", {"Name": "/a:1"}),
                ("DeleteParameters", {"Names": ["/a:1"]}),
                ("PutParameter", {"Name": "/a:1", "Value": "v", "Type": "String"}),
                ("LabelParameterVersion", {"Name": "/a:1", "Labels": ["l"]}),
                ("UnlabelParameterVersion", {"Name": "/a:1", "Labels": ["l"], "ParameterVersion": 1}),
            )
        ),
    ),
)  # fmt: skip
