"""Parameter policies: what is taken, what is refused in which words, and when each falls due."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parastore.errors import ServiceError
from parastore.ssm.rules import policies


def policy(kind: str = "Expiration", version: str = "1.0", **attributes: Any) -> dict[str, Any]:
    return {"Type": kind, "Version": version, "Attributes": attributes}


EXPIRES = policy(Timestamp="2030-12-02T21:34:33.000Z")
WARNS = policy("ExpirationNotification", Before="15", Unit="Days")
NUDGES = policy("NoChangeNotification", After="20", Unit="Hours")
NOT_SMALL = "Attribute After must be a positive integer smaller than 8760000 ."
NOT_POSITIVE = "Attribute After must be a positive integer."


def nudge(after: Any, unit: Any = "Days") -> list[dict[str, Any]]:
    return [policy("NoChangeNotification", After=after, Unit=unit)]


@pytest.mark.parametrize("text", ["[]", "[{}]", "[{}, {}]"])
def test_cleared(text: str) -> None:
    assert policies.parse(text) == ()
    assert policies.written(()) is None


def test_written_compact_in_the_order_of_aws() -> None:
    given = json.dumps(
        [{"Attributes": {"Timestamp": "2030-12-02T21:34:33.000Z"}, "Version": "1.0", "Type": "Expiration"}]
    )
    text = '{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2030-12-02T21:34:33.000Z"}}'
    parsed = policies.parse(given)
    assert [each.text for each in parsed] == [text]
    assert policies.written(parsed) == f"[{text}]"
    assert policies.stored(policies.written(parsed)) == parsed
    assert policies.stored(None) == ()


def test_numbers_are_written_as_text() -> None:
    assert policies.parse(json.dumps(nudge(20)))[0].text == (
        '{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Days"}}'
    )


@pytest.mark.parametrize(
    ("timestamp", "moment"),
    [
        ("2030-12-02T21:34:33.000Z", datetime(2030, 12, 2, 21, 34, 33, tzinfo=UTC)),
        ("2030-12-02T21:34:33Z", datetime(2030, 12, 2, 21, 34, 33, tzinfo=UTC)),
        ("2030-11-01T22:13:48.87+10:30:00", datetime(2030, 11, 1, 11, 43, 48, 870_000, tzinfo=UTC)),
        ("2030-11-01T22:13:48-01:00", datetime(2030, 11, 1, 23, 13, 48, tzinfo=UTC)),
    ],
)
def test_moments(timestamp: str, moment: datetime) -> None:
    (parsed,) = policies.parse(json.dumps([policy(Timestamp=timestamp)]))
    assert policies.due_at(parsed, [parsed], 0) == round(moment.timestamp() * 1000)


def test_when_they_fall_due() -> None:
    parsed = policies.parse(json.dumps([EXPIRES, WARNS, NUDGES]))
    expires, warns, nudges = (policies.due_at(each, parsed, 1_000) for each in parsed)
    assert expires - warns == 15 * 86_400_000
    assert nudges == 1_000 + 20 * 3_600_000


def test_two_identical_expirations_are_taken() -> None:
    assert len(policies.parse(json.dumps([EXPIRES, EXPIRES]))) == 2


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ("nonsense", "ValidationException", "Invalid policies input: nonsense."),
        ('{"Type":"Expiration"}', "ValidationException", 'Invalid policies input: {"Type":"Expiration"}.'),
        ("[1]", "ValidationException", "Invalid policies input: [1]."),
        ("[NaN]", "ValidationException", "Invalid policies input: [NaN]."),
        ("[" * 4000, "ValidationException", f"Invalid policies input: {'[' * 4000}."),
        ([policy("Party")], "InvalidPolicyTypeException", "Policy type Party is not supported."),
        ([policy(["Expiration"])], "InvalidPolicyTypeException", 'Policy type ["Expiration"] is not supported.'),  # type: ignore[arg-type]
        ([{"Version": "1.0"}], "InvalidPolicyAttributeException", "Mandatory policy attribute Type is missing."),
        ([{"Type": "Expiration"}], "InvalidPolicyAttributeException", "Mandatory policy attribute Version is missing."),
        ([policy(version="2.0")], "InvalidPolicyAttributeException", "Unsupported policy version."),
        (
            [policy()],
            "InvalidPolicyAttributeException",
            "A valid Expiration policy must have an attribute of Timestamp.",
        ),
        ([policy(Timestamp="soon")], "InvalidPolicyAttributeException", "Invalid timestamp format"),
        ([policy(Timestamp="2030-13-02T21:34:33Z")], "InvalidPolicyAttributeException", "Invalid timestamp format"),
        (
            [policy(Timestamp="0001-01-01T00:00:00+10:00")],
            "InvalidPolicyAttributeException",
            "Invalid timestamp format",
        ),
        ([policy(Timestamp=7)], "InvalidPolicyAttributeException", "Invalid timestamp format"),
        (
            [{"Type": "NoChangeNotification", "Version": "1.0", "Attributes": []}],
            "InvalidPolicyAttributeException",
            "Mandatory policy attribute After is missing.",
        ),
        (
            [policy("ExpirationNotification", Before="1")],
            "InvalidPolicyAttributeException",
            "Mandatory policy attribute Unit is missing.",
        ),
        (nudge("1", "Weeks"), "InvalidPolicyAttributeException", "Supported time units: DAYS HOURS"),
        (nudge("1", ["Days"]), "InvalidPolicyAttributeException", "Supported time units: DAYS HOURS"),
        (nudge("0"), "InvalidPolicyAttributeException", NOT_POSITIVE),
        (nudge(0), "InvalidPolicyAttributeException", NOT_POSITIVE),
        (nudge("-1"), "InvalidPolicyAttributeException", NOT_POSITIVE),
        (nudge("1.5"), "InvalidPolicyAttributeException", NOT_SMALL),
        (nudge(1.5), "InvalidPolicyAttributeException", NOT_SMALL),
        (nudge("8760000"), "InvalidPolicyAttributeException", NOT_SMALL),
        (nudge("9" * 3000), "InvalidPolicyAttributeException", NOT_SMALL),
        (nudge([1]), "InvalidPolicyAttributeException", NOT_SMALL),
        (
            [EXPIRES, policy(Timestamp="2031-12-02T21:34:33.000Z")],
            "IncompatiblePolicyException",
            "There can be only one expiration policy",
        ),
        (
            [WARNS],
            "IncompatiblePolicyException",
            "Expiration notification policies are missing expiration policy",
        ),
        (
            nudge("1") * 11,
            "PoliciesLimitExceededException",
            "Number of policies attached to a parameter cannot exceed 10",
        ),
    ],
)
def test_refused(given: Any, code: str, message: str) -> None:
    with pytest.raises(ServiceError) as caught:
        policies.parse(given if isinstance(given, str) else json.dumps(given))
    assert (caught.value.code, caught.value.message) == (code, message)


def test_units_in_any_case() -> None:
    (parsed,) = policies.parse(json.dumps(nudge("2", "hOURS")))
    assert parsed.span == 2 * 3_600_000
