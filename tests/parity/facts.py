"""What a fact about Parameter Store is: a sentence, how it is known, and the calls that show it.

Each fact is replayed in an empty Region. In members and answers ACCOUNT and REGION stand for what differs from run to
run, and ANY for what is not known of an answer. A fact that takes more than calls (a second account, a clock, a sink)
names the test that holds it instead.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class _Any:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "ANY"


ANY: Any = _Any()
PARAMETER = "arn:aws:ssm:REGION:ACCOUNT:parameter"
ROOT = "arn:aws:iam::ACCOUNT:root"
# Parameter policies, as JSON.
POLICIES = '[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]'
# The errors whose text stands in `Message` ([R] where there is a recording, else [M]); that of all others in `message`.
CAPITAL = {
    "AccessDeniedException",
    "InternalServerError",
    "InvalidFilterKey",
    "InvalidFilterValue",
    "InvalidNextToken",
    "MalformedResourcePolicyDocumentException",
    "ResourceNotFoundException",
    "ResourcePolicyConflictException",
    "ResourcePolicyInvalidParameterException",
    "ResourcePolicyLimitExceededException",
    "ResourcePolicyNotFoundException",
    "ServiceSettingNotFound",
    "TooManyUpdates",
}
# How a fact is known, strongest first.
MARKS = {
    "R": "recorded",
    "T": "Terraform's acceptance tests against AWS",
    "Q": "quoted from AWS's output",
    "M": "the API's model",
    "D": "AWS's documentation",
    "P": "another implementation",
    "?": "nothing is known: ours",
}


class Call(NamedTuple):
    """A call and its answer: members of a success, or an error's code, text and the member that carries it."""

    operation: str
    members: dict[str, Any]
    answer: Any = ANY
    code: str = ""
    text: Any = None
    member: str = ""


class Fact(NamedTuple):
    """`mark` is a key of MARKS. `held` names the test that holds it, below `tests/`, where no calls do."""

    text: str
    mark: str
    calls: tuple[Call, ...] = ()
    held: str = ""


def fact(mark: str, text: str, *calls: Call) -> Fact:
    """A fact that calls show."""
    return Fact(text, mark, calls)


def held(mark: str, text: str, test: str) -> Fact:
    """A fact that a test of its own holds."""
    return Fact(text, mark, held=test)


def does(operation: str, answer: Any = ANY, /, **members: Any) -> Call:
    """A call that succeeds."""
    return Call(operation, members, answer)


def refuses(operation: str, code: str, text: Any = None, /, **members: Any) -> Call:
    """A call that fails; without a text the body has none."""
    member = "Message" if code in CAPITAL else "message"
    return Call(operation, members, None, code, text, member if text is not None else "")


def invalid(operation: str, text: Any, /, **members: Any) -> Call:
    """A call that fails with a ValidationException."""
    return refuses(operation, "ValidationException", text, **members)


def violates(operation: str, at: str, shown: str | None, constraint: str, /, **members: Any) -> Call:
    """A call that breaks one limit of the model."""
    value = "" if shown is None else f" {shown}"
    text = f"1 validation error detected: Value{value} at '{at}' failed to satisfy constraint: {constraint}"
    return invalid(operation, text, **members)


def put(name: str = "/a", value: str = "v", kind: str | None = "String", /, **members: Any) -> Call:
    """A PutParameter whose answer is of no interest."""
    return does("PutParameter", ANY, Name=name, Value=value, **({} if kind is None else {"Type": kind}), **members)


def puts(version: int, name: str, value: str, /, *, tier: str = "Standard", **members: Any) -> Call:
    """A PutParameter that makes this version."""
    return Call("PutParameter", {"Name": name, "Value": value, **members}, {"Tier": tier, "Version": version})


def entry(name: str, value: Any = "v", /, **other: Any) -> dict[str, Any]:
    """A parameter as the reading operations give it."""
    found = {
        "ARN": f"{PARAMETER}/{name.lstrip('/')}",
        "DataType": "text",
        "LastModifiedDate": ANY,
        "Name": name,
        "Type": "String",
        "Value": value,
        "Version": 1,
    }
    return dict(sorted((found | other).items()))


def gets(name: str, value: Any = "v", /, *, asked: dict[str, Any] | None = None, **other: Any) -> Call:
    """A GetParameter that gives this."""
    return does("GetParameter", {"Parameter": entry(name, value, **other)}, **({"Name": name} | (asked or {})))


def metadata(name: str, /, **other: Any) -> dict[str, Any]:
    """A parameter as DescribeParameters gives it."""
    found = {
        "ARN": f"{PARAMETER}/{name.lstrip('/')}",
        "DataType": "text",
        "LastModifiedDate": ANY,
        "LastModifiedUser": ROOT,
        "Name": name,
        "Policies": [],
        "Tier": "Standard",
        "Type": "String",
        "Version": 1,
    }
    return dict(sorted((found | other).items()))


def version(name: str, number: int, value: Any, /, **other: Any) -> dict[str, Any]:
    """A version as GetParameterHistory gives it."""
    found = metadata(name, **({"Labels": [], "Value": value, "Version": number} | other))
    del found["ARN"]
    return dict(sorted(found.items()))


def describes(*found: dict[str, Any], **members: Any) -> Call:
    """A DescribeParameters that gives these on one page."""
    return does("DescribeParameters", {"Parameters": list(found)}, **members)


def named(*names: str) -> Call:
    """An unfiltered DescribeParameters in which only the names count."""
    return describes(*(dict.fromkeys(metadata(each), ANY) | {"Name": each} for each in names))
