"""Names and selectors: which are accepted, and AWS's words for the others."""

from __future__ import annotations

import pytest

from parastore.errors import AccessDeniedException, ServiceError, ValidationException
from parastore.ssm.errors import HierarchyLevelLimitExceededException
from parastore.ssm.rules import names

ACCOUNT, REGION = "123456789012", "us-east-1"
BAD_NAME = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths'
    " divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_"
)
BAD_SELECTOR = (
    "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>"
)
RESERVED = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("foo", "foo"),
        ("/foo", "/foo"),
        ("/a/b", "/a/b"),
        ("  /a/b\t", "/a/b"),
        ("a.b-c_D9", "a.b-c_D9"),
        ("/my/aws/x", "/my/aws/x"),
        ("/my/ssm", "/my/ssm"),
        ("/" + "/".join("abcdefghijklmno"), "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o"),
        ("x" * 966, "x" * 966),
    ],
)
def test_names_that_may_be_written(raw: str, name: str) -> None:
    assert names.written(raw, ACCOUNT, REGION) == name


@pytest.mark.parametrize(
    ("raw", "error", "message"),
    [
        ("a b", ValidationException, BAD_NAME),
        ("/a@b", ValidationException, BAD_NAME),
        ("/a//b", ValidationException, BAD_NAME),
        ("//a", ValidationException, BAD_NAME),
        ("   ", ValidationException, BAD_NAME),
        ("/a:1", ValidationException, BAD_NAME),
        ("{{ssm:x}}", ValidationException, BAD_NAME),
        ("/ä", ValidationException, BAD_NAME),
        ("/a\n", None, "/a"),
        ("/a\nb", ValidationException, BAD_NAME),
        ("a/b", ValidationException, "Parameter name must be a fully qualified name."),
        ("/a/", ValidationException, "Parameter name must not end with slash."),
        ("/", ValidationException, "Parameter name must not end with slash."),
        ("aws-x", ValidationException, RESERVED),
        ("/awsfoo", ValidationException, RESERVED),
        ("AWS", ValidationException, RESERVED),
        ("SSMx", ValidationException, RESERVED),
        ("/ssm", ValidationException, RESERVED),
        ("/aws/x", AccessDeniedException, "No access to reserved parameter name: aws/x."),
        ("/AwsSec/y", AccessDeniedException, "No access to reserved parameter name: AwsSec/y."),
        ("/aws/service/list", AccessDeniedException, "No access to reserved parameter name: aws/service/list."),
        ("/ssm/x", ValidationException, BAD_NAME),
        ("/SSMfoo/x", ValidationException, BAD_NAME),
        ("x" * 967, AccessDeniedException, None),
        ("/" + "/".join("abcdefghijklmnop"), HierarchyLevelLimitExceededException, None),
    ],
)
def test_names_that_may_not(raw: str, error: type[ServiceError] | None, message: str | None) -> None:
    if error is None:
        assert names.written(raw, ACCOUNT, REGION) == message
        return
    with pytest.raises(error) as caught:
        names.written(raw, ACCOUNT, REGION)
    if message is not None:
        assert caught.value.message == message


def test_a_longer_region_leaves_less_for_the_name() -> None:
    names.written("x" * 966, ACCOUNT, "us-east-1")
    with pytest.raises(AccessDeniedException):
        names.written("x" * 966, ACCOUNT, "ap-southeast-1")


ARN = "arn:aws:ssm:us-east-1:123456789012:parameter"


@pytest.mark.parametrize(
    ("raw", "path", "name", "selector"),
    [
        ("foo", "/foo", "foo", None),
        ("/foo", "/foo", "/foo", None),
        ("foo:1", "/foo", "foo", "1"),
        ("foo:01", "/foo", "foo", "01"),
        ("/a/b:stable", "/a/b", "/a/b", "stable"),
        ("foo:-1", "/foo", "foo", "-1"),
        (f"{ARN}/foo", "/foo", None, None),
        (f"{ARN}/a/b:7", "/a/b", None, "7"),
        ("/aws/service/list", "/aws/service/list", "/aws/service/list", None),
        (" /a ", "/a", "/a", None),
    ],
)
def test_references(raw: str, path: str, name: str | None, selector: str | None) -> None:
    reference = names.read(raw)
    assert (reference.path, reference.name, reference.selector) == (path, name, selector)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("foo:", BAD_SELECTOR),
        ("foo:1:2", BAD_SELECTOR),
        (":", BAD_SELECTOR),
        (f"{ARN}/foo:", BAD_SELECTOR),
        (f"{ARN}/foo:1:2", BAD_SELECTOR),
        ("x/b/c", BAD_NAME),
        ("/a/", BAD_NAME),
        ("", BAD_NAME),
        ("  ", BAD_NAME),
        ("/a//b", BAD_NAME),
        ("/a b", BAD_NAME),
        ("ssm-x", BAD_NAME),
        ("/ssm/x", BAD_NAME),
        ("arn:aws:s3:::bucket", BAD_NAME),
        (f"{ARN}//foo", BAD_NAME),
        (ARN, BAD_NAME),
        ("arn:aws:ssm:us-east-1:123456789012:document/foo", BAD_NAME),
    ],
)
def test_references_that_are_none(raw: str, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        names.read(raw)
    assert caught.value.message == message


@pytest.mark.parametrize("raw", ["foo:1", f"{ARN}/foo:1", "foo:"])
def test_history_takes_no_selector(raw: str) -> None:
    with pytest.raises(ValidationException) as caught:
        names.read(raw, selectors=False)
    assert caught.value.message == BAD_NAME


@pytest.mark.parametrize(
    ("raw", "path"), [("/", "/"), ("/a", "/a"), ("/a/", "/a"), ("/a/b/", "/a/b"), ("/aws/service/x", "/aws/service/x")]
)
def test_paths(raw: str, path: str) -> None:
    assert names.listed_path(raw) == path


@pytest.mark.parametrize("raw", ["a", "", "//", "/a//b", "/a b", "/a:b", "/ssm", "/SSM/x", "/é"])
def test_paths_that_are_none(raw: str) -> None:
    with pytest.raises(ValidationException) as caught:
        names.listed_path(raw)
    assert caught.value.message == names.BAD_PATH


@pytest.mark.parametrize(
    ("raw", "arn"),
    [
        ("foo", f"{ARN}/foo"),
        ("/foo", f"{ARN}/foo"),
        ("/a/b:3", f"{ARN}/a/b"),
        (f"{ARN}/a/b:label", f"{ARN}/a/b"),
        ("arn:aws:ssm:us-east-1:999999999999:parameter/x", "arn:aws:ssm:us-east-1:999999999999:parameter/x"),
        ("arn:aws:ssm:us-east-1::parameter/aws/service/x", "arn:aws:ssm:us-east-1::parameter/aws/service/x"),
        ("", "arn:aws:ssm:us-east-1:123456789012:*"),
        ("$[..]", "arn:aws:ssm:us-east-1:123456789012:*"),
    ],
)
def test_what_a_call_is_authorised_on(raw: str, arn: str) -> None:
    assert str(names.authorised_arn(raw, ACCOUNT, REGION)) == arn


def test_arns_carry_their_partition() -> None:
    assert names.parameter_arn(ACCOUNT, "cn-north-1", "/a").startswith("arn:aws-cn:ssm:cn-north-1:")
    assert names.parameter_arn(ACCOUNT, "us-gov-west-1", "/a").startswith("arn:aws-us-gov:ssm:")


@pytest.mark.parametrize(("path", "depth"), [("/", 0), ("/a", 1), ("/a/b", 2)])
def test_depth(path: str, depth: int) -> None:
    assert names.depth_of(path) == depth
