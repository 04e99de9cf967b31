"""Edit the AWS config and credentials files as text: what is not set stays as it is, byte for byte.

The dialect is the one botocore reads (Python's configparser), which is what every AWS client accepts: `=` or `:`
between a key and its value, keys in any case, comments on lines of their own, and lines that are indented deeper than
an option belong to it (`s3 =` with its nested settings).

INVARIANT: after `edit`, botocore reads the new settings in that section, and everything else as before.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import NamedTuple

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_HEADER = re.compile(r"\[(?P<name>.+)\]")
_OPTION = re.compile(r"(?P<key>.*?)\s*(?:[=:])\s*(?P<value>.*)\Z")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.@%+=:,/-]+\Z")
_NAME = re.compile(r"[\w.@%+=:,/-](?:[\w.@%+=:,/ -]*[\w.@%+=:,/-])?\Z")


class AwsFileError(Exception):
    """The file cannot be edited. The text says why, without any value of the file."""


class Option(NamedTuple):
    """A setting and its lines: `line`, and `more`, those that continue its value."""

    key: str
    value: str
    line: int
    more: tuple[int, ...]


class Section(NamedTuple):
    """A section: its name as in the brackets, the line of its header, its options."""

    name: str
    line: int
    options: list[Option]

    def values(self) -> dict[str, str]:
        """The settings; a nested one has a value that begins with a newline."""
        return {option.key: option.value for option in self.options}


def is_profile_name(name: str) -> bool:
    """Whether a profile of this name can be written so that all AWS clients read it back."""
    return bool(_NAME.match(name)) and name != "DEFAULT"


def config_header(profile: str) -> str:
    """The section name of a profile in the config file."""
    if profile == "default":
        return profile
    return f"profile {profile}" if _PLAIN_NAME.match(profile) else f'profile "{profile}"'


def parse(text: str) -> list[Section]:
    """The sections of a file. Raises AwsFileError where botocore would not read the file either."""
    return _parse(_LINES.findall(text))


def find_profile(sections: list[Section], profile: str) -> Section | None:
    """A profile's section in the config file, however it is spelt. Raises AwsFileError when there are two."""
    found = [section for section in sections if _profile_of(section.name) == profile]
    if len(found) > 1:
        first, second = (section.line + 1 for section in found[:2])
        raise AwsFileError(f"the profile {profile} begins in line {first} and again in line {second}")
    return found[0] if found else None


def find_section(sections: list[Section], name: str) -> Section | None:
    """The section of exactly this name, as profiles are called in the credentials file."""
    return next((section for section in sections if section.name == name), None)


def edit(text: str, header: str, settings: Mapping[str, str | None]) -> str:
    """Set options of the section `header`, which is made at the end if there is none; None removes an option.

    Keys are lower case, values one line each. Raises AwsFileError.
    """
    lines = _LINES.findall(text)
    newline = next((ending for line in lines if (ending := _ending(line))), "\n")
    sections = _parse(lines)
    section = find_section(sections, header)
    if section is None:
        new = [f"{key} = {value}{newline}" for key, value in settings.items() if value is not None]
        gap = [newline] if lines and lines[-1].strip() else []
        return _joined([*lines, *gap, f"[{header}]{newline}", *new], newline) if new else text
    there = {option.key: option for option in section.options}
    last, indent = _end(lines, sections, section)
    new = [
        f"{indent}{key} = {value}{newline}" for key, value in settings.items() if value is not None and key not in there
    ]
    for key, value in settings.items():
        option = there.get(key)
        if option is not None and option.value != value:
            lines[option.line] = _replaced(lines[option.line], value) if value is not None else ""
            for number in option.more:
                lines[number] = ""
    return _joined([*lines[: last + 1], *new, *lines[last + 1 :]], newline)


def _parse(lines: list[str]) -> list[Section]:
    sections: dict[str, Section] = {}
    section: Section | None = None
    keys: set[str] = set()
    value: list[str] | None = None  # the parts of the option that an indented line would continue
    more: list[int] = []
    depth = 0
    found: list[tuple[Section, str, int, list[str], list[int]]] = []
    for number, line in enumerate(lines):
        text, indent = line.strip(), len(_indent(line))
        if not text or text.startswith(("#", ";")):
            if not text and value is not None:
                value.append("")
            continue
        if value is not None and indent > depth:
            value.append(text)
            more.append(number)
            continue
        depth = indent
        if match := _HEADER.match(text):
            name = match["name"]
            if name in sections:
                raise AwsFileError(f"line {number + 1} begins the section of line {sections[name].line + 1} again")
            section = sections[name] = Section(name, number, [])
            keys, value = set(), None
        elif section is None:
            raise AwsFileError(f"line {number + 1} stands before the first section")
        elif (match := _OPTION.match(text)) and match["key"]:
            key = match["key"].rstrip().lower()
            if key in keys:
                raise AwsFileError(f"line {number + 1} sets again what its section has set before")
            keys.add(key)
            value, more = [match["value"].strip()], []
            found.append((section, key, number, value, more))
        else:
            raise AwsFileError(f"line {number + 1} is no section, no setting and no comment")
    for owner, key, number, parts, continued in found:
        owner.options.append(Option(key, "\n".join(parts).rstrip(), number, tuple(continued)))
    return list(sections.values())


def _end(lines: list[str], sections: list[Section], section: Section) -> tuple[int, str]:
    """Behind which line a section's next option goes, and its indentation.

    Deeper than the line above it would continue that option; less deep than the line below, that would continue it.
    """
    if section.options:
        last = section.options[-1]
        return max(last.line, *last.more, -1), _indent(lines[last.line])
    following = next((each for each in sections if each.line > section.line), None)
    return section.line, _indent(lines[following.line]) if following else ""


def _replaced(line: str, value: str) -> str:
    """The option's line with another value, spelt and spaced as before."""
    indent, text = _indent(line), line.strip()
    match = _OPTION.match(text)
    assert match is not None
    before = text[: match.start("value")]
    space = " " if before[-2:-1].isspace() and not before[-1].isspace() else ""  # `key =` without a value
    return f"{indent}{before}{space}{value}{_ending(line)}"


def _joined(lines: list[str], newline: str) -> str:
    """The lines as one text; one that ended the file without a newline may have others behind it now."""
    *init, last = lines
    return "".join([*(line if _ending(line) or not line else line + newline for line in init), last])


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _profile_of(section: str) -> str | None:
    """The profile that botocore finds under this section name of the config file."""
    if not section.startswith("profile"):
        return section if section == "default" else None
    try:
        words = shlex.split(section)
    except ValueError:
        return None
    return words[1] if len(words) == 2 else None
