"""Formats of data: JSON, YAML, CSV, Java properties, Terraform variables.

JSON and YAML are a mapping of names to values, a StringList as a list; or, with types, a list of Name, Type and Value.
When they are read, mappings inside mappings become paths: `{"db": {"host": "h"}}` is `db/host`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from parastore.formats.entry import Entry, FormatError, refuse, shallow
from parastore.formats.yaml_text import dump_yaml

COLUMNS = ("Name", "Type", "Value")


@shallow
def read_json(text: str) -> list[Entry]:
    """Numbers and booleans keep the way they are written; null is left out."""
    try:
        data = json.loads(text, parse_float=_Written, parse_int=_Written, object_pairs_hook=_unique)
    except ValueError as error:
        raise FormatError(f"not JSON: {error}") from None
    return list(_entries(data))


class _Written(str):
    """A number as it is written: 1.10 stays 1.10."""

    __slots__ = ()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(pairs)
    if len(seen) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)} is there twice")
    return seen


def write_json(entries: Sequence[Entry], *, types: bool = False) -> str:
    """See the module."""
    return json.dumps(_data(entries, types), indent=2, ensure_ascii=False) + "\n"


@shallow
def read_yaml(text: str) -> list[Entry]:
    """Scalars keep the way they are written: `yes`, `1.10` and `012` stay what they are."""
    import yaml  # noqa: PLC0415

    try:
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (it makes strings, lists and mappings only)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise FormatError(f"not YAML{where}: {getattr(error, 'problem', None) or 'it cannot be read'}") from None
    return list(_entries(data or {}))


def write_yaml(entries: Sequence[Entry], *, types: bool = False) -> str:
    """See the module. What could be taken for a number or a boolean is quoted."""
    return dump_yaml([_data(entries, types)])


def _data(entries: Sequence[Entry], types: bool) -> Any:
    if types:
        return [{"Name": each.key, "Type": each.kind or "String", "Value": each.value} for each in entries]
    return {each.key: each.value.split(",") if each.kind == "StringList" else each.value for each in entries}


def _entries(data: Any, path: str = "") -> Iterator[Entry]:
    if isinstance(data, list) and not path:
        for row in data:
            if not isinstance(row, dict) or not {"Name", "Value"} <= row.keys():
                raise FormatError("a list must have rows with Name and Value, and perhaps Type")
            yield Entry(str(row["Name"]), str(row["Value"]), row.get("Type"))
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _entries(value, f"{path}/{key}" if path else str(key))
    elif not path:
        raise FormatError("neither a mapping nor a list")
    elif isinstance(data, list):
        flat = all(isinstance(each, str) and each and "," not in each for each in data) and data
        yield Entry(path, ",".join(data), "StringList") if flat else Entry(path, json.dumps(data, ensure_ascii=False))
    elif data is not None:
        yield Entry(path, json.dumps(data) if isinstance(data, bool) else str(data))


def read_csv(text: str) -> list[Entry]:
    """Columns Name and Value, and perhaps Type, named in the first row, in any order and case."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    columns = {each.strip().lower(): each for each in rows.fieldnames or ()}
    if not {"name", "value"} <= columns.keys():
        raise FormatError("the first row must name the columns Name and Value, and perhaps Type")
    found = []
    for row in rows:
        name, value = row[columns["name"]], row[columns["value"]]
        if name is None or value is None:
            raise FormatError(f"line {rows.line_num} has too few columns")
        found.append(Entry(name, value, (row[columns["type"]] or None) if "type" in columns else None))
    return found


def write_csv(entries: Sequence[Entry]) -> str:
    """Name, Type, Value (RFC 4180)."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(COLUMNS)
    writer.writerows((each.key, each.kind or "String", each.value) for each in entries)
    return made.getvalue()


def read_properties(text: str) -> list[Entry]:
    """As java.util.Properties reads it."""
    import javaproperties  # noqa: PLC0415

    try:
        return [Entry(key, value) for key, value in javaproperties.loads(text).items()]
    except javaproperties.InvalidUEscapeError as error:
        raise FormatError(f"not properties: {error}") from None


def write_properties(entries: Sequence[Entry]) -> str:
    """As java.util.Properties writes it, without the date."""
    import javaproperties  # noqa: PLC0415

    text: str = javaproperties.dumps({each.key: each.value for each in entries}, timestamp=None)
    return text


_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_HCL = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_HCL_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|\$\$\{|%%\{")


@shallow
def read_tfvars(text: str) -> list[Entry]:
    """Terraform's variable files, which hold literals only. Lists and maps as in JSON."""
    import hcl2  # noqa: PLC0415
    from lark.exceptions import LarkError  # noqa: PLC0415

    options = hcl2.SerializationOptions(with_comments=False, explicit_blocks=False, preserve_heredocs=False)
    try:
        data = hcl2.loads(text, serialization_options=options)
    except LarkError as error:
        raise FormatError(f"not Terraform variables: see line {getattr(error, 'line', '?')}") from None
    return list(_entries(_literal(data)))


def _literal(data: Any) -> Any:
    if isinstance(data, dict):
        return {_literal(key) if key.startswith('"') else key: _literal(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_literal(each) for each in data]
    if not isinstance(data, str):
        return data
    if not (data.startswith('"') and data.endswith('"') and len(data) > 1):
        raise FormatError("an expression: variable files hold literals only")
    if re.search(r"(?<![$])[$]\{|(?<!%)%\{", data):
        raise FormatError("a template with ${...}: variable files hold literals only")
    return _HCL_ESCAPE.sub(_unescape, data[1:-1])


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    if code is None:
        return found[0][1:]
    if code[0] in "uU":
        return chr(int(code[1:], 16))
    return {"n": "\n", "r": "\r", "t": "\t"}.get(code, code)


def write_tfvars(entries: Sequence[Entry]) -> str:
    """Strings, and lists for StringLists."""
    refuse([each for each in entries if not _IDENTIFIER.match(each.key)], "not the names of Terraform variables")
    return "".join(
        f"{each.key} = "
        + (f"[{', '.join(map(_hcl, each.value.split(',')))}]" if each.kind == "StringList" else _hcl(each.value))
        + "\n"
        for each in entries
    )


def _hcl(value: str) -> str:
    text = "".join(_HCL.get(each, each) for each in value)
    # Not `$${`: python-hcl2 does not read one without its closing brace. HCL looks for templates before it unescapes.
    return '"' + text.replace("${", "\\u0024{").replace("%{", "\\u0025{") + '"'
