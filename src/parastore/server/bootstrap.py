"""The first start on a data folder or a database, and the look at it before every later one.

What a first start writes to the database besides the schema is one transaction, so a start that was interrupted is
simply done again; of several nodes that start at once on an empty database, one does it. The new access key is shown
once; `parastore account key` makes another when it is lost.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.context import SecretValue
from parastore.iam import rules
from parastore.iam.store import create_account, find_access_key, put_root_key
from parastore.seal.key_file import Entry, KeyFile, Reach, reach_of
from parastore.seal.keyring import KeyRing
from parastore.seal.provider import FILE, RootKeyError, RootKeyUnavailable
from parastore.seal.secret import Secrets
from parastore.seal.store import Stored, read_ring, write_ring
from parastore.server import root_key
from parastore.server.errors import StartError
from parastore.server.location import Location
from parastore.server.logs import emit
from parastore.server.move import MOVING
from parastore.server.root_key import Made, new_id
from parastore.server.settings import DEFAULTS, Settings, default_data_dir
from parastore.server.unlock import load_ring
from parastore.storage.migrations import migrate
from parastore.storage.protocol import StorageError, Transaction

_log = logging.getLogger("parastore.server")


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What was made, to be shown once. `secret` is None when the operator gave it and so has it already."""

    account: str
    region: str
    access_key_id: str
    secret: SecretValue | None
    where: Location
    configure: str
    console: str

    def _made(self) -> tuple[str, ...]:
        if self.where.database is None:
            return (f"  Parastore made a new data folder: {self.where}",)
        key = KeyFile(self.where.folder).path
        return (
            f"  Parastore set up a new database: {self.where}",
            f"  Its root key: {key}. Keep a copy, and put one into the data folder of every other node.",
        )

    def text(self) -> str:
        """The lines to print, the secret among them."""
        secret = self.secret.reveal() if self.secret else "(as you set it)"
        once = "The secret is shown this once. " if self.secret else ""
        return "\n".join(
            (
                "",
                *self._made(),
                "",
                f"    Account            {self.account}",
                f"    Region             {self.region}",
                f"    Access key id      {self.access_key_id}",
                f"    Secret access key  {secret}",
                "",
                f"  {once}Next, in another terminal:",
                "",
                f"    {self.configure}",
                "    AWS_PROFILE=parastore aws ssm put-parameter --name /myapp/greeting --type String --value hello",
                "    AWS_PROFILE=parastore aws ssm get-parameter --name /myapp/greeting",
                "",
                f"  Or sign in with the access key in a browser: {self.console}",
                "",
            )
        )


def first_start(settings: Settings, secrets: Secrets | None = None) -> FirstStart | None:
    """Make the data folder if it is new, bring its schema up to date, and see that it opens.

    None when it was made before; then it may be sealed, if the provider of its root key cannot be reached. Raises
    StartError saying what to do.
    """
    try:
        return asyncio.run(_start(settings, secrets or Secrets()))
    except (RootKeyError, StorageError) as error:
        raise StartError(str(error)) from error


async def _start(settings: Settings, secrets: Secrets) -> FirstStart | None:
    folder = settings.data_dir
    _make_folder(folder)
    engine = settings.location.open(create=True)
    try:
        now = time.time_ns() // 1_000_000
        await engine.write(lambda tx: migrate(tx, now))
        if MOVING in await engine.read().tables():
            raise StartError(f"data is being moved to {settings.location}: end that first (parastore migrate)")
        with KeyFile(folder).changing():
            if await _account(engine.read()) is None:
                brought = KeyFile(folder).path.exists()
                made = _root_key(settings, secrets)
                first = await engine.write(lambda tx: _prepare(tx, settings, made, now))
                if first is not None:
                    return first
                if not brought:  # another node was first, and its root key is the one in force
                    KeyFile(folder).path.unlink()
            await _agree(engine.read(), settings, secrets)
            return None
    finally:
        await engine.close()


async def _account(tx: Transaction) -> str | None:
    row = await tx.fetch_row("SELECT value FROM installation WHERE name = 'account'")
    return row[0] if row else None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise StartError(f"the data folder {folder} is open to others: chmod 700 {folder}")
    except OSError as error:
        raise StartError(
            f"cannot make the data folder {folder}: {error.strerror}. Choose another with --data-dir, or check who owns"
            " its parent"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartError(f"the data folder {folder} is not writable: check its owner and mode")


def _root_key(settings: Settings, secrets: Secrets) -> Made:
    """The root key of a new folder, in its place. One that is there was brought, or left by a start that was ended."""
    file = KeyFile(settings.data_dir)
    keys = [entry for entry in file.read() if not isinstance(entry, Reach)]
    if settings.root_key in (None, FILE):
        if len(keys) == 1:
            return Made(keys[0], keys[0], new_id(), FILE, None)
    elif keys:
        raise StartError(
            f"{file.path} holds a root key, and root_key says that {settings.root_key} is to hold it: move the file"
            " away, or leave root_key out"
        )
    made = root_key.make_root_key(settings, secrets)
    file.replace([made.entry])
    return made


async def _prepare(tx: Transaction, settings: Settings, made: Made, now: int) -> FirstStart | None:
    if await _account(tx) is not None:
        return None
    key = AESGCM.generate_key(256)
    await write_ring(tx, root_key.wrap_terms(made, {1: (key, now)}, now))
    ring = KeyRing({1: key})
    account = settings.account_id or rules.new_account_id()
    key_id = settings.root_access_key_id or rules.new_access_key_id()
    secret = settings.root_secret_access_key or SecretValue(rules.new_secret())
    await create_account(tx, account, now)
    await put_root_key(tx, ring, account, key_id, secret, now)
    for name, value in (("account", account), ("region", settings.region)):
        await tx.execute("INSERT INTO installation (name, value) VALUES ($1, $2)", name, value)
    shown = None if settings.root_secret_access_key else secret
    configure, console = _configure_command(settings), _console_address(settings)
    return FirstStart(account, settings.region, key_id, shown, settings.location, configure, console)


def _console_address(settings: Settings) -> str:
    """Where a browser on this machine finds the console; which port 0 will be is not known yet."""
    port = settings.port or "<port>"
    return f"{'https' if settings.tls_cert else 'http'}://127.0.0.1:{port}/console"


def _configure_command(settings: Settings) -> str:
    """What to type to get a profile for a server with these settings, from where its operator is."""
    program = "parastore"
    if shutil.which(program) is None:
        program = os.path.relpath(Path(sys.executable).with_name(program))
    words = [program, "configure", "--profile", "parastore"]
    if settings.data_dir != default_data_dir(os.environ):
        words += ["--data-dir", str(settings.data_dir)]
    if settings.database is not None and not settings.database.has_password:
        words += ["--database", str(settings.database)]
    if settings.port not in (0, DEFAULTS["port"]) or settings.tls_cert is not None:
        words += ["--endpoint-url", f"{'https' if settings.tls_cert else 'http'}://127.0.0.1:{settings.port}"]
    return shlex.join(words)


async def _agree(tx: Transaction, settings: Settings, secrets: Secrets) -> None:
    """Refuse to start where first-start settings contradict the data: clients would only see failing signatures."""
    if settings.account_id is not None:
        known = await tx.fetch_row("SELECT 1 FROM account WHERE id = $1", settings.account_id)
        if known is None:
            raise StartError(
                f"{settings.location} holds no account {settings.account_id}: account_id acts at the first start only."
                " Leave it out, use another data folder, or make the account with `parastore account create`"
            )
    stored = await read_ring(tx)
    before = _agree_on_provider(stored, settings)
    if settings.database is not None and stored.provider == FILE and not before:
        raise StartError(
            f"the database is in use, and its root key is not in {settings.data_dir}: put a copy of another node's"
            " root.key there (mode 600), and start again"
        )
    file = KeyFile(settings.data_dir)
    try:
        ring = await load_ring(tx, settings.data_dir, secrets)
    except RootKeyUnavailable as error:
        emit(_log, logging.WARNING, "the root key cannot be had", reason=str(error))
        return
    except RootKeyError:
        if before:
            file.replace(before)
        raise
    if len(entries := file.read()) > 1:  # a change of the root key did not end
        file.replace([root_key.entry_in_force(stored, entries)])
    if settings.root_access_key_id is not None and settings.root_secret_access_key is not None:
        key = await find_access_key(tx, ring, settings.root_access_key_id)
        if key is None or key.secret != settings.root_secret_access_key:
            raise StartError(
                f"{settings.location} was made with another root access key: root_access_key_id and"
                " root_secret_access_key act at the first start only. Leave them out, or use another data folder"
            )


def _agree_on_provider(stored: Stored, settings: Settings) -> list[Entry]:
    """Refuse another provider; note how settings say that the one in force is reached. What `root.key` held before."""
    file, said = KeyFile(settings.data_dir), root_key.given(settings)
    entries = file.read()
    if settings.root_key is None:
        return entries
    if settings.root_key != stored.provider:
        raise StartError(
            f"the root key of {settings.data_dir} is held by {stored.provider}, not by {settings.root_key}: leave"
            f" root_key out, or move it with `parastore root-key move --to {settings.root_key}`"
        )
    if stored.provider != FILE:
        # When the file was lost, settings say all there is.
        noted = reach_of(entries, stored.root_key, stored.provider)
        parameters = (noted.parameters if noted else {}) | said
        with_said = Reach(stored.root_key, stored.provider, parameters)
        after = [with_said if each is noted else each for each in entries] if noted else [with_said]
        if after != entries:
            file.replace(after)
    return entries
