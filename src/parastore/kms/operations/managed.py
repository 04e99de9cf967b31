"""The key that AWS would manage for a service in an account: made on its first use, rotated every year."""

from __future__ import annotations

from parastore.context import Call
from parastore.kms.operations.material import make_material
from parastore.kms.rules.keys import DAY, ENCRYPT, Key
from parastore.kms.rules.names import new_key_id
from parastore.kms.rules.rotation import DEFAULT_DAYS
from parastore.kms.store import aliases, keys
from parastore.kms.store.aliases import Alias


async def create_managed_key(call: Call, alias: str) -> Key:
    """Make the key behind `alias/aws/<service>`, which the calling service must be."""
    service = alias.rpartition("/")[2].upper()
    key = Key(
        id=new_key_id(),
        account=call.account,
        region=call.region,
        manager="AWS",
        state="Enabled",
        spec="SYMMETRIC_DEFAULT",
        usage=ENCRYPT,
        origin="AWS_KMS",
        material_id="",
        description=f"Default key that protects my {service} parameters when no other key is defined",
        policy=None,
        created_at=call.now,
        deletion_at=None,
        rotation_days=DEFAULT_DAYS,
        rotates_at=call.now + DEFAULT_DAYS * DAY,
    )
    await keys.insert(call.tx, key)
    key = await make_material(call.tx, call.ring, key, call.now)
    await aliases.insert(call.tx, call.account, call.region, Alias(alias, key.id, call.now, call.now))
    return key
