"""Imports point one way: what each room may use of the others, read from the syntax trees.

`*` at the end of a name stands for everything below it. Imports under TYPE_CHECKING count like any other, but for the
few in TYPES_ONLY: `context` names the types of what it carries, and needs none of them to run (docs/adr/0001).
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "parastore"

ROOTS = ["context", "errors", "arn", "shapes", "operation"]
SERVICE = ["context", "errors", "arn", "shapes", "operation", "storage.protocol", "seal.keyring"]
MAY_IMPORT: dict[str, list[str]] = {
    "context": [],
    "errors": [],
    "arn": [],
    "violations": ["errors", "context"],
    "shapes": ["errors", "context", "violations"],
    "operation": ["arn", "context", "errors", "shapes", "policy.decide", "policy.patterns"],
    "wire": ["errors", "context", "operation", "shapes", "violations", "wire*"],
    "sigv4": ["errors", "sigv4*"],
    "policy": ["arn", "errors", "context", "policy*"],
    "seal": ["errors", "private", "seal*", "storage.protocol"],
    "storage": ["errors", "storage*"],
    "audit": [*SERVICE, "audit*", "violations", "wire.http", "iam.rules"],
    "cloudtrail": [*SERVICE, "cloudtrail*", "audit.history", "audit.event"],
    "events": [*SERVICE, "events*", "storage.check"],
    "iam": [*SERVICE, "iam*", "policy*", "storage.check"],
    # Sessions are of IAM's users and roles, and sign as their keys do.
    "sts": [*SERVICE, "sts*", "policy*", "iam.store", "iam.rules", "iam.directory*"],
    # What a service does by itself, without a call, it records by itself.
    "kms": [*SERVICE, "kms*", "policy*", "storage.check", "audit.deeds"],
    "ssm": [*SERVICE, "ssm*", "events.outbox", "policy*", "storage.check", "audit.deeds"],
    "asked": [*ROOTS, "seal.keyring", "wire.http"],
    "permission": [*ROOTS, "policy*"],
    "stage": [],
    "steady": [*ROOTS, "audit.event", "sigv4.claim", "wire.http"],
    "inside": [*ROOTS, "audit.event", "permission", "policy.decide", "steady"],
    "eventual": [*ROOTS, "storage.protocol", "wire.http"],
    "house": [
        *ROOTS,
        "eventual",
        "iam.uses",
        "inside",
        "seal.barrier",
        "sigv4.attempts",
        "storage.protocol",
        "wire.route",
    ],
    "pipeline": [
        *ROOTS,
        "asked",
        "eventual",
        "house",
        "permission",
        "stage",
        "steady",
        "wire*",
        "sigv4*",
        "policy.decide",
        "audit.event",
        "audit.store",
        "storage.protocol",
        "seal*",
        "iam.store",
        "iam.directory*",
        "sts.tokens",
        "sts.messages",
    ],
    "server": ["*"],
    "client": ["client*"],
    "formats": ["formats*"],
    "adopt": ["adopt*", "client.names"],
    # The agent stands on the server's HTTP front, and knows nothing of the service behind it.
    "agent": [
        "agent*",
        "client.connect",
        "private",
        "server.front",
        "server.turn",
        "server.worker",
        "server.bind",
        "server.logs",
        "server.settings",
        "wire.http",
    ],
    # A person's sign-in, with the issuer and with a server somewhere else.
    "login": ["login*", "client.connect", "context"],
    "cli": ["*"],
    "testing": ["*"],
    # The library: what applications import. It knows no server.
    "redaction": [],
    "private": [],
    "caching": ["redaction", "client*"],
    "settings": ["redaction", "client*"],
    "__init__": ["caching"],
    "__main__": ["cli*"],
}
NEVER: dict[str, list[str]] = {"server": ["cli*", "testing*"], "cli": ["testing*"], "*": ["testing*"]}
# Rules decide; they see no storage, no keys, no sockets and no event loop.
PURE = [
    "*/rules.py",
    "sts/people.py",
    "*/rules/*.py",
    "client/names.py",
    "client/references.py",
    "client/plan.py",
    "formats/*.py",
    "adopt/*.py",
    "policy/*.py",
    "sigv4/*.py",
    "wire/*.py",
    "shapes.py",
    "violations.py",
    "arn.py",
]
IMPURE_MODULES = {"asyncio", "socket", "apsw", "starlette", "uvicorn", "parastore.storage", "parastore.seal"}
TYPES_ONLY = {
    ("context", "seal.keyring"),
    ("context", "storage.protocol"),
    ("context", "policy.decide"),
    ("context", "wire.http"),
    ("context", "steady"),
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Full names of the modules a file imports, TYPE_CHECKING or not."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            names |= {node.module} | {
                f"{node.module}.{alias.name}"
                for alias in node.names
                if (SOURCE.parent / Path(*node.module.split("."), alias.name)).with_suffix(".py").exists()
            }
    return names


def room(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def allowed(name: str, patterns: list[str]) -> bool:
    for pattern in patterns:
        if pattern.endswith("*"):
            stem = pattern[:-1]
            if not stem or name == stem or name.startswith(stem + "."):
                return True
        elif name == pattern:
            return True
    return False


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_one_way(path: Path) -> None:
    own = room(path)
    for full in imported(path):
        if not full.startswith("parastore."):
            continue
        name = full.removeprefix("parastore.")
        if (own, name) in TYPES_ONLY:
            continue
        # `from parastore.ssm import shapes` names the package and the module; the package alone gives nothing away.
        is_package = (SOURCE / Path(*name.split("."))).is_dir()
        if is_package and allowed(name, [f"{pattern.partition('.')[0]}*" for pattern in MAY_IMPORT[own]]):
            continue
        assert allowed(name, MAY_IMPORT[own]), f"{own} must not import {name}"
        assert not allowed(name, [p for p in NEVER.get(own, NEVER["*"]) if not p.startswith(own)]), f"{own}: {name}"


@pytest.mark.parametrize("pattern", PURE)
def test_rules_are_pure(pattern: str) -> None:
    files = list(SOURCE.glob(pattern))
    assert files, pattern
    for path in files:
        for name in imported(path):
            assert not allowed(name, [f"{module}*" for module in IMPURE_MODULES]), f"{path}: {name}"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree)), f"{path} has async code"


def test_every_room_has_its_row() -> None:
    assert {room(path) for path in modules()} <= set(MAY_IMPORT)


def test_no_room_for_everything_else() -> None:
    assert not [path for path in modules() if path.stem in {"utils", "helpers", "common", "misc"}]


def test_the_checker_sees_a_wrong_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from parastore.ssm.store import records\nimport parastore.cli.main\n", encoding="utf-8")
    assert {"parastore.ssm.store.records", "parastore.cli.main"} <= imported(wrong)
    assert not allowed("ssm.store.records", MAY_IMPORT["wire"])
