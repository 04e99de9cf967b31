"""PutParameter: what it makes, keeps and refuses."""

from __future__ import annotations

from tests.parity.facts import (
    ANY,
    POLICIES,
    describes,
    does,
    entry,
    fact,
    gets,
    held,
    invalid,
    metadata,
    named,
    put,
    puts,
    refuses,
    version,
    violates,
)
from tests.parity.values import INTEGRATIONS, TOO_LARGE, history
from tests.sdk import words

_TAGS = [{"Key": "k", "Value": "v"}]
_TAGS_AND_OVERWRITE = (
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove"
    " overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or"
    " RemoveTagsFromResource."
)

PUT = (
    fact("R", "The answer has the tier and the version, and nothing else.", puts(1, "/a", "v", Type="String")),
    fact(
        "R",
        "What exists is not overwritten unless asked for; what does not is created either way.",
        put("/a"),
        refuses("PutParameter", "ParameterAlreadyExists", words.EXISTS, Name="/a", Value="w", Type="String"),
        refuses("PutParameter", "ParameterAlreadyExists", words.EXISTS, Name="/a", Value="w", Overwrite=False),
        puts(2, "/a", "w", Overwrite=True),
        puts(1, "/b", "v", Type="String", Overwrite=True),
    ),
    fact("P", "A parameter is created with a type.",
         *(invalid("PutParameter", "A parameter type is required when you create a parameter.", Name="/a", Value="v",
                   **more) for more in ({}, {"Overwrite": True}))),
    fact("R", "Tags and Overwrite do not go together, whether or not there is a parameter.",
         invalid("PutParameter", _TAGS_AND_OVERWRITE, Name="/a", Value="v", Type="String", Tags=_TAGS, Overwrite=True),
         put("/a"),
         invalid("PutParameter", _TAGS_AND_OVERWRITE, Name="/a", Value="v", Tags=_TAGS, Overwrite=True)),
    fact(
        "R",
        "Description, pattern, type and policies that are left out are kept.",
        put("/a", "1", Description="d", AllowedPattern="[0-9]", Tier="Advanced", Policies=POLICIES),
        puts(2, "/a", "2", Overwrite=True, tier="Advanced"),
        describes(metadata("/a", Version=2, Description="d", AllowedPattern="[0-9]", Tier="Advanced", Policies=ANY)),
        refuses("PutParameter", "ParameterPatternMismatchException",
                "Parameter value, cannot be validated against allowedPattern: [0-9]", Name="/a", Value="x",
                Overwrite=True),
    ),
    fact("T", "An empty description and an empty pattern clear; the version before keeps its own.",
         put("/a", "1", Description="d", AllowedPattern="[0-9]"),
         puts(2, "/a", "x", Overwrite=True, Description="", AllowedPattern=""),
         history(version("/a", 1, "1", Description="d", AllowedPattern="[0-9]"), version("/a", 2, "x"))),
    fact("D", "A key that is left out is the default key again.",
         does("PutParameter", ANY, Name="/a", Value="v", Type="SecureString", KeyId="alias/aws/ssm"),
         puts(2, "/a", "w", Overwrite=True),
         describes(metadata("/a", Type="SecureString", Version=2, KeyId="alias/aws/ssm"))),
    held("D", "A key of one's own is given up by an overwrite that does not name it.",
         "sdk/boto3/test_secure_strings.py::test_an_overwrite_without_a_key_takes_the_default_again"),
    fact("?", "A data type that is left out is kept.",
         put(f"{INTEGRATIONS}/a", "v", "SecureString", DataType="aws:ssm:integration"),
         puts(2, f"{INTEGRATIONS}/a", "w", Overwrite=True),
         gets(f"{INTEGRATIONS}/a", ANY, Version=2, Type="SecureString", DataType="aws:ssm:integration")),
    fact("R", "Tags outlive overwriting.", put("/a", Tags=_TAGS), put("/a", "w", None, Overwrite=True),
         does("ListTagsForResource", {"TagList": _TAGS}, ResourceType="Parameter", ResourceId="/a")),
    fact("P", "A key is for SecureStrings.",
         *(invalid("PutParameter", "KeyId is required for SecureString type parameter only.", Name="/a", Value="v",
                   Type=kind, KeyId="alias/aws/ssm") for kind in ("String", "StringList"))),
    fact("R", "A pattern that is no regular expression is refused.",
         *(refuses("PutParameter", "InvalidAllowedPatternException",
                   "The syntax of the allowedPattern parameter is invalid.", Name="/a", Value="v", Type="String",
                   AllowedPattern=pattern) for pattern in ("[", "(", "*"))),
    fact(
        "R",
        "The whole value must match its pattern, and of a list each item, of a secret the text.",
        *(
            refuses("PutParameter", "ParameterPatternMismatchException",
                    "Parameter value, cannot be validated against allowedPattern: [a-z]+", Name="/a", Value=value,
                    Type=kind, AllowedPattern="[a-z]+")
            for value, kind in (("abc1", "String"), ("a,1", "StringList"), ("A", "SecureString"))
        ),
        puts(1, "/a", "a,b", Type="StringList", AllowedPattern="[a-z]+"),
    ),
    fact("D", "The default pattern of everything takes everything.",
         puts(1, "/a", "line\nline", Type="String", AllowedPattern="(?s).*")),
    fact("M", "Limits of the other members.",
         violates("PutParameter", "description", f"'{'d' * 1025}'",
                  "Member must have length less than or equal to 1024",
                  Name="/a", Value="v", Type="String", Description="d" * 1025),
         violates("PutParameter", "allowedPattern", f"'{'d' * 1025}'",
                  "Member must have length less than or equal to 1024",
                  Name="/a", Value="v", Type="String", AllowedPattern="d" * 1025),
         violates("PutParameter", "keyId", "'a b'",
                  "Member must satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$",
                  Name="/a", Value="v", Type="SecureString", KeyId="a b"),
         violates("PutParameter", "policies", "''", "Member must have length greater than or equal to 1",
                  Name="/a", Value="v", Type="String", Policies=""),
         violates("PutParameter", "policies", f"'{'p' * 4097}'", "Member must have length less than or equal to 4096",
                  Name="/a", Value="v", Type="String", Policies="p" * 4097),
         violates("PutParameter", "value", None, "Member must not be null", Name="/a", Type="String"),
         violates("PutParameter", "tags.1.member.key", "''", "Member must have length greater than or equal to 1",
                  Name="/a", Value="v", Type="String", Tags=[{"Key": "", "Value": "v"}]),
         puts(1, "/a", "v", Type="String", Description="d" * 1024)),
    fact("M", "More than fifty tags are too many, without a text.",
         refuses("PutParameter", "TooManyTagsError", Name="/a", Value="v", Type="String",
                 Tags=[{"Key": f"k{number}", "Value": ""} for number in range(51)]),
         named()),
    fact("R", "Several broken limits are told together, in the order of the model.",
         invalid("PutParameter",
                 "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have"
                 " length greater than or equal to 1; Value at 'value' failed to satisfy constraint: Member must have"
                 " length greater than or equal to 1", Name="", Value="", Type="String")),
    fact("?", "A refused Put leaves nothing behind.",
         invalid("PutParameter", words.STANDARD_LIMIT, Name="/a", Value="v" * 4097, Type="String"),
         refuses("GetParameter", "ParameterNotFound", Name="/a"),
         does("GetParameters", {"InvalidParameters": ["/a"], "Parameters": []}, Names=["/a"]),
         put("/b", Tier="Advanced"),
         invalid("PutParameter", TOO_LARGE, Name="/b", Value="w" * 9000, Overwrite=True),
         does("GetParameter", {"Parameter": entry("/b")}, Name="/b")),
    held("Q", "Ten thousand standard parameters are the most of an account in a Region.",
         "sdk/boto3/test_tiers.py::test_ten_thousand_standard_parameters"),
)  # fmt: skip
