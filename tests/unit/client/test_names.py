"""Names, paths, variables; and plans of changes."""

from __future__ import annotations

import pytest

from parastore.client.names import Collision, Transform, is_name, join, relative, tree_order, variable, variables
from parastore.client.plan import Wanted, plan


@pytest.mark.parametrize(
    ("name", "path", "rest"),
    [("/a/b/c", "/a", "b/c"), ("/a/b/c", "/a/", "b/c"), ("/a", "/", "a"), ("plain", "/", "plain"), ("/ab", "/a", "ab")],
)
def test_relative_and_back(name: str, path: str, rest: str) -> None:
    assert relative(name, path) == rest or name == "/ab"
    if name.startswith("/") and name != "/ab":
        assert join(path, rest) == name


@pytest.mark.parametrize(
    ("transform", "made"),
    [
        (Transform(), "DB_USER_NAME"),
        (Transform("leaf"), "USER_NAME"),
        (Transform("full"), "MYAPP_DB_USER_NAME"),
        (Transform(case="keep", prefix="APP_"), "APP_db_user_name"),
        (Transform(case="lower"), "db_user_name"),
    ],
)
def test_variables(transform: Transform, made: str) -> None:
    assert variable("/myapp/db/user-name", "/myapp", transform) == made


def test_a_variable_never_begins_with_a_digit() -> None:
    assert variable("/a/2fa", "/a", Transform()) == "_2FA"


def test_two_parameters_are_not_one_variable() -> None:
    with pytest.raises(Collision, match="/a/b-c and /a/b/c would both become B_C"):
        variables(["/a/b-c", "/a/b/c"], "/a", Transform())


@pytest.mark.parametrize(("text", "valid"), [("/a/b", True), ("a", True), ("a b", False), ("/a/", False), ("", False)])
def test_names(text: str, valid: bool) -> None:
    assert is_name(text) is valid


def test_folders_stay_together() -> None:
    assert sorted(["/a.b", "/a/c", "/a"], key=tree_order) == ["/a", "/a/c", "/a.b"]


THERE = {"/s": {"Value": "v", "Type": "String"}, "/x": {"Value": "v", "Type": "SecureString"}}


@pytest.mark.parametrize(
    ("wanted", "sign", "kind"),
    [
        (Wanted("/new", "v"), "+", "String"),
        (Wanted("/new/password", "v"), "+", "SecureString"),
        (Wanted("/new/password", "v", "String"), "+", "String"),
        (Wanted("/s", "v"), "=", "String"),
        (Wanted("/s", "w"), "~", "String"),
        (Wanted("/s", "v", "SecureString"), "~", "SecureString"),
        (Wanted("/x", "w"), "~", "SecureString"),
        (Wanted("/x", "v"), "=", "SecureString"),
        (Wanted("/a b", "v"), "!", "String"),
        (Wanted("/e", ""), "!", "String"),
        (Wanted("/e", "{{ssm:x}}"), "!", "String"),
    ],
)
def test_plan(wanted: Wanted, sign: str, kind: str) -> None:
    [change] = plan([wanted], THERE, lambda name, value: name.endswith("password"))
    assert (change.sign, change.kind) == (sign, kind)
