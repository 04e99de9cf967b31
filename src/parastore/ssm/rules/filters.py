"""Filters of DescribeParameters and GetParametersByPath: which are allowed, and the conditions they mean.

A condition holds for a parameter when any of its values does; all conditions must hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from parastore.errors import ValidationException
from parastore.ssm.errors import InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
from parastore.ssm.rules.names import arn_of_parameter, listed_path, path_of
from parastore.ssm.shapes import ParametersFilter, ParameterStringFilter

Match = Literal["equals", "prefix", "contains", "children", "descendants", "present"]


class Condition(NamedTuple):
    """`field` is a column of the parameter or `tag:<key>`; `values` are alternatives (none for `present`)."""

    field: str
    match: Match
    values: tuple[str, ...]


_COLUMNS = {"Type": "type", "KeyId": "key_id", "Tier": "tier", "DataType": "data_type"}
_KNOWN_VALUES = {
    "Type": ("String", "StringList", "SecureString"),
    "Tier": ("Standard", "Advanced", "Intelligent-Tiering"),
}
_EQUALITY: dict[str, Match] = {"BeginsWith": "prefix", "Equals": "equals"}
_NAME: dict[str, Match] = {"BeginsWith": "prefix", "Equals": "equals", "Contains": "contains"}
_PATH: dict[str, Match] = {"Recursive": "descendants", "OneLevel": "children"}


def describe(
    legacy: Sequence[ParametersFilter] | None, filters: Sequence[ParameterStringFilter] | None
) -> tuple[Condition, ...]:
    """The conditions of a DescribeParameters. Raises ValidationException or one of the filter errors."""
    if legacy and filters:
        raise ValidationException("You can use either Filters or ParameterFilters in a single request.")
    if legacy:
        return tuple(_legacy(each) for each in legacy)
    _refuse_duplicates(filters or ())
    return tuple(_described(each) for each in filters or ())


def by_path(filters: Sequence[ParameterStringFilter] | None) -> tuple[Condition, ...]:
    """The conditions of a GetParametersByPath, a label among them as field `label`. Raises one of the filter errors."""
    for each in filters or ():
        if each.key not in ("Type", "KeyId", "Label"):
            raise InvalidFilterKey(
                f"The following filter key is not valid: {each.key}. Valid filter keys include: [Type, KeyId, Label]."
            )
    _refuse_duplicates(filters or ())
    return tuple(_listed(each) for each in filters or ())


def _legacy(each: ParametersFilter) -> Condition:
    if each.key == "Name":
        return Condition("path", "prefix", tuple(path_of(value) for value in each.values))
    return Condition(_COLUMNS[each.key], "equals", tuple(each.values))


def _refuse_duplicates(filters: Sequence[ParameterStringFilter]) -> None:
    seen = set()
    for each in filters:
        if each.key in seen:
            raise InvalidFilterKey(
                f"The following filter is duplicated in the request: {each.key}. A request can contain only one"
                " occurrence of a specific filter."
            )
        seen.add(each.key)


def _described(each: ParameterStringFilter) -> Condition:
    if each.key == "Label":
        raise InvalidFilterKey(
            "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]."
        )
    if each.key.startswith("tag:"):
        match = _option(each, _EQUALITY)
        return Condition(each.key, match, tuple(each.values)) if each.values else Condition(each.key, "present", ())
    values = _values(each)
    if each.key == "Path":
        match = _option(each, _PATH, default="OneLevel")
        _refuse_reserved(values)
        return Condition("path", match, tuple(listed_path(value) for value in values))
    if each.key == "Name":
        match = _option(each, _NAME)
        _refuse_reserved(values)
        return Condition("path", match, values if match == "contains" else tuple(_path(value) for value in values))
    return _column(each, values)


def _path(name: str) -> str:
    """The path a name begins or is; that of a shared parameter is asked for by its ARN."""
    named = arn_of_parameter(name)
    return named.path if named else path_of(name)


def _listed(each: ParameterStringFilter) -> Condition:
    values = _values(each)
    if each.key == "Label":
        if each.option not in (None, "Equals"):
            raise InvalidFilterOption(
                f"The following filter option is not valid: {each.option}. Valid options include: [Equals]."
            )
        if len(values) > 1:
            raise InvalidFilterValue("The following filter Label can have only one value")
        return Condition("label", "equals", values)
    return _column(each, values)


def _column(each: ParameterStringFilter, values: tuple[str, ...]) -> Condition:
    match = _option(each, _EQUALITY)
    known = _KNOWN_VALUES.get(each.key)
    for value in values:
        if known and value not in known:
            raise InvalidFilterOption(
                f"The following filter value is not valid: {value}. Valid values include: [{', '.join(known)}]."
            )
    return Condition(_COLUMNS[each.key], match, values)


def _values(each: ParameterStringFilter) -> tuple[str, ...]:
    if not each.values:
        raise InvalidFilterValue(f"The following filter values are missing : null for filter key {each.key}.")
    return tuple(each.values)


def _option(each: ParameterStringFilter, options: dict[str, Match], default: str = "Equals") -> Match:
    match = options.get(each.option or default)
    if match is None:
        shown = [option for option in options if option != "Contains"]
        raise InvalidFilterOption(
            f"The following filter option is not valid: {each.option}. Valid options include: [{', '.join(shown)}]."
        )
    return match


def _refuse_reserved(values: tuple[str, ...]) -> None:
    for value in values:
        if value.lower().startswith(("/aws", "/ssm")) and not value.startswith("/aws/service"):
            raise ValidationException(
                'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using'
                " global parameters, please specify within a global namespace."
            )
