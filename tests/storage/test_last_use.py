"""When keys and roles were last used: the latest is stored, whichever worker stores last."""

from __future__ import annotations

from pathlib import Path

from tests.folders import ACCOUNT, KEY_ID, OpenFolder, in_folder, make_folder

from parastore.context import Caller, Session
from parastore.iam.keys import LastUse, last_use
from parastore.iam.rules import root_arn
from parastore.iam.uses import Uses

ROOT = Caller(ACCOUNT, root_arn(ACCOUNT), ACCOUNT, KEY_ID)
IN_ROLE = Caller(
    ACCOUNT,
    f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s",
    "AROAR:s",
    "ASIA",
    f"arn:aws:iam::{ACCOUNT}:role/r",
    Session(0, 9),
)
OWN_SESSION = Caller(ACCOUNT, root_arn(ACCOUNT), ACCOUNT, "ASIAOWN", None, Session(0, 9))


def test_the_latest_is_stored(tmp_path: Path) -> None:
    make_folder(tmp_path / "data")

    async def work(opened: OpenFolder) -> None:
        one, other = Uses(), Uses()
        one.note(ROOT, 1000, "us-east-1", "ssm")
        one.note(ROOT, 2000, "eu-west-1", "kms")
        one.note(IN_ROLE, 3000, "us-east-1", "ssm")
        one.note(OWN_SESSION, 3000, "us-east-1", "ssm")
        other.note(ROOT, 1500, "us-east-1", "iam")
        await one.store(opened.engine)
        await other.store(opened.engine)
        reader = opened.engine.read()
        assert await last_use(reader, KEY_ID) == LastUse(2000, "eu-west-1", "kms")
        assert await last_use(reader, "AROAR") == LastUse(3000, "us-east-1", "ssm")
        assert await last_use(reader, "ASIAOWN") is None
        stored = opened.engine.read()
        await one.store(opened.engine)
        assert await last_use(stored, KEY_ID) == LastUse(2000, "eu-west-1", "kms")

    in_folder(tmp_path / "data", work)
