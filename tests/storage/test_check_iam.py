"""`parastore check` on users, roles and policies: whole ones pass, and an invariant that is broken is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.folders import ACCOUNT, make_folder, raw

from parastore.server.check import check_folder

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}
)
ARN = f"arn:aws:iam::{ACCOUNT}"
IDENTITY = (
    "INSERT INTO iam_identity (id, account, kind, key, name, path, boundary, trust, description, longest_session,"
    " created_at) VALUES (?, ?, ?, ?, ?, '/', NULL, ?, NULL, NULL, 0)"
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check_iam") / "data"
    make_folder(folder)
    with raw(folder) as connection:
        connection.execute(IDENTITY, ("AIDAANN", ACCOUNT, "user", "ann", "ann", None))
        connection.execute(IDENTITY, ("AROAROLE", ACCOUNT, "role", "role", "role", TRUST))
        connection.execute("INSERT INTO iam_inline_policy VALUES ('AIDAANN', 'own', ?)", (DOCUMENT,))
        connection.execute("INSERT INTO iam_policy VALUES ('ANPAP', ?, 'p', 'p', '/', NULL, 1, 1, 0, 0)", (ACCOUNT,))
        connection.execute("INSERT INTO iam_policy_version VALUES ('ANPAP', 1, ?, 0)", (DOCUMENT,))
        connection.execute("INSERT INTO iam_attachment VALUES ('AIDAANN', ?)", (f"{ARN}:policy/p",))
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "data")
    return tmp_path / "data"


def test_what_is_whole_passes(folder: Path) -> None:
    assert check_folder(folder) == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE iam_identity SET id = 'AIDAX' WHERE kind = 'role'",
         f"role {ARN}:role/role: its id AIDAX is none of a role"),
        ("UPDATE iam_identity SET trust = '{' WHERE kind = 'role'",
         f"trust of role {ARN}:role/role: its document cannot be read: This policy contains invalid Json"),
        (f"UPDATE iam_identity SET trust = '{TRUST}' WHERE kind = 'user'",
         f"user {ARN}:user/ann: only a role can be trusted to be assumed"),
        ("UPDATE iam_inline_policy SET document = '{}'",
         "policy own of AIDAANN: its document cannot be read: Syntax errors in policy."),
        ("UPDATE iam_policy_version SET document = '{}'",
         "policy ANPAP v1: its document cannot be read: Syntax errors in policy."),
        ("UPDATE iam_policy SET default_version = 7", "policy ANPAP: its default version is not there"),
        ("UPDATE iam_attachment SET policy = 'arn:aws:iam::aws:policy/Gone'",
         "identity AIDAANN: has the policy arn:aws:iam::aws:policy/Gone, which is not there"),
    ],
)  # fmt: skip
def test_what_is_broken_is_found(folder: Path, statement: str, finding: str) -> None:
    with raw(folder) as connection:
        connection.execute(statement)
    assert [str(each) for each in check_folder(folder)] == [finding]
