"""Secrets in the texts of a repository, each with its place, and what it is called there.

A file is read as what it is: dotenv, YAML and JSON by their parsers, Python by its syntax tree, everything else line by
line. In a .env file every setting is found, for it is a file of settings; elsewhere only what the detector takes for a
secret. A line with `pragma: allowlist secret`, detect-secrets' own mark, is passed over.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Detector = Callable[[str, str], list[str]]  # name, value -> kinds of secret

ALLOWED = "pragma: allowlist secret"
_ENV_FILE = re.compile(r"(.*\.)?env(\..*)?\Z")
_REFERENCE = re.compile(r"\{\{\s*(resolve:)?ssm(-secure)?:")
_QUOTED = re.compile(
    r"""(?P<key>[A-Za-z_][\w.-]*)["']?\s*(?:=>|:=|[:=])\s*(?P<quote>["'])(?P<value>(?:(?!(?P=quote)).)+)(?P=quote)"""
)
_BARE = re.compile(
    r"""(?m)^[ \t]*(?:export[ \t]+|-[ \t]+)?(?P<key>[A-Za-z_][\w.-]*)[ \t]*[:=][ \t]*"""
    r"""(?P<value>[^\s"'#{}$;,()]+)[ \t]*$"""
)
_BRACKETS = re.compile(r"[\[\]{}]")
DEEPEST = 100  # brackets in brackets of YAML or JSON
_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


class Found(NamedTuple):
    """A value in a text: `start` and `end` are its place, quotes included; `key` is what it is called, as a path.

    `style` says how it is written there: env, yaml, json, python, javascript, quoted, bare; `hand` is what a reference
    cannot take the place of, as the value would have to be escaped there. `kinds` are of secrets.
    """

    start: int
    end: int
    line: int
    key: str
    value: str
    style: str
    kinds: tuple[str, ...]


def is_env_file(file_name: str) -> bool:
    """.env, .env.production, prod.env."""
    return bool(_ENV_FILE.match(file_name))


def find(file_name: str, text: str, detect: Detector) -> list[Found]:
    """What is to be moved out of a file, in the order of the text. References are not, nor what `ALLOWED` marks."""
    if is_env_file(file_name):
        found = list(_env(text, detect))
    else:
        found = [each for each in _candidates(file_name, text, detect) if each.kinds]
    lines = text.splitlines()
    return [
        each
        for each in sorted(found)
        if not _REFERENCE.search(each.value) and ALLOWED not in (lines[each.line - 1] if lines else "")
    ]


def _candidates(file_name: str, text: str, detect: Detector) -> list[Found]:
    suffix = file_name.rpartition(".")[2].lower()
    try:
        if suffix == "py":
            return list(_python(text, detect))
        if suffix in ("yaml", "yml", "json"):
            return list(_yaml(text, detect, "json" if suffix == "json" else "yaml"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass  # not what its name says: read it line by line
    return list(_lines(text, detect, "javascript" if suffix in ("js", "mjs", "cjs", "ts", "jsx", "tsx") else "quoted"))


def _env(text: str, detect: Detector) -> Iterator[Found]:
    from dotenv.parser import parse_stream  # noqa: PLC0415

    at = 0
    for each in parse_stream(io.StringIO(text, newline="")):
        whole = each.original.string
        if each.key and each.value and not each.error:
            lead = len(whole) - len(whole.lstrip())
            kinds = tuple(detect(each.key, each.value))
            line = each.original.line + whole.count("\n", 0, lead)
            yield Found(at + lead, at + len(whole.rstrip()), line, each.key, each.value, "env", kinds)
        at += len(whole)


def _yaml(text: str, detect: Detector, style: str) -> Iterator[Found]:
    import yaml  # noqa: PLC0415

    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > DEEPEST:  # PyYAML takes quadratic time on the way down
            raise ValueError
    try:
        documents = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        raise ValueError from None
    return (each for document in documents if document is not None for each in _node(document, "", style, detect))


def _node(node: Any, path: str, style: str, detect: Detector) -> Iterator[Found]:
    if node.id == "mapping":
        for key, value in node.value:
            part = re.sub(r"[^A-Za-z0-9_.-]", "_", str(key.value))
            yield from _node(value, f"{path}/{part}" if path else part, style, detect)
    elif node.id == "sequence":
        for index, each in enumerate(node.value):
            yield from _node(each, f"{path}/{index}", style, detect)
    elif node.tag == "tag:yaml.org,2002:str" and path and node.style not in ("|", ">"):
        escaped = set('"\\' if style == "json" else "'") & set(node.value) or not node.value.isprintable()
        start, end = node.start_mark.index, node.end_mark.index
        yield Found(
            start,
            end,
            node.start_mark.line + 1,
            path,
            node.value,
            "hand" if escaped else style,
            tuple(detect(path, node.value)),
        )


def _python(text: str, detect: Detector) -> Iterator[Found]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = text.splitlines()

    def index(row: int, column: int) -> int:
        return starts[row - 1] + len(lines[row - 1].encode()[:column].decode())

    for key, value in _named(ast.parse(text)):
        if (
            isinstance(value, ast.Constant)
            and isinstance(value.value, str)
            and value.end_lineno
            and value.end_col_offset
        ):
            start, end = index(value.lineno, value.col_offset), index(value.end_lineno, value.end_col_offset)
            yield Found(start, end, value.lineno, key, value.value, "python", tuple(detect(key, value.value)))


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Every expression that has a name: assignments, arguments, items of dictionaries."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if name := _target(target):
                    yield name, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            if name := _target(node.target):
                yield name, node.value
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg, node.value
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield re.sub(r"[^A-Za-z0-9_.-]", "_", key.value), value


def _target(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return re.sub(r"[^A-Za-z0-9_.-]", "_", node.slice.value)
    return None


def _lines(text: str, detect: Detector, style: str) -> Iterator[Found]:
    seen: set[int] = set()
    for match in _QUOTED.finditer(text):
        start, end = match.start("quote"), match.end()
        seen.add(match.start("value"))
        line = text.count("\n", 0, start) + 1
        kinds = tuple(detect(match["key"], match["value"]))
        yield Found(start, end, line, match["key"], match["value"], "hand" if "\\" in match["value"] else style, kinds)
    for match in _BARE.finditer(text):
        if match.start("value") not in seen:
            line = text.count("\n", 0, match.start("key")) + 1
            kinds = tuple(detect(match["key"], match["value"]))
            yield Found(match.start("value"), match.end("value"), line, match["key"], match["value"], "bare", kinds)
    for match in _KEY_BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Found(match.start(), match.end(), line, "private-key", match[0], "hand", ("Private Key",))
