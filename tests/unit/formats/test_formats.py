"""Formats: round trips lose nothing, and what other programs read is what was meant."""

from __future__ import annotations

import subprocess

import dotenv
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parastore.formats.entry import Entry, FormatError
from parastore.formats.lines import github_masks
from parastore.formats.table import FORMATS, guess

# What Parameter Store takes for a value (no empty one), as far as files and processes can have it.
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60) | st.text(
    "ab'\"\\$`{}#=\n\r\t !%", min_size=1, max_size=12
)
KEYS = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
@example({"A": "\x85", "B": "a\u2028b\u2029"})  # PyYAML takes them for line breaks
def test_round_trips_lose_nothing(name: str, wanted: dict[str, str]) -> None:
    row = FORMATS[name]
    entries = [Entry(key, value, "SecureString") for key, value in wanted.items()]
    try:
        text = row.write(entries)
    except FormatError:
        assert name == "docker"
        assert any(len(value.splitlines()) > 1 or value[-1].isspace() for value in wanted.values())
        return
    assert {each.key: each.value for each in row.read(text)} == wanted


@settings(max_examples=25)  # each is a process
@given(st.dictionaries(KEYS, VALUES.filter(lambda value: "\r" not in value), min_size=1, max_size=4))
def test_a_shell_reads_what_was_meant(wanted: dict[str, str]) -> None:
    text = FORMATS["shell"].write([Entry(key, value) for key, value in wanted.items()])
    shown = "".join(f'printf "%s\\0" "${key}"; ' for key in wanted)
    came = subprocess.run(["sh", "-c", f"{text}\n{shown}"], capture_output=True, check=True).stdout.decode()
    assert came == "".join(f"{value}\0" for value in wanted.values())


def test_python_dotenv_reads_what_was_meant(tmp_path: object) -> None:
    wanted = {
        "A": "plain",
        "B": "two words",
        "C": "it's",
        "D": 'say "hi"',
        "E": "a\nb",
        "F": "\\n",
        "G": "x#y",
        "H": " ",
    }
    file = f"{tmp_path}/.env"
    with open(file, "w", encoding="utf-8") as written:
        written.write(FORMATS["dotenv"].write([Entry(key, value) for key, value in wanted.items()]))
    assert dotenv.dotenv_values(file) == wanted


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("dotenv", "# c\nexport A=1 # note\nB='x # y'\nC=\"a\\nb\"\nD=\nBARE\n", "A=1 B=x # y C=a\nb D="),
        ("shell", "export A='it'\"'\"'s'\nB=2 # note\n", "A=it's B=2"),
        ("docker", "# c\nA='q'\nB = x\nSKIPPED\n", "A='q' B = x"),
        ("github", "A=1\nB<<END\nx\ny\nEND\n", "A=1 B=x\ny"),
        ("json", '{"db": {"host": "h", "port": 5432, "ratio": 1.10}, "on": true, "none": null, "l": ["a", "b"]}',
         "db/host=h db/port=5432 db/ratio=1.10 on=true l=a,b(StringList)"),
        ("json", '[{"Name": "a", "Value": "1", "Type": "SecureString"}]', "a=1(SecureString)"),
        ("json", '{"l": ["a,b", "c"], "m": [1, {"x": "y"}]}', 'l=["a,b", "c"] m=["1", {"x": "y"}]'),
        ("yaml", "db:\n  host: h\n  v: 012\non: yes\nl: [a, b]\n", "db/host=h db/v=012 on=yes l=a,b(StringList)"),
        ("csv", "value,NAME\nx,a\n", "a=x"),
        ("properties", "# c\na.b = x\\\n  y\nc:\\u00e9\n", "a.b=xy c=é"),
        ("tfvars", 'a = "x $${y} \\"q\\""\nb = 3\nc = ["p", "q"]\nd = { k = "v" }\ne = true\n',
         'a=x ${y} "q" b=3 c=p,q(StringList) d/k=v e=true'),
        ("kubernetes", "kind: Secret\ndata: {A: aGk=}\nstringData: {B: x}\n---\nkind: ConfigMap\ndata: {C: y}\n",
         "A=hi(SecureString) B=x(SecureString) C=y(String)"),
    ],
)  # fmt: skip
def test_read(name: str, text: str, wanted: str) -> None:
    found = FORMATS[name].read(text)
    assert " ".join(f"{each.key}={each.value}" + (f"({each.kind})" if each.kind else "") for each in found) == wanted


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dotenv", "A='unfinished\n"),
        ("shell", "A=1\nrm -rf hush\n"),
        ("shell", "A='hush"),
        ("github", "A<<END\nhush\n"),
        ("json", '{"a": "hush"'),
        ("json", '{"a": "hush", "a": "hush"}'),
        ("json", '"hush"'),
        ("json", '[{"Value": "hush"}]'),
        ("yaml", "a: [hush\n"),
        ("csv", "a,b\nhush,hush\n"),
        ("csv", "Name,Value\nhush\n"),
        ("properties", "a=\\u00zz hush"),
        ("tfvars", "a = hush hush"),
        ("tfvars", "a = var.hush"),
        ("tfvars", 'a = "x ${hush}"'),
        ("kubernetes", "kind: Pod\n"),
        ("kubernetes", "kind: Secret\ndata: {A: '/w=='}\n"),
        ("kubernetes", "kind: Secret\ndata: hush\n"),
        ("kubernetes", "kind: ConfigMap\nbinaryData: {A: hush}\n"),
        ("json", "[" * 50_000),
        ("json", '{"hush": ' * 50_000),
        ("yaml", "[" * 600),
        ("yaml", "a: &a\n  hush: *a\n"),
        ("kubernetes", "{a: " * 600),
        ("tfvars", "a = " + "[" * 2_000),
    ],
)
def test_what_cannot_be_read_is_refused_without_its_values(name: str, text: str) -> None:
    with pytest.raises(FormatError) as raised:
        FORMATS[name].read(text)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("name", ["dotenv", "shell", "docker", "github", "tfvars", "kubernetes"])
def test_keys_that_a_format_cannot_have(name: str) -> None:
    with pytest.raises(FormatError, match="db/host"):
        FORMATS[name].write([Entry("db/host", "hush")])


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        (".env", "", "dotenv"),
        (".env.production", "", "dotenv"),
        ("prod.env", "", "dotenv"),
        ("a.yml", "x: y", "yaml"),
        ("a.yaml", "apiVersion: v1\nkind: Secret\n", "kubernetes"),
        ("terraform.tfvars", "", "tfvars"),
        ("application.properties", "", "properties"),
        ("a.csv", "", "csv"),
        ("env.sh", "", "shell"),
        ("Makefile", "", None),
        ("environment", "", None),
    ],
)
def test_guessed(file: str, text: str, name: str | None) -> None:
    assert guess(file, text) == name


def test_masks_of_a_workflow() -> None:
    assert github_masks(["a%b", "c\n\nd", "a%b"]) == "::add-mask::a%25b\n::add-mask::c\n::add-mask::d\n"
