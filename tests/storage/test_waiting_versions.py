"""Versions that wait for their validation, when storage or time gets at them first."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from tests.folders import OpenFolder, in_folder, make_folder, raw

from parastore.errors import ServiceError
from parastore.server.check import check_folder
from parastore.ssm.operations.expire import carry_out_policies
from parastore.ssm.operations.validate import validate_images

IMAGE = {"Type": "String", "DataType": "aws:ec2:image"}
WAITING = "SELECT path FROM pending_parameter"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_folder(tmp_path / "data")
    return tmp_path / "data"


def test_one_that_was_altered_holds_nothing_up(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def put(opened: OpenFolder) -> None:
        for name in ("/altered", "/whole"):
            await opened.call("PutParameter", Name=name, Value="ami-0123456789abcdef0", **IMAGE)

    async def validate(opened: OpenFolder) -> str:
        await validate_images(opened.engine, opened.ring, opened.now, None)
        assert await opened.engine.read().fetch_all(WAITING) == []
        with pytest.raises(ServiceError):
            await opened.get("/altered")
        return await opened.get("/whole")

    in_folder(folder, put)
    with raw(folder) as connection:
        connection.execute("UPDATE pending_parameter SET content = zeroblob(90) WHERE path = '/altered'")
    with caplog.at_level(logging.ERROR):
        assert in_folder(folder, validate) == "ami-0123456789abcdef0"
    assert "altered in storage, and is dropped: /altered" in caplog.text
    assert check_folder(folder) == []


def test_one_whose_parameter_expires_goes_with_it(folder: Path) -> None:
    expires = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "2023-11-20T00:00:00.000Z"}}

    async def run(opened: OpenFolder) -> None:
        await opened.call(
            "PutParameter", Name="/a", Value="v", Type="String", Tier="Advanced", Policies=json.dumps([expires])
        )
        await opened.call("PutParameter", Name="/a", Value="ami-0123456789abcdef0", Overwrite=True, **IMAGE)
        assert await opened.engine.read().fetch_all(WAITING) == [("/a",)]
        await carry_out_policies(opened.engine, opened.ring, opened.now + 10 * 86_400_000)
        assert await opened.engine.read().fetch_all(WAITING) == []
        assert await opened.engine.read().fetch_all("SELECT path FROM parameter") == []

    in_folder(folder, run)
    assert check_folder(folder) == []
