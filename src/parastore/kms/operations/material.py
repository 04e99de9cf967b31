"""New material for a key."""

from __future__ import annotations

import os

from parastore.kms.rules.keys import MATERIAL_SIZES, Key
from parastore.kms.rules.rotation import after_rotation
from parastore.kms.store import keys, materials
from parastore.seal.keyring import KeyRing
from parastore.storage.protocol import Transaction


async def make_material(tx: Transaction, ring: KeyRing, key: Key, now: int, rotation: str | None = None) -> Key:
    """Give a stored key random material that encrypts from now on; the key as it is then."""
    material_id = os.urandom(32).hex()
    await materials.add(tx, ring, key.id, material_id, os.urandom(MATERIAL_SIZES[key.spec]), now, rotation=rotation)
    key = key._replace(material_id=material_id) if rotation is None else after_rotation(key, material_id, rotation, now)
    await keys.update(tx, key)
    return key
