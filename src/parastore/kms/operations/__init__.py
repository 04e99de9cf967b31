"""KMS's operations, and the table of them.

An operation on a key authorises itself once it has found the key (`access`), because only the key's own policy and
grants say who may; the others are authorised as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from parastore.arn import Arn, partition_of
from parastore.context import Call
from parastore.kms import shapes
from parastore.kms.errors import KMSInternalException
from parastore.kms.operations import (
    aliases,
    crypt,
    data_keys,
    grants,
    imports,
    keys,
    mac,
    policies,
    rotation,
    tags,
    unsupported,
)
from parastore.operation import Operation


def _found_key(request: object, call: Call) -> Sequence[Arn]:
    return ()


def _everything(request: object, call: Call) -> Sequence[Arn]:
    return _all_of(call.account, call.region)


@lru_cache(maxsize=256)
def _all_of(account: str, region: str) -> Sequence[Arn]:
    return (Arn(partition_of(region), "kms", region, account, "*"),)


def _row(name: str, run: Any, resources: Any = _found_key, *, writes: bool = False) -> Operation:
    request, response = getattr(shapes, f"{name}Request"), getattr(shapes, f"{name}Response", None)
    return _operation(name, request, response, run, resources, writes)


def _operation(name: str, request: Any, response: Any, run: Any, resources: Any, writes: bool = False) -> Operation:
    return Operation(
        "kms", "TrentService", name, request, response, run, resources, writes, failure=KMSInternalException
    )


OPERATIONS = (
    _row("Encrypt", crypt.encrypt),
    _row("Decrypt", crypt.decrypt),
    _row("ReEncrypt", crypt.re_encrypt),
    _row("GenerateDataKey", data_keys.generate_data_key),
    _row("GenerateDataKeyWithoutPlaintext", data_keys.generate_data_key_without_plaintext),
    _row("GenerateRandom", data_keys.generate_random, _everything),
    _row("GenerateMac", mac.generate_mac),
    _row("VerifyMac", mac.verify_mac),
    _row("CreateKey", keys.create_key, _everything, writes=True),
    _row("DescribeKey", keys.describe_key),
    _row("ListKeys", keys.list_keys, _everything),
    _row("UpdateKeyDescription", keys.update_key_description, writes=True),
    _row("EnableKey", keys.enable_key, writes=True),
    _row("DisableKey", keys.disable_key, writes=True),
    _row("ScheduleKeyDeletion", keys.schedule_key_deletion, writes=True),
    _row("CancelKeyDeletion", keys.cancel_key_deletion, writes=True),
    _row("CreateAlias", aliases.create_alias, writes=True),
    _row("UpdateAlias", aliases.update_alias, writes=True),
    _row("DeleteAlias", aliases.delete_alias, writes=True),
    _row("ListAliases", aliases.list_aliases, _everything),
    _row("EnableKeyRotation", rotation.enable_key_rotation, writes=True),
    _row("DisableKeyRotation", rotation.disable_key_rotation, writes=True),
    _row("GetKeyRotationStatus", rotation.get_key_rotation_status),
    _row("RotateKeyOnDemand", rotation.rotate_key_on_demand, writes=True),
    _row("ListKeyRotations", rotation.list_key_rotations),
    _row("TagResource", tags.tag_resource, writes=True),
    _row("UntagResource", tags.untag_resource, writes=True),
    _row("ListResourceTags", tags.list_resource_tags),
    _row("GetKeyPolicy", policies.get_key_policy),
    _row("PutKeyPolicy", policies.put_key_policy, writes=True),
    _row("ListKeyPolicies", policies.list_key_policies),
    _row("CreateGrant", grants.create_grant, writes=True),
    _row("ListGrants", grants.list_grants),
    _operation(
        "ListRetirableGrants",
        shapes.ListRetirableGrantsRequest,
        shapes.ListGrantsResponse,
        grants.list_retirable_grants,
        _everything,
    ),
    _row("RetireGrant", grants.retire_grant, writes=True),
    _row("RevokeGrant", grants.revoke_grant, writes=True),
    _row("GetParametersForImport", imports.get_parameters_for_import),
    _row("ImportKeyMaterial", imports.import_key_material, writes=True),
    _row("DeleteImportedKeyMaterial", imports.delete_imported_key_material, writes=True),
    *(
        _operation(name, unsupported.KeyRequest, None, unsupported.of_key(name), _found_key)
        for name in (*unsupported.OTHER_USAGE, *unsupported.OF_KEYS)
    ),
    *(
        _operation(name, unsupported.AnyRequest, None, unsupported.of_store, _everything)
        for name in unsupported.OF_STORES
    ),
)
