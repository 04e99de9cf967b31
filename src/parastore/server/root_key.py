"""The root key of a data folder: made at first start, shown, rotated, moved, also while servers run on the folder.

A change makes a new root key and a new term, in steps of which each leaves a folder that opens:

    made       the new root key is with its provider, and gives back what it was given
    written    root.key has two lines, the old one and the new one
    wrapped    one transaction wrapped every term by the new root key and added a term: from here on it seals
    cleared    root.key has the new line alone
    emptied    no file of the database holds a term that the old root key wraps

Only keys are written, no value. A worker meets the new term with its next request, reads root.key again and asks the
provider there (`seal.barrier`).
"""

from __future__ import annotations

import asyncio
import functools
import secrets as random
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.seal.key_file import Entry, KeyFile, Reach, reach_of
from parastore.seal.provider import FILE, SIZE, RootKey, RootKeyError, make
from parastore.seal.secret import Secrets
from parastore.seal.store import Stored, read_ring, write_ring
from parastore.server.direct import note
from parastore.server.location import Location
from parastore.server.settings import Settings
from parastore.server.unlock import open_terms
from parastore.storage.check import schema
from parastore.storage.protocol import Engine, StorageError, Transaction

# Provider -> its parameters by name, and the settings they come from.
PARAMETERS = {
    FILE: {},
    "passphrase": {"secret_file": "root_key_secret_file"},
    "command": {"command": "root_key_command"},
    "kms": {
        "key_id": "root_key_kms_key_id",
        "endpoint_url": "root_key_kms_endpoint_url",
        "region": "root_key_kms_region",
        "profile": "root_key_kms_profile",
    },
    "pkcs11": {
        "module": "root_key_pkcs11_module",
        "token": "root_key_pkcs11_token",
        "secret_file": "root_key_secret_file",
    },
}
_REQUIRED = ("command", "key_id", "module", "token")

T = TypeVar("T")
Step = Callable[[str], None]


class Made(NamedTuple):
    """A root key that was just made: itself, its line of `root.key`, and what storage keeps."""

    key: bytes
    entry: Entry
    id: str
    provider: str
    keeps: bytes | None


class Shown(NamedTuple):
    """What may be shown of a root key. `terms` are numbers and times in milliseconds since the epoch."""

    provider: str
    parameters: dict[str, Any]
    since: int
    terms: list[tuple[int, int]]


def given(settings: Settings) -> dict[str, Any]:
    """The parameters that settings give for the provider they name."""
    parameters = {}
    for parameter, name in PARAMETERS[settings.root_key or FILE].items():
        value = getattr(settings, name)
        if value is not None:
            parameters[parameter] = list(value) if isinstance(value, tuple) else str(value)
    return parameters


def make_root_key(settings: Settings, secrets: Secrets) -> Made:
    """A new root key of the provider that settings name, tried out. Raises RootKeyError."""
    name, parameters = settings.root_key or FILE, given(settings)
    for parameter, setting in PARAMETERS[name].items():
        if parameter in _REQUIRED and parameter not in parameters:
            raise RootKeyError(f"a root key held by {name} needs the setting {setting}")
    return _make(name, parameters, secrets)


def _make(name: str, parameters: dict[str, Any], secrets: Secrets) -> Made:
    key_id = new_id()
    if name == FILE:
        key = AESGCM.generate_key(SIZE * 8)
        return Made(key, key, key_id, name, None)
    provider = make(name, parameters, secrets)
    key, keeps = provider.create(key_id)
    # Who may wrap may not always unwrap, and nothing is to depend on a key that does not come back.
    if next(provider.open(key_id, keeps)) != key:
        raise RootKeyError(f"{name} does not give back the root key it was given: nothing was changed")
    return Made(key, Reach(key_id, name, provider.parameters), key_id, name, keeps)


def new_id() -> str:
    """An id for a root key."""
    return random.token_hex(8)


def wrap_terms(made: Made, terms: dict[int, tuple[bytes, int]], now: int) -> Stored:
    """A ring to store: `terms` are keys and the times they were made."""
    root = RootKey(made.key)
    wrapped = {term: (root.wrap(key, term), since) for term, (key, since) in terms.items()}
    return Stored(made.id, made.provider, made.keeps, now, wrapped)


def show(where: Location) -> Shown:
    """Who holds the root key, how that is reached, and the terms it wraps. Raises RootKeyError, StorageError."""

    async def work(engine: Engine) -> Shown:
        stored = await read_ring(engine.read())
        reach = reach_of(KeyFile(where.folder).read(), stored.root_key, stored.provider)
        terms = [(term, made) for term, (_, made) in stored.terms.items()]
        return Shown(stored.provider, reach.parameters if reach else {}, stored.since, terms)

    return _run(where, work)


def rotate(where: Location, secrets: Secrets, step: Step = lambda name: None) -> Shown:
    """A new root key of the same provider, and a new term. Raises RootKeyError, StorageError."""

    def again(stored: Stored, in_force: Entry) -> Made:
        return _make(stored.provider, in_force.parameters if isinstance(in_force, Reach) else {}, secrets)

    return _change(where, secrets, again, step)


def move(where: Location, settings: Settings, secrets: Secrets, step: Step = lambda name: None) -> Shown:
    """A new root key of the provider that settings name, and a new term. Raises RootKeyError, StorageError."""
    return _change(where, secrets, lambda stored, in_force: make_root_key(settings, secrets), step)


def _change(where: Location, secrets: Secrets, new: Callable[[Stored, Entry], Made], step: Step) -> Shown:
    async def work(engine: Engine) -> None:
        stored = await read_ring(engine.read())
        file = KeyFile(where.folder)
        terms = open_terms(stored, where.folder, secrets)
        in_force = entry_in_force(stored, file.read())
        made = new(stored, in_force)
        _require_another(made, stored, secrets)
        step("made")
        file.replace([in_force, made.entry])
        step("written")
        now = time.time_ns() // 1_000_000
        known = {term: (key, stored.terms[term][1]) for term, key in terms.items()}
        known[max(known) + 1] = AESGCM.generate_key(256), now
        await engine.write(functools.partial(_rewrap, stored, wrap_terms(made, known, now)))
        step("wrapped")
        file.replace([made.entry])
        step("cleared")
        if await engine.scrub():
            step("emptied")

    with KeyFile(where.folder).changing():
        _run(where, work)
    return show(where)


async def _rewrap(before: Stored, after: Stored, tx: Transaction) -> None:
    if await read_ring(tx) != before:
        raise RootKeyError("the key ring was changed by something else meanwhile: nothing was changed, try again")
    await write_ring(tx, after)
    await note(tx, "RotateRootKey", provider=after.provider, term=max(after.terms))


def entry_in_force(stored: Stored, entries: list[Entry]) -> Entry:
    """The line of `root.key` that gives the stored ring's root key. Raises RootKeyError."""
    keys = [entry for entry in entries if isinstance(entry, bytes) and stored.provider == FILE]
    in_force = next((key for key in keys if _fits(key, stored)), reach_of(entries, stored.root_key, stored.provider))
    if in_force is not None:
        return in_force
    raise RootKeyError("root.key has no line for the root key of this data: put the file back")


def _fits(key: bytes, stored: Stored) -> bool:
    root = RootKey(key)
    try:
        for term, (wrapped, _) in stored.terms.items():
            root.unwrap(wrapped, term)
    except RootKeyError:
        return False
    return True


def _require_another(made: Made, stored: Stored, secrets: Secrets) -> None:
    """Refuse a passphrase that is the old one: who knows that would open what is written from now on."""
    if made.provider == stored.provider == "passphrase" and isinstance(made.entry, Reach):
        newest = make(made.provider, made.entry.parameters, secrets)
        if _fits(next(newest.open(stored.root_key, stored.keeps or b"")), stored):
            raise RootKeyError(
                "the new passphrase is the old one: put another into the file as its last line, below the old one, and"
                " take the old one out when this is done"
            )


def _run(where: Location, work: Callable[[Engine], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = where.open()
        try:
            for finding in await schema(engine.read()):
                raise StorageError(f"the data in {where} does not fit this Parastore: {finding}")
            return await work(engine)
        finally:
            await engine.close()

    return asyncio.run(run())
