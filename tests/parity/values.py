"""Types, values, tiers, data types and versions."""

from __future__ import annotations

from typing import Any

from tests.parity.facts import (
    ANY,
    POLICIES,
    describes,
    does,
    fact,
    gets,
    held,
    invalid,
    metadata,
    put,
    puts,
    refuses,
    version,
    violates,
)
from tests.sdk import words

INTEGRATIONS = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations"
TOO_LARGE = (
    "The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of 8192"
    " characters."
)
_NO_WAY_BACK = (
    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier"
    " to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a"
    " standard parameter. Be aware that standard parameters have a value limit of 4096 characters."
)
_NOT_STANDARD = (
    "You can't assign parameter policies to a standard-parameter tier. You must upgrade the parameter to use the"
    f" advanced-parameter tier. {words.ADVANCED_PAGE}"
)
_TAGS = [{"Key": "k", "Value": "v"}]


def _nested(value: str) -> str:
    return (
        f"Parameter value: '{value}' failed to satisfy constraint: Parameter value can't nest another parameter. Do"
        ' not use "{{}}" in the value.'
    )


def history(*versions: dict[str, Any]) -> Any:
    return does("GetParameterHistory", {"Parameters": list(versions)}, Name="/a")


VALUES = (
    fact(
        "M",
        "There are three types.",
        *(puts(1, f"/{kind}", "v", Type=kind) for kind in ("String", "StringList", "SecureString")),
        violates("PutParameter", "type", "'string'",
                 "Member must satisfy enum value set: [SecureString, StringList, String]",
                 Name="/a", Value="v", Type="string"),
    ),
    fact(
        "R",
        "A list is stored verbatim: blanks, empty items and commas at its ends.",
        *(
            call
            for number, value in enumerate(("a, b ,,c", ",", "a,b,"))
            for call in (put(f"/l{number}", value, "StringList"), gets(f"/l{number}", value, Type="StringList"))
        ),
    ),
    fact("?", "A value is bytes of UTF-8 and comes back as it was.",
         put("/a", " \u00e9\r\n\U0001f511\t"), gets("/a", " \u00e9\r\n\U0001f511\t")),
    fact(
        "R",
        "A standard value has up to 4096 bytes.",
        puts(1, "/a", "v" * 4096, Type="String"),
        gets("/a", "v" * 4096),
        invalid("PutParameter", words.STANDARD_LIMIT, Name="/a", Value="v" * 4097, Overwrite=True),
        invalid("PutParameter", words.STANDARD_LIMIT, Name="/b", Value="v" * 4097, Type="SecureString"),
    ),
    fact(
        "Q",
        "An advanced value has up to 8192 bytes.",
        puts(1, "/a", "v" * 8192, Type="String", Tier="Advanced", tier="Advanced"),
        gets("/a", "v" * 8192),
        invalid("PutParameter", TOO_LARGE, Name="/a", Value="v" * 8193, Overwrite=True),
        invalid("PutParameter", TOO_LARGE, Name="/b", Value="v" * 8193, Type="SecureString", Tier="Advanced"),
    ),
    fact(
        "Q",
        "The model's limits of a value are 1 and 32768 characters, and the value is not shown.",
        violates("PutParameter", "value", None, "Member must have length greater than or equal to 1",
                 Name="/a", Value="", Type="String"),
        violates("PutParameter", "value", None, "Member must have length less than or equal to 32768",
                 Name="/a", Value="v" * 32769, Type="String"),
        invalid("PutParameter", words.STANDARD_LIMIT, Name="/a", Value="v" * 32768, Type="String"),
    ),
    fact(
        "R",
        "A reference within a value is refused; single braces are not.",
        *(
            invalid("PutParameter", _nested(value), Name="/a", Value=value, Type=kind)
            for value, kind in (("{{x}}", "String"), ("a {{ssm:/b}} c", "StringList"), ("{{}}", "SecureString"))
        ),
        put("/a", "{x} }}{{"),
        gets("/a", "{x} }}{{"),
    ),
    fact(
        "R",
        "Overwriting may change the type; each version keeps its own type and key.",
        put("/a", "v1"),
        puts(2, "/a", "v2", Type="SecureString", Overwrite=True),
        puts(3, "/a", "v3", Type="StringList", Overwrite=True),
        does(
            "GetParameterHistory",
            {"Parameters": [
                version("/a", 1, "v1"),
                version("/a", 2, "v2", Type="SecureString", KeyId="alias/aws/ssm"),
                version("/a", 3, "v3", Type="StringList"),
            ]},
            Name="/a", WithDecryption=True,
        ),
    ),
)  # fmt: skip

TIERS = (
    fact(
        "D",
        "A new parameter is Standard unless something else is asked for, and Intelligent-Tiering never comes back.",
        puts(1, "/a", "v", Type="String"),
        puts(1, "/b", "v", Type="String", Tier="Intelligent-Tiering"),
        puts(1, "/c", "v" * 4097, Type="String", Tier="Intelligent-Tiering", tier="Advanced"),
        puts(1, "/d", "v", Type="String", Tier="Intelligent-Tiering", Policies=POLICIES, tier="Advanced"),
        describes(metadata("/a"), metadata("/b"), metadata("/c", Tier="Advanced"),
                  metadata("/d", Tier="Advanced", Policies=ANY)),
    ),
    fact(
        "R",
        "Without a tier an advanced parameter stays advanced, and it cannot be made standard.",
        puts(1, "/a", "v", Type="String", Tier="Advanced", tier="Advanced"),
        puts(2, "/a", "v", Overwrite=True, tier="Advanced"),
        invalid("PutParameter", _NO_WAY_BACK, Name="/a", Value="v", Tier="Standard", Overwrite=True),
        puts(3, "/a", "v", Tier="Intelligent-Tiering", Overwrite=True, tier="Advanced"),
    ),
    fact(
        "D",
        "A standard parameter is upgraded by asking for it, or by need with Intelligent-Tiering; versions keep theirs.",
        put("/a", "v1"),
        puts(2, "/a", "v2", Tier="Advanced", Overwrite=True, tier="Advanced"),
        history(version("/a", 1, "v1"), version("/a", 2, "v2", Tier="Advanced")),
        put("/b"),
        puts(2, "/b", "v" * 5000, Tier="Intelligent-Tiering", Overwrite=True, tier="Advanced"),
    ),
    fact(
        "R",
        "Policies are for advanced parameters.",
        invalid("PutParameter", _NOT_STANDARD, Name="/a", Value="v", Type="String", Policies=POLICIES, Tier="Standard"),
        invalid("PutParameter", _NOT_STANDARD, Name="/a", Value="v", Type="String", Policies=POLICIES),
    ),
    fact(
        "M",
        "The tiers of a request are three.",
        invalid("PutParameter", ANY, Name="/a", Value="v", Type="String", Tier="standard"),
    ),
    held("D", "Intelligent-Tiering takes an advanced parameter when 10,000 standard ones are there.",
         "sdk/boto3/test_tiers.py::test_ten_thousand_standard_parameters"),
    held("D", "An advanced SecureString is an envelope; what was written before an upgrade keeps its form.",
         "sdk/boto3/test_advanced_secrets.py::test_an_upgrade_keeps_what_older_versions_are"),
    held("T", "Terraform's second plan is empty, whatever type, tier, data type, key and tags there are.",
         "sdk/boto3/test_terraform_sequence.py::test_a_second_plan_is_empty"),
)  # fmt: skip

DATA_TYPES = (
    fact("R", "The data type is text where none is given, and said everywhere.",
         put("/a", DataType="text"), put("/b"), gets("/a"), gets("/b"), history(version("/a", 1, "v"))),
    fact(
        "R",
        "Data types there are not are refused.",
        *(
            invalid("PutParameter", f"The following data type is not supported: {kind}. (Data type names are all"
                    " lowercase.)", Name="/a", Value="v", Type="String", DataType=kind)
            for kind in ("Text", "aws:ec2:instance", "not:there")
        ),
    ),
    fact(
        "R",
        "Integrations have a place of their own.",
        invalid("PutParameter",
                f"Parameters with data type: aws:ssm:integration must start with prefix: {INTEGRATIONS}",
                Name="/a", Value="v", Type="SecureString", DataType="aws:ssm:integration"),
        puts(1, f"{INTEGRATIONS}/hook", "v", Type="SecureString", DataType="aws:ssm:integration"),
        gets(f"{INTEGRATIONS}/hook", ANY, Type="SecureString", DataType="aws:ssm:integration"),
    ),
    fact(
        "Q",
        "An image is a String.",
        *(
            invalid("PutParameter",
                    f"The aws:ec2:image data type is not supported for the following input type: {kind}",
                    Name="/a", Value="ami-12345678", Type=kind, DataType="aws:ec2:image")
            for kind in ("StringList", "SecureString")
        ),
    ),
    fact("D", "The answer to an image comes at once, with a version.",
         puts(1, "/a", "ami-12345678", Type="String", DataType="aws:ec2:image")),
    held("D", "Until an image is validated a new parameter is not found, and an older value stays.",
         "sdk/boto3/test_images.py::test_success"),
    held("D", "A failed validation is told of by an event, and changes nothing.",
         "sdk/boto3/test_images.py::test_failures_are_told_of_and_change_nothing"),
    held("P", "A second Put is refused while an image is being validated.",
         "sdk/boto3/test_images.py::test_a_second_put_is_refused_while_one_waits"),
    fact("M", "A data type has up to 128 characters.",
         violates("PutParameter", "dataType", f"'{'d' * 129}'", "Member must have length less than or equal to 128",
                  Name="/a", Value="v", Type="String", DataType="d" * 129)),
)  # fmt: skip

VERSIONS = (
    fact("R", "Versions count from 1, and every overwrite makes one, unchanged values too.",
         *(puts(number, "/a", "v", Type="String", Overwrite=True) for number in (1, 2, 3))),
    fact(
        "?",
        "A name that was deleted begins again, without anything of before.",
        put("/a", "old", Description="old", Tags=_TAGS),
        put("/a", "old", None, Overwrite=True),
        does("LabelParameterVersion", ANY, Name="/a", Labels=["live"]),
        does("DeleteParameter", {}, Name="/a"),
        puts(1, "/a", "new", Type="String"),
        history(version("/a", 1, "new")),
        does("ListTagsForResource", {"TagList": []}, ResourceType="Parameter", ResourceId="/a"),
        describes(metadata("/a")),
    ),
    fact(
        "D",
        "The hundred newest versions are kept; the oldest goes when another comes.",
        *(put("/a", f"v{number}", Overwrite=True) for number in range(1, 102)),
        gets("/a", "v2", asked={"Name": "/a:2"}, Version=2, Selector=":2"),
        refuses("GetParameter", "ParameterVersionNotFound", words.version("1", "/a"), Name="/a:1"),
    ),
    fact(
        "M",
        "The oldest of a hundred versions stays while it has a label: then no further version is made.",
        *(put("/a", "v", Overwrite=True) for _ in range(100)),
        does("LabelParameterVersion", ANY, Name="/a", Labels=["keep"], ParameterVersion=1),
        refuses("PutParameter", "ParameterMaxVersionLimitExceeded",
                "You attempted to create a new version of /a by calling the PutParameter API with the overwrite flag."
                " Version 1, the oldest version, can't be deleted because it has a label associated with it. Move the"
                " label to another version of the parameter, and try again.", Name="/a", Value="w", Overwrite=True),
        does("LabelParameterVersion", ANY, Name="/a", Labels=["keep"], ParameterVersion=2),
        puts(101, "/a", "w", Overwrite=True),
    ),
)  # fmt: skip
