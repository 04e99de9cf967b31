"""The first start of a data folder, and the look at it before every later one.

Everything a first start writes to the database is one transaction, so a start that was interrupted is simply done
again. The new access key is shown once; `parastore account key` makes another when it is lost.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from parastore.context import SecretValue
from parastore.iam import rules
from parastore.iam.store import create_account, find_access_key, put_root_key
from parastore.seal.provider import FileProvider, RootKeyError, RootKeyProvider
from parastore.server.errors import StartError
from parastore.server.settings import DEFAULTS, Settings, default_data_dir
from parastore.server.unlock import ROOT_KEY, create_ring, load_provider, load_ring
from parastore.storage.migrations import migrate
from parastore.storage.protocol import StorageError, Transaction
from parastore.storage.sqlite import open_sqlite


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What was made, to be shown once. `secret` is None when the operator gave it and so has it already."""

    account: str
    region: str
    access_key_id: str
    secret: SecretValue | None
    folder: Path
    configure: str

    def text(self) -> str:
        """The lines to print, the secret among them."""
        secret = self.secret.reveal() if self.secret else "(as you set it)"
        once = "The secret is shown this once. " if self.secret else ""
        return "\n".join(
            (
                "",
                f"  Parastore made a new data folder: {self.folder}",
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
            )
        )


def first_start(settings: Settings) -> FirstStart | None:
    """Make the data folder if it is new, bring its schema up to date, and see that it opens.

    None when it was made before. Raises StartError saying what to do.
    """
    try:
        return asyncio.run(_start(settings))
    except (RootKeyError, StorageError) as error:
        raise StartError(str(error)) from error


async def _start(settings: Settings) -> FirstStart | None:
    folder = settings.data_dir
    _make_folder(folder)
    engine = open_sqlite(folder, create=True)
    try:
        return await engine.write(lambda tx: _prepare(tx, settings))
    finally:
        await engine.close()


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


def _provider(folder: Path, *, new: bool) -> RootKeyProvider:
    if new and not (folder / ROOT_KEY).exists():
        return FileProvider.create(folder / ROOT_KEY)
    return load_provider(folder)


async def _prepare(tx: Transaction, settings: Settings) -> FirstStart | None:
    now = time.time_ns() // 1_000_000
    await migrate(tx, now)
    row = await tx.fetch_row("SELECT value FROM installation WHERE name = 'account'")
    # A key made by a start that did not end is used by the next.
    provider = _provider(settings.data_dir, new=row is None)
    if row is not None:
        await _agree(tx, provider, settings)
        return None
    ring = await create_ring(tx, provider, now)
    account = settings.account_id or rules.new_account_id()
    key_id = settings.root_access_key_id or rules.new_access_key_id()
    secret = settings.root_secret_access_key or SecretValue(rules.new_secret())
    await create_account(tx, account, now)
    await put_root_key(tx, ring, account, key_id, secret, now)
    for name, value in (("account", account), ("region", settings.region)):
        await tx.execute("INSERT INTO installation (name, value) VALUES ($1, $2)", name, value)
    shown = None if settings.root_secret_access_key else secret
    return FirstStart(account, settings.region, key_id, shown, settings.data_dir, _configure_command(settings))


def _configure_command(settings: Settings) -> str:
    """What to type to get a profile for a server with these settings, from where its operator is."""
    program = "parastore"
    if shutil.which(program) is None:
        program = os.path.relpath(Path(sys.executable).with_name(program))
    words = [program, "configure", "--profile", "parastore"]
    if settings.data_dir != default_data_dir(os.environ):
        words += ["--data-dir", str(settings.data_dir)]
    if settings.port not in (0, DEFAULTS["port"]) or settings.tls_cert is not None:
        words += ["--endpoint-url", f"{'https' if settings.tls_cert else 'http'}://127.0.0.1:{settings.port}"]
    return shlex.join(words)


async def _agree(tx: Transaction, provider: RootKeyProvider, settings: Settings) -> None:
    """Refuse to start where first-start settings contradict the data: clients would only see failing signatures."""
    ring = await load_ring(tx, provider)
    if settings.account_id is not None:
        known = await tx.fetch_row("SELECT 1 FROM account WHERE id = $1", settings.account_id)
        if known is None:
            raise StartError(
                f"{settings.data_dir} holds no account {settings.account_id}: account_id acts at the first start only."
                " Leave it out, use another data folder, or make the account with `parastore account create`"
            )
    if settings.root_access_key_id is not None and settings.root_secret_access_key is not None:
        key = await find_access_key(tx, ring, settings.root_access_key_id)
        if key is None or key.secret != settings.root_secret_access_key:
            raise StartError(
                f"{settings.data_dir} was made with another root access key: root_access_key_id and"
                " root_secret_access_key act at the first start only. Leave them out, or use another data folder"
            )
