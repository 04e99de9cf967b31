"""Recorded answers of KMS: the same calls, and every answer compared whole, its changing parts by their form."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.sdk.raw import Raw

from parastore.testing.server import Keys, Server

FACTS = json.loads((Path(__file__).parent / "kms.json").read_text("utf-8"))["facts"]

DATES = {"CreationDate", "DeletionDate", "NextRotationDate"}
MATERIALS = re.compile("[0-9a-f]{64}")


def named(value: Any, names: dict[str, str]) -> Any:
    """A call or answer as it is written, with what was kept in the place of names."""
    text = json.dumps(value)
    for name, kept in names.items():
        text = re.sub(rf"\b{name}\b", kept, text)
    return json.loads(text)


def as_written(answer: Any) -> Any:
    """An answer with DATE, and MATERIAL for what is different each time."""
    if not isinstance(answer, dict):
        return answer
    shown = {}
    for name, value in answer.items():
        if name in DATES:
            assert isinstance(value, float)
            shown[name] = "DATE"
        elif name.endswith("KeyMaterialId"):
            assert MATERIALS.fullmatch(value)
            shown[name] = "MATERIAL"
        else:
            shown[name] = as_written(value)
    return shown


@pytest.mark.parametrize("fact", FACTS, ids=[fact["fact"] for fact in FACTS])
def test_what_is_known_of_kms(fact: dict[str, Any], server: Server, keys: Keys) -> None:
    client = Raw(server, keys, service="kms", target="TrentService")
    names: dict[str, str] = {}
    for written in fact["calls"]:
        call = json.loads(json.dumps(written).replace("ACCOUNT", keys.account))
        answer = client.call(call["operation"], named(call["members"], names))
        for name, path in call.get("keep", {}).items():
            value = answer.json
            for member in path.split("."):
                value = value[member]
            names[name] = value
        if "error" in call:
            assert answer.status == 400
            assert list(json.loads(answer.body).items()) == list(named(call["error"], names).items())
        elif call.get("empty"):
            assert (answer.status, answer.body) == (200, b"")
        elif "answer" in call:
            expected = named(call["answer"], names)
            given = as_written(answer.json)
            if expected.get("CiphertextBlob") == "ANEW":
                assert given["CiphertextBlob"] != names["BLOB"]
                given["CiphertextBlob"] = "ANEW"
            assert list(given.items()) == list(expected.items())
        else:
            assert answer.status == 200, answer.body
