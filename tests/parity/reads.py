"""The reading operations, deletion, pages, and what is readable for all."""

from __future__ import annotations

from typing import Any

from tests.parity.facts import (
    ANY,
    PARAMETER,
    POLICIES,
    Call,
    does,
    entry,
    fact,
    gets,
    held,
    invalid,
    named,
    put,
    refuses,
    version,
    violates,
)
from tests.sdk import words

_ELEVEN = [f"/n{number}" for number in range(11)]
_AT_MOST_10 = "Member must have length less than or equal to 10"
_AT_LEAST_1 = "Member must have length greater than or equal to 1"


def _label(name: str, *labels: str, **members: Any) -> Call:
    return does("LabelParameterVersion", ANY, Name=name, Labels=list(labels), **members)


def _lists(*entries: Any, **members: Any) -> Call:
    return does("GetParametersByPath", {"Parameters": list(entries)}, **members)


GET = (
    fact(
        "R",
        "GetParameter has no tier, labels, key, description, policies or user.",
        put("/a", "v", "SecureString", Tier="Advanced", Description="d", Policies=POLICIES),
        _label("/a", "live"),
        gets("/a", "v", asked={"WithDecryption": True}, Type="SecureString"),
    ),
    fact("R", "ParameterNotFound has no text; not with a selector, not by ARN.",
         *(refuses("GetParameter", "ParameterNotFound", Name=name) for name in ("/a", "/a:1", f"{PARAMETER}/a"))),
    fact("R", "WithDecryption means nothing for what is no secret.",
         put("/a"), put("/l", "a,b", "StringList"),
         gets("/a", asked={"WithDecryption": True}),
         gets("/l", "a,b", asked={"WithDecryption": True}, Type="StringList")),
    fact("R", "A SecureString is ciphertext unless decryption is asked for.",
         put("/a", "text", "SecureString"),
         gets("/a", ANY, Type="SecureString"),
         gets("/a", "text", asked={"WithDecryption": True}, Type="SecureString")),
    held("D", "kms:Decrypt opens the ciphertext of a standard parameter, with its ARN as encryption context.",
         "sdk/boto3/test_secure_strings.py::test_ciphertext_without_decryption"),
    fact("R", "GetParameters sorts by name, whatever the order of the request, and always has both lists.",
         put("/b"), put("/a"), put("c"),
         does("GetParameters", {"InvalidParameters": [], "Parameters": [entry("/a"), entry("/b"), entry("c")]},
              Names=["c", "/b", "/a"]),
         does("GetParameters", {"InvalidParameters": ["/x", "/y"], "Parameters": []}, Names=["/y", "/x"])),
    fact("R", "The same text twice is one entry; ways to name one parameter stay apart.",
         put("/a"), _label("/a", "live"),
         does("GetParameters",
              {"InvalidParameters": ["/x"],
               "Parameters": [entry("/a"), entry("/a", Selector=":1"), entry("/a", Selector=":live"), entry("a")]},
              Names=["/a", "/a", "a", "/a:live", "/a:1", "/x", "/x"])),
    fact("D", "GetParameters decrypts too.",
         put("/s", "text", "SecureString"),
         does("GetParameters", {"InvalidParameters": [], "Parameters": [entry("/s", "text", Type="SecureString")]},
              Names=["/s"], WithDecryption=True),
         does("GetParameters", {"InvalidParameters": [], "Parameters": [entry("/s", ANY, Type="SecureString")]},
              Names=["/s"])),
    fact("R", "A malformed name fails the whole call of GetParameters.",
         put("/a"), invalid("GetParameters", words.NAME, Names=["/a", "a b"])),
    fact("P", "GetParameters takes one to ten names, said in Java's words.",
         violates("GetParameters", "names", f"'[{', '.join(_ELEVEN)}]'", _AT_MOST_10, Names=_ELEVEN),
         violates("GetParameters", "names", "'[]'", _AT_LEAST_1, Names=[]),
         violates("GetParameters", "names", "null", "Member must not be null"),
         does("GetParameters", {"InvalidParameters": sorted(_ELEVEN[:10]), "Parameters": []}, Names=_ELEVEN[:10])),
    held("D", "GetParameter and GetParameters are two actions, and all names of a call must be allowed.",
         "sdk/iam/test_in_force.py::test_all_names_must_be_allowed"),
)  # fmt: skip

BY_PATH = (
    fact("P", "A path begins with a slash and holds what a name may.",
         *(invalid("GetParametersByPath", words.PATH, Path=path) for path in ("app", "/a b", "/a//b", "/a@b"))),
    fact("P", "A slash at the end changes nothing, and the parameter of the path's own name is not below it.",
         put("/a"), put("/a/b"), put("/a/b/c"), put("/ab"),
         _lists(entry("/a/b"), Path="/a"), _lists(entry("/a/b"), Path="/a/"),
         _lists(entry("/a/b"), entry("/a/b/c"), Path="/a", Recursive=True)),
    fact("R", "The top lists names with and without a slash; recursively, all.",
         put("plain"), put("/top"), put("/a/b"),
         _lists(entry("plain"), entry("/top"), Path="/"),
         does("GetParametersByPath", ANY, Path="/", Recursive=True)),
    fact("R", "Direct children come before deeper levels.",
         put("/a/b/c"), put("/a/x"), put("/a/b"),
         _lists(entry("/a/b"), entry("/a/x"), entry("/a/b/c"), Path="/a", Recursive=True)),
    fact("?", "A path with nothing below it is no error.", _lists(Path="/none"), _lists(Path="/none", Recursive=True)),
    fact("R", "Entries are GetParameter's, without a selector.",
         put("/a/s", "text", "SecureString"),
         _lists(entry("/a/s", "text", Type="SecureString"), Path="/a", WithDecryption=True)),
    fact("R", "The Label filter gives the version with the label, an older one too, and skips the others.",
         put("/a/x", "old"), _label("/a/x", "live"), put("/a/x", "new", None, Overwrite=True), put("/a/y"),
         _lists(entry("/a/x", "old"), Path="/a", ParameterFilters=[{"Key": "Label", "Values": ["live"]}])),
    fact("M", "Type and KeyId filter here too.",
         put("/a/x"), put("/a/s", "v", "SecureString"),
         _lists(entry("/a/x"), Path="/a", ParameterFilters=[{"Key": "Type", "Values": ["String"]}]),
         _lists(entry("/a/s", ANY, Type="SecureString"), Path="/a",
                ParameterFilters=[{"Key": "KeyId", "Values": ["alias/aws/ssm"]}])),
    fact("R", "Other keys are no filters here, and the text names those that are.",
         *(refuses("GetParametersByPath", "InvalidFilterKey",
                   f"The following filter key is not valid: {key}. Valid filter keys include: [Type, KeyId, Label].",
                   Path="/a", ParameterFilters=[{"Key": key, "Values": ["x"]}])
           for key in ("Name", "Path", "Tier", "DataType", "tag:x"))),
    fact("R", "Options of filters here.",
         refuses("GetParametersByPath", "InvalidFilterOption",
                 "The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals].",
                 Path="/a", ParameterFilters=[{"Key": "Type", "Option": "Contains", "Values": ["String"]}]),
         refuses("GetParametersByPath", "InvalidFilterOption",
                 "The following filter option is not valid: BeginsWith. Valid options include: [Equals].",
                 Path="/a", ParameterFilters=[{"Key": "Label", "Option": "BeginsWith", "Values": ["l"]}])),
    fact("R", "One label at a time.",
         refuses("GetParametersByPath", "InvalidFilterValue", "The following filter Label can have only one value",
                 Path="/a", ParameterFilters=[{"Key": "Label", "Values": ["a", "b"]}])),
    fact("M", "Ten parameters are a page unless something else is asked for.",
         *(put(f"/a/{number}") for number in range(11)),
         does("GetParametersByPath", {"NextToken": ANY, "Parameters": [ANY] * 10}, Path="/a")),
    fact("M", "A path is needed, of 1 to 2048 characters.",
         violates("GetParametersByPath", "path", "null", "Member must not be null"),
         violates("GetParametersByPath", "path", "''", _AT_LEAST_1, Path=""),
         violates("GetParametersByPath", "path", f"'/{'p' * 2048}'",
                  "Member must have length less than or equal to 2048", Path=f"/{'p' * 2048}")),
    fact("Q", "A page has 1 to 10 parameters, the number quoted in the text.",
         violates("GetParametersByPath", "maxResults", "'11'", "Member must have value less than or equal to 10",
                  Path="/a", MaxResults=11),
         violates("GetParametersByPath", "maxResults", "'0'", "Member must have value greater than or equal to 1",
                  Path="/a", MaxResults=0)),
    held("D", "Who may read a path reads all below it, even what is denied by name.",
         "sdk/iam/test_in_force.py::test_a_path_is_allowed_as_a_whole"),
)  # fmt: skip

HISTORY = (
    fact("R", "Entries always have labels and policies, never an ARN; versions ascend.",
         put("/a", "1", Description="d"), put("/a", "2", None, Overwrite=True, AllowedPattern="[0-9]"),
         _label("/a", "live", ParameterVersion=1),
         does("GetParameterHistory", {"Parameters": [
             version("/a", 1, "1", Labels=["live"], Description="d"),
             version("/a", 2, "2", Description="d", AllowedPattern="[0-9]"),
         ]}, Name="/a")),
    fact("R", "Policies of a version have no status.",
         put("/a", Tier="Advanced", Policies=POLICIES),
         does("GetParameterHistory", {"Parameters": [version("/a", 1, "v", Tier="Advanced", Policies=[
             {"PolicyText": POLICIES[1:-1], "PolicyType": "NoChangeNotification"}])]}, Name="/a")),
    fact("R", "The name is spelled as it was asked for.",
         put("foo"), does("GetParameterHistory", {"Parameters": [version("/foo", 1, "v")]}, Name="/foo")),
    fact("P", "Fifty versions are a page unless something else is asked for.",
         *(put("/a", "v", Overwrite=True) for _ in range(51)),
         does("GetParameterHistory", {"NextToken": ANY, "Parameters": [ANY] * 50}, Name="/a")),
    fact("M", "A page has 1 to 50 versions.",
         violates("GetParameterHistory", "maxResults", "'51'", "Member must have value less than or equal to 50",
                  Name="/a", MaxResults=51),
         violates("GetParameterHistory", "maxResults", "'0'", "Member must have value greater than or equal to 1",
                  Name="/a", MaxResults=0)),
    fact("R", "A history that is not there has no text.",
         refuses("GetParameterHistory", "ParameterNotFound", Name="/a")),
    held("D", "A history decrypts each version by its own key.", "sdk/boto3/test_history.py::test_entries"),
)  # fmt: skip

DELETION = (
    fact("M", "DeleteParameter answers an empty object; what is not there has no text.",
         put("/a"), does("DeleteParameter", {}, Name="/a"), refuses("DeleteParameter", "ParameterNotFound", Name="/a")),
    fact("R", "DeleteParameters always has both lists, in the spelling of the request.",
         put("/a"), put("b"),
         does("DeleteParameters", {"DeletedParameters": ["/a", "/b"], "InvalidParameters": ["/c"]},
              Names=["/c", "/b", "/a"]),
         does("DeleteParameters", {"DeletedParameters": [], "InvalidParameters": ["/a"]}, Names=["/a"])),
    fact("P", "One to ten names are deleted at once.",
         violates("DeleteParameters", "names", f"'[{', '.join(_ELEVEN)}]'", _AT_MOST_10, Names=_ELEVEN),
         violates("DeleteParameters", "names", "'[]'", _AT_LEAST_1, Names=[])),
    fact("D", "What lies below a deleted parameter stays.",
         put("/a"), put("/a/b"), does("DeleteParameter", {}, Name="/a"), named("/a/b")),
)  # fmt: skip

PAGES = (
    fact("R", "The last page has no token, also when it is exactly full.",
         put("/a/1"), put("/a/2"),
         does("DescribeParameters", {"Parameters": ANY}, MaxResults=2),
         does("GetParametersByPath", {"Parameters": ANY}, Path="/a", MaxResults=2),
         does("GetParameterHistory", {"Parameters": ANY}, Name="/a/1", MaxResults=1),
         does("DescribeParameters", {"NextToken": ANY, "Parameters": ANY}, MaxResults=1)),
    fact("R", "A token that was never given is told as it is.",
         put("/a"),
         *(refuses(operation, "InvalidNextToken", "The following token is invalid: nonsense.",
                   NextToken="nonsense", **members)
           for operation, members in (("DescribeParameters", {}), ("GetParametersByPath", {"Path": "/"}),
                                      ("GetParameterHistory", {"Name": "/a"})))),
    held("R", "A token is of one operation and one request; the size of a page may change.",
         "sdk/boto3/test_paging.py::test_a_token_is_of_one_request"),
    held("R", "Altered tokens are refused.", "sdk/boto3/test_paging.py::test_altered_tokens"),
    held("M", "boto3 pages DescribeParameters, GetParametersByPath, GetParameterHistory and GetResourcePolicies.",
         "sdk/boto3/test_paging.py::test_which_operations_boto_pages"),
)  # fmt: skip

PUBLIC = (
    fact("D", "Every service that publishes is listed with its path.",
         does("GetParametersByPath", ANY, Path="/aws/service/list"),
         does("GetParameter", ANY, Name="/aws/service/list/global-infrastructure")),
    held("D", "Public parameters belong to no account: the ARN has none.",
         "sdk/boto3/test_public.py::test_a_public_parameter_belongs_to_no_account"),
    held("D", "They are described by their full namespace alone, and have no user.",
         "sdk/boto3/test_public.py::test_described_only_by_their_full_namespace"),
    fact("Q", "Nobody writes or deletes them: their names are reserved.",
         refuses("PutParameter", "AccessDeniedException", "No access to reserved parameter name: aws/service/x.",
                 Name="/aws/service/x", Value="v", Type="String")),
    fact("?", "Listings do not show them unasked.", named(), _lists(Path="/", Recursive=True)),
)  # fmt: skip

SECRETS = (
    held("R", "A secret of Secrets Manager is a SecureString of version 0 with the secret's ARN and its source.",
         "sdk/boto3/test_secrets_manager.py::test_a_secret"),
    held("R", "A selector in the form of a UUID is a version, any other a stage.",
         "sdk/boto3/test_secrets_manager.py::test_versions_and_stages"),
    held("R", "A binary secret has no value.", "sdk/boto3/test_secrets_manager.py::test_a_binary_secret_has_no_value"),
    held("R", "An unknown secret is told with a text, in which null may stand for the selector.",
         "sdk/boto3/test_secrets_manager.py::test_an_unknown_secret"),
    held("R", "Selectors are looked at before WithDecryption, without which no secret is read.",
         "sdk/boto3/test_secrets_manager.py::test_selectors_are_looked_at_before_the_flag"),
    held("R", "GetParameters lists what cannot be had of Secrets Manager as invalid.",
         "sdk/boto3/test_secrets_manager.py::test_many_at_once"),
    held("R", "A deleted secret is an invalid request to Secrets Manager.",
         "sdk/boto3/test_secrets_manager.py::test_a_deleted_secret"),
    held("R", "A Secrets Manager that refuses or is not there is told in one text.",
         "sdk/boto3/test_secrets_manager.py::test_a_peer_that_is_not_there"),
)  # fmt: skip
