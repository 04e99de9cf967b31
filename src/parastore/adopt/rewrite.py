"""Put references, or look-ups of variables, where secrets were."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parastore.adopt.find import Found
from parastore.client.names import Transform, variable

IGNORED = ("*.rendered", "*.rendered.*")


def names_for(found: Sequence[tuple[str, Found]], path: str) -> dict[int, str]:
    """A parameter's name for each (file, found), by its index. The same key with another value gets its file's stem."""
    taken: dict[str, str] = {}
    made: dict[int, str] = {}
    for index, (file, each) in enumerate(found):
        stem = re.sub(r"[^A-Za-z0-9_-]", "_", file.rpartition("/")[2].partition(".")[0] or file.strip("."))
        for name in (
            f"{path.rstrip('/')}/{each.key}",
            f"{path.rstrip('/')}/{stem}/{each.key}",
            _numbered(path, each, index),
        ):
            if taken.setdefault(name, each.value) == each.value:
                made[index] = name
                break
    return made


def _numbered(path: str, each: Found, index: int) -> str:
    return f"{path.rstrip('/')}/{each.key}_{index}"


def rewrite(text: str, replaced: Mapping[Found, str], path: str) -> str:
    """The text with every value that has a name in `replaced` taken out."""
    python = False
    for each in sorted(replaced, reverse=True):
        name = replaced[each]
        text = text[: each.start] + _written(each, text[each.start : each.end], name, path) + text[each.end :]
        python = python or each.style == "python"
    return _import_os(text) if python else text


def _written(each: Found, old: str, name: str, path: str) -> str:
    reference = f"{{{{ssm:{name}}}}}"
    match each.style:
        case "python":
            return f'os.environ["{variable(name, path, Transform())}"]'
        case "javascript":
            return f"process.env.{variable(name, path, Transform())}"
        case "env":
            return f"{'export ' if old.startswith('export') else ''}{each.key}={reference}"
        case "yaml":
            return f"'{reference}'"  # in single quotes all but a single quote is itself
        case "json":
            return f'"{reference}"'
        case "quoted":
            return f"{old[0]}{reference}{old[0]}"
    return reference


def _import_os(text: str) -> str:
    """With `import os`, behind the docstring and what must come first."""
    import ast  # noqa: PLC0415

    tree = ast.parse(text)
    if any(isinstance(node, ast.Import) and any(name.name == "os" for name in node.names) for node in tree.body):
        return text
    line = 0
    for node in tree.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not docstring and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        line = node.end_lineno or 0
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:line], "\n" if line else "", "import os\n", *lines[line:]])


def ignore(text: str) -> str:
    """A .gitignore with what `render` writes."""
    missing = [each for each in IGNORED if each not in text.splitlines()]
    if not missing:
        return text
    lead = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{lead}# Files with values, written by `parastore render`.\n" + "".join(
        f"{each}\n" for each in missing
    )
