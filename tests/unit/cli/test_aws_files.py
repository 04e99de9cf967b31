"""Editing AWS files: tables of what the text becomes, and botocore as the judge of random files."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import Any

import botocore.configloader
import botocore.exceptions
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parastore.cli import aws_files
from parastore.cli.aws_files import AwsFileError, config_header, edit, find_profile, is_profile_name, parse

NEW: dict[str, str | None] = {"region": "us-east-1", "endpoint_url": "http://127.0.0.1:4583"}
WRITTEN = "region = us-east-1\nendpoint_url = http://127.0.0.1:4583\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "[profile p]\n" + WRITTEN, id="no file"),
        pytest.param("# mine\n", "# mine\n\n[profile p]\n" + WRITTEN, id="only a comment"),
        pytest.param(
            "[default]\nregion=eu-west-1",
            "[default]\nregion=eu-west-1\n\n[profile p]\n" + WRITTEN,
            id="no newline at the end",
        ),
        pytest.param(
            "[default]\nregion=eu-west-1\n\n",
            "[default]\nregion=eu-west-1\n\n[profile p]\n" + WRITTEN,
            id="an empty line at the end",
        ),
        pytest.param("[profile p]", "[profile p]\n" + WRITTEN, id="an empty section"),
        pytest.param(
            "[profile p]\nregion=eu-west-1\n",
            "[profile p]\nregion=us-east-1\nendpoint_url = http://127.0.0.1:4583\n",
            id="spacing is kept",
        ),
        pytest.param(
            "[profile p]\nRegion : eu-west-1  \n",
            "[profile p]\nRegion : us-east-1\nendpoint_url = http://127.0.0.1:4583\n",
            id="spelling and colon are kept",
        ),
        pytest.param(
            "[profile p]\nregion = us-east-1  \nendpoint_url=http://127.0.0.1:4583\n",
            "[profile p]\nregion = us-east-1  \nendpoint_url=http://127.0.0.1:4583\n",
            id="nothing to do",
        ),
        pytest.param(
            "[profile p]\nregion =\nendpoint_url=\n",
            "[profile p]\nregion = us-east-1\nendpoint_url=http://127.0.0.1:4583\n",
            id="settings without a value",
        ),
        pytest.param(
            "[profile p]\noutput = json\n\n# of q\n[profile q]\nregion = x\n",
            "[profile p]\noutput = json\n" + WRITTEN + "\n# of q\n[profile q]\nregion = x\n",
            id="other sections and their comments",
        ),
        pytest.param(
            "[profile p]\ns3 =\n  region = x\n\n  endpoint_url = y\noutput = json\n",
            "[profile p]\ns3 =\n  region = x\n\n  endpoint_url = y\noutput = json\n" + WRITTEN,
            id="nested settings are others",
        ),
        pytest.param(
            "[profile p]\ns3 =\n  max_concurrent_requests = 20\n\n[q]\n",
            "[profile p]\ns3 =\n  max_concurrent_requests = 20\n" + WRITTEN + "\n[q]\n",
            id="behind nested settings",
        ),
        pytest.param(
            "[profile p]\n  output = json\n  [q]\n",
            "[profile p]\n  output = json\n  region = us-east-1\n  endpoint_url = http://127.0.0.1:4583\n  [q]\n",
            id="an indented section",
        ),
        pytest.param(
            "[profile p]\n\t[q]\n",
            "[profile p]\n\tregion = us-east-1\n\tendpoint_url = http://127.0.0.1:4583\n\t[q]\n",
            id="an empty section before an indented one",
        ),
        pytest.param(
            "[profile p]\nregion = eu-west-1\n  and more\n  # why\n  still more\noutput = json\n",
            "[profile p]\nregion = us-east-1\n  # why\noutput = json\nendpoint_url = http://127.0.0.1:4583\n",
            id="a value of several lines",
        ),
        pytest.param(
            "[profile p]\r\noutput = json\r\n",
            "[profile p]\r\noutput = json\r\nregion = us-east-1\r\nendpoint_url = http://127.0.0.1:4583\r\n",
            id="the newlines of Windows",
        ),
        pytest.param(
            "; c\n[profile p] # not a name\n#region = x\n;region = y\n",
            "; c\n[profile p] # not a name\n" + WRITTEN + "#region = x\n;region = y\n",
            id="comments are no settings",
        ),
    ],
)
def test_what_becomes_of_a_file(before: str, after: str) -> None:
    assert edit(before, "profile p", NEW) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[p]\naws_session_token = x\n  y\n# c\nregion = z\n", "[p]\n# c\nregion = z\n"),
        ("[p]\nregion = z\naws_session_token = x", "[p]\nregion = z\n"),
        ("[p]\naws_session_token = x", "[p]\n"),
        ("[q]\naws_session_token = x\n", "[q]\naws_session_token = x\n"),
        ("", ""),
    ],
)
def test_removing_a_setting(before: str, after: str) -> None:
    assert edit(before, "p", {"aws_session_token": None}) == after


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("region = x\n", "line 1 stands before the first section"),
        ("[a]\n[b]\n[a]\n", "line 3 begins the section of line 1 again"),
        ("[a]\nregion = x\nREGION = y\n", "line 3 sets again what its section has set before"),
        ("[a]\n\nsecret-without-a-key\n", "line 3 is no section, no setting and no comment"),
        ("[a]\n= secret\n", "line 2 is no section, no setting and no comment"),
        ("\ufeff[a]\n", "line 1 stands before the first section"),
    ],
)
def test_a_file_botocore_refuses_is_refused_without_showing_it(text: str, words: str) -> None:
    with pytest.raises(AwsFileError) as caught:
        edit(text, "a", NEW)
    assert str(caught.value) == words
    with pytest.raises(botocore.exceptions.ConfigParseError):
        read(text)


@pytest.mark.parametrize(
    ("header", "profile"),
    [
        ("profile p", "p"),
        ("profile   p", "p"),
        ("profile\tp", "p"),
        ('profile "p"', "p"),
        ("profile 'with space'", "with space"),
        ('profile "with space"', "with space"),
        ("default", "default"),
        ("profile default", "default"),
    ],
)
def test_a_profile_is_found_however_it_is_spelt(header: str, profile: str) -> None:
    text = f"[other]\nx = 1\n[{header}]\nregion = here\n"
    section = find_profile(parse(text), profile)
    assert section is not None
    assert section.name == header
    assert section.values() == {"region": "here"}
    assert load(text)[profile] == {"region": "here"}


@pytest.mark.parametrize(
    "header", ["p", "profile", "profile p q", "profilep", 'profile "p', "sso-session p", "plugins"]
)
def test_what_is_no_profile(header: str) -> None:
    text = f"[{header}]\nregion = here\n"
    assert find_profile(parse(text), "p") is None
    assert "p" not in load(text)


@pytest.mark.parametrize(("one", "other"), [("default", "profile default"), ("profile default", 'profile "default"')])
def test_a_profile_that_is_there_twice(one: str, other: str) -> None:
    with pytest.raises(AwsFileError, match="the profile default begins in line 1 and again in line 3"):
        find_profile(parse(f"[{one}]\nregion = x\n[{other}]\n"), "default")


@pytest.mark.parametrize("name", ["parastore", "default", "with space", "a.b-c_d@e", "한국", "team/prod", "0"])
def test_names_that_botocore_reads_back(name: str) -> None:
    assert is_profile_name(name)
    assert load(edit("", config_header(name), NEW)) == {name: NEW}
    assert read(edit("", name, NEW)) == {name: NEW}


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a]b", "[a", 'a"b', "a'b", "a\\b", "a#b", "a;b", "DEFAULT"])
def test_names_that_are_refused(name: str) -> None:
    assert not is_profile_name(name)


# Random files: mostly legal lines in illegal orders, so that both verdicts of botocore are common.

_indents = st.sampled_from(["", "", "", " ", "  ", "\t", "    ", "\u00a0", "\x0c"])
_headers = st.sampled_from(["[profile p]", "[p]", "[default]", "[profile q] ; x", '[profile "p q"]', "[x]]", "[a] b]"])
_keys = st.sampled_from(
    ["region", "Region", "endpoint_url", "s3", "output", "a b", "x[1]", "aws_session_token", "=", ""]
)
_values = st.sampled_from(
    ["", "us-east-1", "a = b", "x # y", "%(region)s", "[p]", "http://h:1/", "  v  ", "\u00e9", "#"]
)
_options = st.builds(
    "{}{}{}".format, _keys, st.sampled_from(["=", " = ", ":", " :", "= ", " =", " ", "\t=\t"]), _values
)
_comments = st.sampled_from(["", " ", "# region = x", "; [p]", "  # x", "\x1f", "\x85"])
_lines = st.one_of(
    st.builds(str.__add__, _indents, _headers),
    st.builds(str.__add__, _indents, _options),
    st.builds(str.__add__, _indents, _options),
    _comments,
)


@st.composite
def files(draw: st.DrawFn) -> str:
    lines = draw(st.lists(_lines, max_size=12))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = draw(st.sampled_from(["", "[p]" + newline])) + newline.join(lines)
    return text + draw(st.sampled_from(["", newline]))


_settings = st.dictionaries(
    st.sampled_from(["region", "endpoint_url", "output", "s3", "aws_session_token"]),
    st.one_of(st.none(), st.sampled_from(["us-east-1", "http://127.0.0.1:1", "a = b", "#x", "[y]", "%(x)s"])),
    min_size=1,
)


@contextlib.contextmanager
def in_file(text: str) -> Iterator[str]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        yield file.name


def read(text: str) -> dict[str, Any]:
    with in_file(text) as path:
        sections: dict[str, Any] = botocore.configloader.raw_config_parse(path, parse_subsections=False)
        return sections


def load(text: str) -> dict[str, Any]:
    with in_file(text) as path:
        profiles: dict[str, Any] = botocore.configloader.load_config(path)["profiles"]
        return profiles


@settings(max_examples=300, deadline=None)
@given(files())
@example("[p]\nregion = x\n\n  y\n")
def test_botocore_reads_the_same(text: str) -> None:
    try:
        expected = read(text)
    except botocore.exceptions.ConfigParseError:
        with pytest.raises(AwsFileError):
            parse(text)
    else:
        assert [(each.name, each.values()) for each in parse(text)] == list(expected.items())


@settings(max_examples=800, deadline=None)
@given(files(), st.sampled_from(["p", "profile p", "default", "x]"]), _settings)
def test_an_edit_changes_what_it_says_and_nothing_else(text: str, header: str, new: dict[str, str | None]) -> None:
    try:
        expected = read(text)
    except botocore.exceptions.ConfigParseError:
        return
    before = aws_files._LINES.findall(text)
    section = next((each for each in parse(text) if each.name == header), None)
    after = edit(text, header, new)

    # botocore reads the new settings, and everything else as before
    if section is not None or any(value is not None for value in new.values()):
        own = expected.setdefault(header, {})
        for key, value in new.items():
            own.pop(key, None) if value is None else own.update({key: value})
    assert read(after) == expected

    # lines that the settings do not stand on are there byte for byte, in order
    touched = {
        line
        for option in (section.options if section else [])
        if option.key in new and option.value != new[option.key]
        for line in (option.line, *option.more)
    }
    kept = iter(aws_files._LINES.findall(after))
    for number, line in enumerate(before):
        if number not in touched:
            assert any(line.rstrip("\r\n") == each.rstrip("\r\n") for each in kept), line
    assert edit(after, header, new) == after
