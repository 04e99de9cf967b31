"""The key ring in storage: its terms, wrapped by the root key."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.seal.keyring import KeyRing
from parastore.seal.provider import FileProvider, RootKeyProvider
from parastore.storage.protocol import StorageError, Transaction

ROOT_KEY = "root.key"


def load_provider(folder: Path) -> RootKeyProvider:
    """The provider of this data folder's root key. Raises RootKeyError."""
    return FileProvider.load(folder / ROOT_KEY)


async def create_ring(tx: Transaction, provider: RootKeyProvider, now: int) -> KeyRing:
    """Make a ring of one term and store it."""
    key = AESGCM.generate_key(256)
    await tx.execute(
        "INSERT INTO key_ring (term, provider, wrapped, created_at) VALUES (1, $1, $2, $3)",
        provider.name,
        provider.wrap(key, 1),
        now,
    )
    return KeyRing({1: key})


async def load_ring(tx: Transaction, provider: RootKeyProvider) -> KeyRing:
    """Open the stored ring. Raises RootKeyError when the root key does not fit, StorageError when there is no ring."""
    rows = await tx.fetch_all("SELECT term, wrapped FROM key_ring")
    if not rows:
        raise StorageError("the key ring is gone from the database: keep a copy of the data folder, restore a backup")
    return KeyRing({term: provider.unwrap(wrapped, term) for term, wrapped in rows})
