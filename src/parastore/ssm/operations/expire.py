"""Carry out parameter policies that have fallen due.

Deletion or mark, and the events that tell of it, are one transaction: whichever worker comes first does it, once.
"""

from __future__ import annotations

from parastore.arn import parse
from parastore.audit.deeds import Deed, PassOn, record, unheard
from parastore.events.outbox import emit
from parastore.seal.keyring import KeyRing
from parastore.ssm.operations.changes import tell
from parastore.ssm.operations.current import FixedMoment
from parastore.ssm.rules.names import parameter_arn
from parastore.ssm.store import pending, policies, records
from parastore.ssm.store.policies import Due
from parastore.storage.protocol import Engine, Transaction

BATCH = 100  # policies in one transaction


async def carry_out_policies(engine: Engine, ring: KeyRing, now: int, pass_on: PassOn = unheard) -> bool:
    """Carry out what is due at `now` (milliseconds since the epoch). True when more may be."""
    if not await policies.due(engine.read(), now, 1):
        return False

    async def work(tx: Transaction) -> tuple[int, list[bytes]]:
        tasks = await policies.due(tx, now, BATCH)
        done = [await _carry_out(FixedMoment(tx, ring, task.account, task.region, now), task) for task in tasks]
        return len(tasks), await record(tx, now, *filter(None, done))

    count, told = await engine.write(work)
    pass_on(told)
    return count == BATCH


async def _carry_out(moment: FixedMoment, task: Due) -> Deed | None:
    """What it has deleted."""
    current = await records.find(moment, task.path)
    if current is None:  # an earlier policy of this batch has deleted it
        return None
    arn = parameter_arn(task.account, task.region, task.path)
    if task.type == "Expiration":
        await pending.drop(moment, task.path)
        await records.delete(moment, task.path)
        await tell(moment, "Delete", current)
    else:
        await policies.finish(moment.tx, task)
    detail = {
        "policy-type": task.type,
        "parameter-name": current.name,
        "parameter-type": current.type,
        "action-status": "SUCCESS",
        "policy-content": task.text,
    }
    await emit(moment, "Parameter Store Policy Action", arn, detail)
    if task.type != "Expiration":
        return None
    why = {"policyType": task.type, "version": current.version}
    return Deed(task.account, task.region, "ssm.amazonaws.com", "DeleteParameter", parse(arn), why)
