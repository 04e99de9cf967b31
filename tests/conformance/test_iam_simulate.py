"""Decisions against an independent implementation of IAM's evaluation, @cloud-copilot/iam-simulate, on cases at random.

Where the two differ, we do what AWS documents; each kind of difference is named, and nothing else may differ.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.properties.policies import scene
from tests.properties.test_policy_laws import decided

JS = Path(__file__).parents[1] / "sdk" / "js"
NODE = Path(sys.executable).parent / "node"
CASES = 2000
RESULTS = {"Allowed": (True, False), "ExplicitlyDenied": (False, True), "ImplicitlyDenied": (False, False)}
PLACES = ("identity", "boundary", "session", "attached")


def case(seed: int) -> dict[str, Any]:
    """A scene that both know: no roots, session policies for sessions only, KMS keys where a resource governs."""
    rng = random.Random(seed)
    given = scene(rng)
    while given["caller"].is_root:
        given = scene(rng)
    if given["governed"]:
        given["resource"] = given["resource"].replace(":ssm:", ":kms:").replace("parameter/", "key/")
        given["action"] = "kms:Decrypt"
    elif given["action"].startswith("kms:"):
        given["action"] = "ssm:GetParameter"
    if given["caller"].role is None:
        given["session"] = None
    # There is one resource policy and one session policy there.
    return given | {name: merged(given[name]) for name in ("session", "attached")}


def merged(documents: list[Any] | None) -> list[Any] | None:
    if not documents:
        return None
    return [{"Version": "2012-10-17", "Statement": [each for one in documents for each in one["Statement"]]}]


def theirs(cases: list[dict[str, Any]]) -> list[str]:
    lines = [
        json.dumps(
            {name: each[name] for name in ("action", "resource", *PLACES)}
            | {
                "principal": each["caller"].arn,
                "account": each["resource"].split(":")[4],
                "keys": {
                    name: list(value) if isinstance(value, tuple) else value for name, value in each["keys"].items()
                },
            }
        )
        for each in cases
    ]
    # Skipping would hide that nothing has been compared for months.
    assert (JS / "node_modules" / "@cloud-copilot").exists(), "iam-simulate is not installed: run `make setup`"
    finished = subprocess.run(
        [str(NODE), str(JS / "simulate.mjs")],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.split()


def valueless(text: str, keys: dict[str, Any]) -> bool:
    """Whether a text has a variable without a value and without a default."""
    return ("${aws:username}" in text and "aws:username" not in keys) or (
        "${aws:PrincipalTag/team}" in text and "aws:principaltag/team" not in keys
    )


def statements(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place in PLACES:
        for document in given[place] or ():
            yield from document["Statement"]


def explained(given: dict[str, Any], source: Any) -> str | None:
    """Why the two may differ: by what the IAM User Guide says of variables without a value, and of sessions."""
    keys = given["keys"]
    for each in statements(given):
        if any(valueless(pattern, keys) for pattern in each.get("NotResource", ())):
            # Such a pattern matches no resource, so NotResource excepts none by it. There, the statement is dropped.
            return "NotResource with a variable that has no value"
        for operator, block in each.get("Condition", {}).items():
            values = [value for wanted in block.values() for value in ([wanted] if isinstance(wanted, str) else wanted)]
            if "Not" in operator and any(valueless(value, keys) for value in values):
                # A negated operator matches what has no value. There, it does not.
                return "a negated operator with a variable that has no value"
    if given["session"] is not None and source is not None and source.name == "RESOURCE":
        # What a resource policy gives a session by its own name, a session policy does not limit. There, it does.
        return "a session that is named itself"
    return None


def test_decisions_agree() -> None:
    cases = [case(seed) for seed in range(CASES)]
    results = theirs(cases)
    assert len(results) == CASES
    differing, unexplained = 0, []
    for seed, (given, result) in enumerate(zip(cases, results, strict=True)):
        ours = decided(given)
        if (ours.allowed, ours.explicit) != RESULTS[result]:
            differing += 1
            if explained(given, ours.source) is None:
                unexplained.append((seed, ours, result))

    assert unexplained == []
    assert differing < CASES / 50
    # Cases of all kinds, or agreement says little.
    assert all(results.count(result) > CASES / 30 for result in RESULTS)
