"""Validate AMI ids that were put: one that is known becomes its parameter's value, another is dropped and told of.

Both are one transaction: whichever worker comes first does it, once.
"""

from __future__ import annotations

import logging
from collections.abc import Set

from parastore.errors import ServiceError
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.ssm.operations.changes import tell
from parastore.ssm.operations.current import FixedMoment, check_room, make_current
from parastore.ssm.rules.images import IMAGE, is_image
from parastore.ssm.store import pending, records
from parastore.storage.protocol import Engine, Transaction

log = logging.getLogger("parastore.ssm")

BATCH = 100  # versions in one transaction


async def validate_images(engine: Engine, ring: KeyRing, now: int, known: Set[str] | None) -> bool:
    """Validate what waits; `known` are the AMIs there are, None for all. True when more may wait."""
    if not await pending.waiting(engine.read(), 1):
        return False

    async def work(tx: Transaction) -> int:
        places = await pending.waiting(tx, BATCH)
        for account, region, path in places:
            await _validate(FixedMoment(tx, ring, account, region, now), path, known)
        return len(places)

    return await engine.write(work) == BATCH


async def _validate(moment: FixedMoment, path: str, known: Set[str] | None) -> None:
    try:
        made = await pending.take(moment, path)
    except IntegrityError:
        # It can never become a version. Left in place it would be met again with every turn.
        log.error("a version that waited for validation was altered in storage, and is dropped: %s", path)
        return
    current = await records.find(moment, path)
    reason = "Unable to Describe Resource"
    if is_image(made.version.content.decode(), known):
        try:
            await check_room(made.version, current, moment)
        except ServiceError as error:  # a label or another parameter has taken the room meanwhile
            reason = error.code
        else:
            await make_current(made, current, moment)
            return
    await tell(moment, "Update" if current else "Create", made.version, exception=reason, dataType=IMAGE)
