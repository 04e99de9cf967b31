"""Condition operators, one row each: what the policy says, what the request says, whether it holds."""

from __future__ import annotations

from typing import Any

import pytest

from parastore.policy.conditions import condition

ABSENT = None
IP, IPV6 = "203.0.113.7", "2001:db8::7"

TABLE: list[tuple[str, Any, Any, bool]] = [
    # operator, the policy's value or values, the request's, holds
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", ["a", "b"], "b", True),
    ("StringEquals", "a*", "ab", False),
    ("StringEquals", "a*", "a*", True),
    ("StringEquals", "a", ABSENT, False),
    ("StringNotEquals", "a", "b", True),
    ("StringNotEquals", "a", "a", False),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", "a", ABSENT, True),
    ("StringEqualsIgnoreCase", "Ab", "aB", True),
    ("StringNotEqualsIgnoreCase", "Ab", "aB", False),
    ("StringNotEqualsIgnoreCase", "Ab", "c", True),
    ("StringLike", "a*c", "abbc", True),
    ("StringLike", "a?c", "abbc", False),
    ("StringLike", "A*", "abc", False),
    ("StringLike", "*", "", True),
    ("StringLike", "*", ABSENT, False),
    ("StringNotLike", "a*", "abc", False),
    ("StringNotLike", "a*", "b", True),
    ("StringNotLike", "a*", ABSENT, True),
    ("StringEquals", "${*}", "*", True),
    ("StringLike", "${*}x", "yx", False),
    ("StringLike", "${?}${$}", "?$", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericNotEquals", "10", "11", True),
    ("NumericNotEquals", "10", ABSENT, True),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "10", "10.5", True),
    ("NumericGreaterThanEquals", "10", "9", False),
    ("NumericEquals", "10", "ten", False),
    ("NumericLessThan", "10", ABSENT, False),
    ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
    ("DateEquals", "1767225600", "2026-01-01T00:00:00Z", True),
    ("DateNotEquals", "2026-01-01", "2026-01-02T00:00:00Z", True),
    ("DateLessThan", "2026-01-01", "2025-12-31T23:59:59Z", True),
    ("DateLessThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan", "2026-01-01", "2026-01-01T00:00:00Z", False),
    ("DateGreaterThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan", "2026-01-01", ABSENT, False),
    ("Bool", "true", "true", True),
    ("Bool", "true", "True", True),
    ("Bool", "false", "true", False),
    ("Bool", "false", ABSENT, False),
    ("BoolIfExists", "true", ABSENT, True),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
    ("IpAddress", "203.0.113.0/24", IP, True),
    ("IpAddress", "203.0.113.7", IP, True),
    ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], IPV6, True),
    ("IpAddress", "0.0.0.0/0", IPV6, False),
    ("IpAddress", "10.0.0.0/8", IP, False),
    ("NotIpAddress", "10.0.0.0/8", IP, True),
    ("NotIpAddress", "203.0.113.0/24", IP, False),
    ("NotIpAddress", "10.0.0.0/8", ABSENT, True),
    ("ArnEquals", "arn:aws:iam::*:user/a", "arn:aws:iam::111122223333:user/a", True),
    ("ArnLike", "arn:aws:iam::*:user/*", "arn:aws:iam::111122223333:user/x/a", True),
    ("ArnLike", "arn:aws:*:user/a", "arn:aws:iam::111122223333:user/a", False),
    ("ArnLike", "arn:aws:iam::111122223333:*", "arn:aws:iam::111122223333:user/a:b", True),
    ("ArnLike", "*", "arn:aws:iam::111122223333:user/a", False),
    ("ArnNotEquals", "arn:aws:iam::*:user/a", "arn:aws:iam::111122223333:user/b", True),
    ("ArnNotLike", "arn:aws:iam::*:user/*", "arn:aws:iam::111122223333:user/b", False),
    ("ArnNotLike", "arn:aws:iam::*:user/*", ABSENT, True),
    ("Null", "true", ABSENT, True),
    ("Null", "true", "x", False),
    ("Null", "false", ABSENT, False),
    ("Null", "false", "x", True),
    ("Null", ["true", "false"], "x", True),
    # ...IfExists
    ("StringEqualsIfExists", "a", ABSENT, True),
    ("StringEqualsIfExists", "a", "b", False),
    ("NumericLessThanIfExists", "1", ABSENT, True),
    ("StringNotEqualsIfExists", "a", "a", False),
    # Keys of several values
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
    ("ForAllValues:StringEquals", ["a", "b"], (), True),
    ("ForAllValues:StringEquals", ["a", "b"], ABSENT, True),
    ("ForAllValues:StringEquals", ["a", "b"], "a", True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "d"), True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "a"), False),
    ("ForAnyValue:StringEquals", ["a", "b"], ("c", "b"), True),
    ("ForAnyValue:StringEquals", ["a", "b"], ("c", "d"), False),
    ("ForAnyValue:StringEquals", ["a", "b"], (), False),
    ("ForAnyValue:StringEquals", ["a", "b"], ABSENT, False),
    ("ForAnyValue:StringLike", "x*", ("a", "xy"), True),
    ("ForAnyValue:StringNotEquals", "a", ("a", "b"), True),
    ("ForAnyValue:StringNotEquals", "a", ("a",), False),
    ("ForAnyValue:StringNotEquals", "a", ABSENT, False),
    ("ForAnyValue:StringEqualsIfExists", "a", ABSENT, False),
    ("ForAllValues:StringEqualsIfExists", "a", ABSENT, True),
    ("StringEquals", "a", ("a",), False),
    ("StringEquals", [], "a", False),
    ("StringNotEquals", [], "a", True),
]


@pytest.mark.parametrize(("operator", "wanted", "given", "holds"), TABLE)
def test_operators(operator: str, wanted: Any, given: Any, holds: bool) -> None:
    values = [wanted] if isinstance(wanted, str) else wanted
    compiled = condition(operator, "aws:Some/Key", values, variables=True)
    assert compiled.holds({} if given is ABSENT else {"aws:some/key": given}) is holds


def test_every_operator_has_a_row() -> None:
    from parastore.policy.conditions import _OPERATORS

    bases = {operator.rpartition(":")[2].removesuffix("IfExists") for operator, *_ in TABLE}
    assert bases == {*_OPERATORS, "Null"}


VARIABLES: list[tuple[str, str, str, dict[str, Any], bool]] = [
    # operator, the policy's value, the request's, other keys of the request, holds
    ("StringEquals", "${aws:username}", "ann", {"aws:username": "ann"}, True),
    ("StringEquals", "${AWS:UserName}", "ann", {"aws:username": "ann"}, True),
    ("StringEquals", "home/${aws:username}/x", "home/ann/x", {"aws:username": "ann"}, True),
    ("StringLike", "home/${aws:username}/*", "home/ann/a/b", {"aws:username": "ann"}, True),
    ("StringLike", "home/${aws:username}/*", "home/bob/a/b", {"aws:username": "ann"}, False),
    # A value is taken literally: a user called `*` is not everybody.
    ("StringLike", "home/${aws:username}", "home/bob", {"aws:username": "*"}, False),
    ("StringEquals", "${aws:username}", "", {}, False),
    ("StringNotEquals", "${aws:username}", "ann", {}, True),
    ("StringEquals", "${aws:PrincipalTag/team, 'none'}", "none", {}, True),
    ("StringEquals", "${aws:PrincipalTag/team, 'none'}", "red", {"aws:principaltag/team": "red"}, True),
    ("StringEquals", "${aws:TagKeys}", "a", {"aws:tagkeys": ("a",)}, False),
    ("ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:user/*", "arn:aws:iam::1:user/a", {"aws:principalaccount": "1"},
     True),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "wanted", "given", "others", "holds"), VARIABLES)
def test_variables(operator: str, wanted: str, given: str, others: dict[str, Any], holds: bool) -> None:
    compiled = condition(operator, "some:key", [wanted], variables=True)
    assert compiled.holds({"some:key": given} | others) is holds


def test_variables_are_text_in_old_policies() -> None:
    compiled = condition("StringEquals", "some:key", ["${aws:username}"], variables=False)
    assert compiled.holds({"some:key": "${aws:username}", "aws:username": "ann"})
    assert compiled.keys == {"some:key"}


def test_the_keys_that_are_asked_for() -> None:
    compiled = condition("StringLike", "Some:Key", ["${aws:UserName}/*", "x"], variables=True)
    assert compiled.keys == {"some:key", "aws:username"}
