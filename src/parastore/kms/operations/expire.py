"""What falls due on keys: scheduled deletions, automatic rotations, imported material that expires.

Each batch is one transaction, so that whichever worker comes first does it, once.
"""

from __future__ import annotations

import logging

from parastore.arn import parse
from parastore.audit.deeds import Deed, PassOn, record, unheard
from parastore.kms.operations.material import make_material
from parastore.kms.rules.keys import Key
from parastore.kms.store import keys, materials
from parastore.seal.keyring import KeyRing
from parastore.storage.protocol import Engine, Transaction

BATCH = 100  # keys in one transaction

log = logging.getLogger("parastore.kms")


async def carry_out_due(engine: Engine, ring: KeyRing, now: int, pass_on: PassOn = unheard) -> bool:
    """Carry out what is due at `now` (milliseconds since the epoch). True when more may be."""
    reader = engine.read()
    if not (
        await keys.due_for_deletion(reader, now, 1)
        or await keys.due_for_rotation(reader, now, 1)
        or await materials.expired(reader, now, 1)
    ):
        return False

    async def work(tx: Transaction) -> tuple[list[str], list[str], list[bytes]]:
        gone = await keys.due_for_deletion(tx, now, BATCH)
        for key in gone:
            await keys.delete(tx, key.id)
        due = await keys.due_for_rotation(tx, now, BATCH)
        for key in due:
            await make_material(tx, ring, key, now, "AUTOMATIC")
        deeds = [_deed("DeleteKey", key) for key in gone] + [_deed("RotateKey", key) for key in due]
        over = await materials.expired(tx, now, BATCH)
        for key_id, material_id in over:
            await materials.empty(tx, key_id, material_id)
            owner = await keys.by_id(tx, key_id)
            if owner is not None and owner.material_id == material_id and owner.state != "PendingDeletion":
                await keys.update(tx, owner._replace(state="PendingImport"))
            if owner is not None:
                deeds.append(_deed("DeleteExpiredKeyMaterial", owner, keyMaterialId=material_id))
        ended = [f"{key.arn} is deleted" for key in gone]
        ended += [f"imported material of key {key_id} has expired" for key_id, _ in over]
        return ended, [f"{key.arn} has new material" for key in due], await record(tx, now, *deeds)

    ended, renewed, told = await engine.write(work)
    pass_on(told)
    if ended and not await engine.scrub():
        log.warning("what was deleted may still stand in files of the database: see docs/security.md")
    for line in (*ended, *renewed):
        log.info(line)
    return len(ended) + len(renewed) >= BATCH


def _deed(name: str, key: Key, **details: str) -> Deed:
    named = {"keyId": key.id, **details}
    return Deed(key.account, key.region, "kms.amazonaws.com", name, parse(key.arn), named)
