"""Keys as the owner of the data sees them: which values need which key, and other keys for values that have one.

Re-encryption goes on while servers run, a batch in each transaction. What has its key already is left alone, so that a
run that was interrupted is simply started again.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from parastore.arn import parse
from parastore.context import Call, Caller
from parastore.errors import ServiceError
from parastore.iam.rules import root_arn
from parastore.kms.errors import InvalidCiphertextException
from parastore.kms.operations import OPERATIONS
from parastore.kms.rules import blobs
from parastore.kms.rules.keys import Key
from parastore.kms.store import keys
from parastore.seal.keyring import KeyRing
from parastore.seal.store import confirm
from parastore.server.direct import DirectError, note, on_data
from parastore.server.location import Location
from parastore.ssm.operations.secure import decrypted, encrypted
from parastore.ssm.rules.envelope import EnvelopeError
from parastore.ssm.rules.names import parameter_arn, path_of
from parastore.ssm.rules.versions import Version
from parastore.ssm.store import secrets
from parastore.ssm.store.secrets import START, Where
from parastore.storage.protocol import Engine, Transaction

BATCH = 100  # versions in one transaction
_INSIDE = {each.action: each for each in OPERATIONS}


@dataclass(slots=True)
class Usage:
    """A key, and the values that need it. `key` is None when it is gone, and they cannot be read any more.

    `parameters` are ARNs, `versions` counts all their versions under this key, those of the history too.
    """

    key_id: str
    key: Key | None
    parameters: set[str] = field(default_factory=set)
    versions: int = 0


class Moved(NamedTuple):
    """How far a re-encryption is: versions looked at below the path, and those that got the key."""

    seen: int
    moved: int


def usage(where: Location) -> list[Usage]:
    """Every key with what is encrypted under it, those whose loss would hurt most first. Raises DirectError."""

    async def work(engine: Engine, ring: KeyRing) -> list[Usage]:
        tx = engine.read()
        found = {key.id: Usage(key.id, key) for key in await keys.everyone(tx)}
        after = START
        while page := await secrets.page(tx, ring, after, BATCH):
            after = page[-1][0]
            for place, version in page:
                key_id = _key_of(place, version)
                entry = found.setdefault(key_id, Usage(key_id, None))
                entry.parameters.add(parameter_arn(place.account, place.region, version.path))
                entry.versions += 1
        return sorted(found.values(), key=lambda each: (-len(each.parameters), each.key_id))

    return on_data(where, work)


def reencrypt(
    where: Location, account: str, region: str, path: str, key_id: str, tell: Callable[[Moved], None]
) -> Moved:
    """Encrypt all values at and below a path under another key; their history too. Raises DirectError.

    `tell` hears after each batch how far it is.
    """

    async def work(engine: Engine, ring: KeyRing) -> Moved:
        target = await _target(engine, ring, account, region, key_id)
        top = path_of(path)
        # Everything below a path lies between it and this, in the order of paths ("0" is the character after "/").
        end = Where(account, region, top.rstrip("/") + "0", 0)
        after, done = Where(account, region, top, 0), Moved(0, 0)
        while page := await secrets.page(engine.read(), ring, after, BATCH):
            after = page[-1][0]
            mine = [each for each in page if _is_below(each[0], account, region, top)]
            due = [each for each in mine if _key_of(*each) != target or each[1].key_id != key_id]
            if due:
                await engine.write(functools.partial(_move, ring=ring, due=due, key_id=key_id))
            done = Moved(done.seen + len(mine), done.moved + len(due))
            tell(done)
            if after > end:
                break
        return done

    try:
        return on_data(where, work)
    except ServiceError as error:
        raise DirectError(f"{error.code}: {error.message or error.code}") from error


async def _target(engine: Engine, ring: KeyRing, account: str, region: str, key_id: str) -> str:
    """The id of the key that is to encrypt; raises ServiceError when it cannot."""
    call = _call(engine.read(), ring, account, region)
    # A first value tells whether the key may be used, before anything is changed.
    answer = await call.call("kms:Encrypt", key_id=key_id, plaintext=b"-", encryption_context={})
    arn: str = answer.key_id
    return arn.rpartition("/")[2]


async def _move(tx: Transaction, ring: KeyRing, due: Iterable[tuple[Where, Version]], key_id: str) -> None:
    await confirm(tx, ring)
    for place, version in due:
        call = _call(tx, ring, place.account, place.region)
        plain = await decrypted(version, call, place.account)
        moved = msgspec.structs.replace(version, content=plain.reveal().encode(), key_id=key_id)
        await secrets.replace(tx, ring, place, await encrypted(moved, call))
        await note(
            tx,
            "ReEncryptParameter",
            source="ssm.amazonaws.com",
            account=place.account,
            region=place.region,
            resource=parse(parameter_arn(place.account, place.region, version.path)),
            version=version.version,
            keyId=key_id,
        )


def _call(tx: Transaction, ring: KeyRing, account: str, region: str) -> Call:
    """As the account's root would call through Parameter Store."""

    def dispatch(call: Call, action: str, members: dict[str, Any]) -> Awaitable[Any]:
        row = _INSIDE[action]
        return row.run(row.request(**members), call.within(call.tx, f"ssm.{region}.amazonaws.com"))

    caller = Caller(account, root_arn(account), account, "")
    return Call("re-encryption", caller, region, time.time_ns() // 1_000_000, tx, ring, dispatch)


def _key_of(place: Where, version: Version) -> str:
    """The id of the key that a value needs."""
    try:
        return blobs.read_key_part(blobs.key_part(secrets.blob_of(version)))[0]
    except (InvalidCiphertextException, EnvelopeError) as error:
        arn = parameter_arn(place.account, place.region, version.path)
        raise DirectError(f"{arn}, version {version.version}, is damaged: see `parastore check`") from error


def _is_below(place: Where, account: str, region: str, path: str) -> bool:
    if (place.account, place.region) != (account, region):
        return False
    return place.path == path or place.path.startswith(path.rstrip("/") + "/")
