"""Write docs/parity.md: what is known of the real services, from the data that the tests replay.

    python -m tools.make_parity

`tests/docs/test_parity.py` fails when the page is not what this makes, `tests/recorded/test_replay*.py` and
`tests/parity/test_facts.py` when a row does not hold.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.parity.catalogue import SECTIONS
from tests.parity.facts import MARKS, Fact

from parastore.kms.operations import OPERATIONS as KMS
from parastore.kms.operations.unsupported import OF_KEYS, OF_STORES, OTHER_USAGE
from parastore.ssm.operations import OPERATIONS as SSM

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "parity.md"
RECORDED = ROOT / "tests" / "recorded"

_HEAD = """\
# Parity with AWS

Made by `python -m tools.make_parity` from the data of `tests/recorded/` and `tests/parity/`; do not edit. Each row is a
sequence of calls on an empty account, replayed on a running server, and every answer is compared whole; one that takes
more than calls names the test that holds it. A row stands here only while it holds: a test that fails keeps a change
from landing. Where AWS leaves a question, see [decisions.md](decisions.md).
"""
_OTHERS = """
## Parameter Store, part by part

All that is known of Parameter Store, with how it is known, strongest first: {marks}.
"""


_UNSUPPORTED = {*OF_KEYS, *OF_STORES, *OTHER_USAGE}


def page() -> str:
    """The page as it should be."""
    facts = [
        fact
        for name in ("parameter_store", "labels_and_tags", "tiers_and_policies", "kms")
        for fact in _read(name)["facts"]
    ]
    rows = [(fact["fact"], _operations(fact["calls"]), "recorded, 2024 to 2026") for fact in facts]
    rows += [
        (each["source"].rpartition("::")[2], _operations(each["calls"]), f"LocalStack's snapshot of {each['recorded']}")
        for each in _read("localstack")["recordings"]
    ]
    replayed = {name for _, names, _ in rows for name in names}
    facts_known = [each for facts in SECTIONS.values() for each in facts]
    lines = [_HEAD, f"{len(rows) + len(facts_known)} behaviours, all of them hold.", "", "## Recorded answers", ""]
    lines += ["| behaviour | operations | known from |"]
    lines += ["|---|---|---|"]
    lines += [f"| {fact} | {', '.join(names)} | {source} |" for fact, names, source in rows]
    lines += [_OTHERS.format(marks="; ".join(MARKS.values()))]
    for title, part in SECTIONS.items():
        lines += ["", f"### {title}", "", "| behaviour | operations | known from | held by |", "|---|---|---|---|"]
        lines += [_row(each) for each in part]
    replayed |= {call.operation for each in facts_known if each.mark == "R" for call in each.calls}
    lines += ["", "## Operations", "", "| operation | here | recorded answers replayed |", "|---|---|---|"]
    lines += [
        f"| {name} | {_here(name)} | {'yes' if name in replayed else 'none known'} |"
        for service in (SSM, KMS)
        for name in sorted(each.name for each in service)
    ]
    return "\n".join(lines) + "\n"


def _row(fact: Fact) -> str:
    names = ", ".join(sorted({call.operation for call in fact.calls}))
    text = fact.text.replace("|", "\\|")
    return f"| {text} | {names} | {MARKS[fact.mark]} | {f'`{fact.held}`' if fact.held else 'replay'} |"


def _here(name: str) -> str:
    return "answered as unsupported" if name in _UNSUPPORTED else "yes"


def _read(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def _operations(calls: list[dict[str, Any]]) -> list[str]:
    return sorted({call["operation"] for call in calls})


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
