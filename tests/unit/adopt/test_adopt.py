"""Secrets in texts, and the texts without them."""

# ruff: noqa: E501 (texts and what they become, side by side)

from __future__ import annotations

import pytest

from parastore.adopt.find import find
from parastore.adopt.rewrite import ignore, names_for, rewrite

SECRET = "s3cr3t-Pa55"


def detect(name: str, value: str) -> list[str]:
    return ["Test"] if value.startswith("s3cr3t") else []


def moved(file: str, text: str, path: str = "/app") -> tuple[str, dict[str, str]]:
    found = find(file, text, detect)
    names = names_for([(file, each) for each in found], path)
    replaced = {each: names[index] for index, each in enumerate(found)}
    return rewrite(text, replaced, path), {name: each.value for each, name in replaced.items()}


@pytest.mark.parametrize(
    ("file", "text", "after", "values"),
    [
        (
            ".env",
            "# c\n\nexport A=1\nB='s3cr3t # x'\nEMPTY=\nC={{ssm:/x}}\n",
            "# c\n\nexport A={{ssm:/app/A}}\nB={{ssm:/app/B}}\nEMPTY=\nC={{ssm:/x}}\n",
            {"/app/A": "1", "/app/B": "s3cr3t # x"},
        ),
        (
            "conf.yaml",
            "db:\n  host: h # why\n  password: s3cr3t-1 # what\nlist:\n- {key: 's3cr3t-2'}\n",
            'db:\n  host: h # why\n  password: \'{{ssm:/app/db/password}}\' # what\nlist:\n- {key: \'{{ssm:/app/list/0/key}}\'}\n',
            {"/app/db/password": "s3cr3t-1", "/app/list/0/key": "s3cr3t-2"},
        ),
        (
            "conf.json",
            '{"a b": {"c": "s3cr3t-1"}, "d": 1}',
            '{"a b": {"c": "{{ssm:/app/a_b/c}}"}, "d": 1}',
            {"/app/a_b/c": "s3cr3t-1"},
        ),
        (
            "settings.py",
            '"""Doc."""\nfrom __future__ import annotations\nKEY = "s3cr3t-é"; X = {"API-KEY": \'s3cr3t-2\'}\nf(token="s3cr3t-3")\n',
            '"""Doc."""\nfrom __future__ import annotations\n\nimport os\nKEY = os.environ["KEY"]; X = {"API-KEY": os.environ["API_KEY"]}\n'
            'f(token=os.environ["TOKEN"])\n',
            {"/app/KEY": "s3cr3t-é", "/app/API-KEY": "s3cr3t-2", "/app/token": "s3cr3t-3"},
        ),
        ("a.py", 'import os\nself.key = "s3cr3t-1"\n', 'import os\nself.key = os.environ["KEY"]\n', {"/app/key": "s3cr3t-1"}),
        ("a.ts", "const apiKey = 's3cr3t-1';\n", "const apiKey = process.env.APIKEY;\n", {"/app/apiKey": "s3cr3t-1"}),
        (
            "deploy.sh",
            "TOKEN=s3cr3t-1\ncurl -H \"Key: x\" --data 'n=1'\nPW=\"s3cr3t-2\"\n",
            "TOKEN={{ssm:/app/TOKEN}}\ncurl -H \"Key: x\" --data 'n=1'\nPW=\"{{ssm:/app/PW}}\"\n",
            {"/app/TOKEN": "s3cr3t-1", "/app/PW": "s3cr3t-2"},
        ),
        ("broken.py", "KEY = 's3cr3t-1\"\nPW = 's3cr3t-2'\n", "KEY = 's3cr3t-1\"\nPW = '{{ssm:/app/PW}}'\n", {"/app/PW": "s3cr3t-2"}),
        ("app.ini", "[db]\npassword: s3cr3t-1\n", "[db]\npassword: {{ssm:/app/password}}\n", {"/app/password": "s3cr3t-1"}),
        ("ok.py", 'KEY = "s3cr3t-1"  # pragma: allowlist secret\nB = "plain"\n', 'KEY = "s3cr3t-1"  # pragma: allowlist secret\nB = "plain"\n', {}),
    ],
)  # fmt: skip
def test_moved(file: str, text: str, after: str, values: dict[str, str]) -> None:
    assert moved(file, text) == (after, values)
    assert moved(file, after) == (after, {})  # a second time finds nothing


def test_one_name_is_not_two_values() -> None:
    found = [
        (file, each)
        for file, value in (("a/one.yaml", "s3cr3t-1"), ("b/two.yaml", "s3cr3t-2"), ("c/one.yaml", "s3cr3t-3"), ("d.yaml", "s3cr3t-1"))
        for each in find(file, f"key: {value}\n", detect)
    ]  # fmt: skip
    assert list(names_for(found, "/app").values()) == ["/app/key", "/app/two/key", "/app/one/key", "/app/key"]


def test_private_keys_are_found() -> None:
    [found] = find("server.pem", "-----BEGIN RSA PRIVATE KEY-----\nxyz\n", detect)
    assert (found.style, found.line, found.kinds) == ("hand", 1, ("Private Key",))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.json", '{"key": "s3cr3t\\"-1"}'),
        ("a.yaml", 'key: "s3cr3t\'"'),
        ("a.sh", 'KEY="s3cr3t\\$"'),
        ("a.yaml", 'key: "s3cr3t\\n"'),
    ],
)
def test_what_would_have_to_be_escaped_is_moved_by_hand(file: str, text: str) -> None:
    [found] = find(file, text, detect)
    assert found.style == "hand"


@pytest.mark.parametrize("file", ["a.py", "a.json", "a.yaml"])
def test_nested_too_deeply_is_read_line_by_line(file: str) -> None:
    [found] = find(file, f'{"[" * 20_000}\nkey = "s3cr3t-1"\n', detect)
    assert found.line == 2


def test_gitignore() -> None:
    once = ignore("*.pyc\n")
    assert once.startswith("*.pyc\n\n# ")
    assert "*.rendered\n" in once
    assert ignore(once) == once
    assert ignore("") == once.removeprefix("*.pyc\n\n")
