"""IAM's operations, and the table of them.

Each authorises itself once it has found what is meant, because the ARN of a user, group, role or policy holds its path.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parastore.arn import Arn
from parastore.context import Call
from parastore.iam import shapes
from parastore.iam.directory.identities import Kind
from parastore.iam.operations import (
    account,
    attached,
    boundaries,
    groups,
    inline,
    keys,
    policies,
    roles,
    simulate,
    tagging,
    users,
)
from parastore.operation import Operation

VERSION = "2010-05-08"
_KINDS: tuple[Kind, ...] = ("user", "group", "role")


def _found(request: object, call: Call) -> Sequence[Arn]:
    return ()


def _row(name: str, run: Any) -> Operation:
    request, response = getattr(shapes, f"{name}Request"), getattr(shapes, f"{name}Response")
    writes = not name.startswith(("Get", "List", "Simulate"))
    return Operation("iam", VERSION, name, request, response, run, _found, writes)


def _of_kind(kind: Kind) -> list[Operation]:
    noun = kind.title()
    rows = [
        _row(f"Put{noun}Policy", inline.put(kind)),
        _row(f"Get{noun}Policy", inline.get(kind)),
        _row(f"Delete{noun}Policy", inline.delete(kind)),
        _row(f"List{noun}Policies", inline.list_names(kind)),
        _row(f"Attach{noun}Policy", attached.attach(kind)),
        _row(f"Detach{noun}Policy", attached.detach(kind)),
        _row(f"ListAttached{noun}Policies", attached.list_attached(kind)),
    ]
    if kind != "group":
        rows += [
            _row(f"Put{noun}PermissionsBoundary", boundaries.put(kind)),
            _row(f"Delete{noun}PermissionsBoundary", boundaries.delete(kind)),
        ]
    return rows


def _tagged(kind: tagging.Tagged) -> list[Operation]:
    noun = kind.title()
    return [
        _row(f"Tag{noun}", tagging.tag(kind)),
        _row(f"Untag{noun}", tagging.untag(kind)),
        _row(f"List{noun}Tags", tagging.list_tags(kind)),
    ]


OPERATIONS = (
    _row("CreateUser", users.create_user),
    _row("GetUser", users.get_user),
    _row("ListUsers", users.list_users),
    _row("UpdateUser", users.update_user),
    _row("DeleteUser", users.delete_user),
    _row("CreateAccessKey", keys.create_access_key),
    _row("ListAccessKeys", keys.list_access_keys),
    _row("UpdateAccessKey", keys.update_access_key),
    _row("DeleteAccessKey", keys.delete_access_key),
    _row("GetAccessKeyLastUsed", keys.get_access_key_last_used),
    _row("CreateGroup", groups.create_group),
    _row("GetGroup", groups.get_group),
    _row("ListGroups", groups.list_groups),
    _row("UpdateGroup", groups.update_group),
    _row("DeleteGroup", groups.delete_group),
    _row("AddUserToGroup", groups.add_user_to_group),
    _row("RemoveUserFromGroup", groups.remove_user_from_group),
    _row("ListGroupsForUser", groups.list_groups_for_user),
    _row("CreateRole", roles.create_role),
    _row("GetRole", roles.get_role),
    _row("ListRoles", roles.list_roles),
    _row("UpdateRole", roles.update_role),
    _row("UpdateRoleDescription", roles.update_role_description),
    _row("UpdateAssumeRolePolicy", roles.update_assume_role_policy),
    _row("DeleteRole", roles.delete_role),
    _row("ListInstanceProfilesForRole", roles.list_instance_profiles_for_role),
    _row("CreatePolicy", policies.create_policy),
    _row("GetPolicy", policies.get_policy),
    _row("ListPolicies", policies.list_policies),
    _row("DeletePolicy", policies.delete_policy),
    _row("CreatePolicyVersion", policies.create_policy_version),
    _row("GetPolicyVersion", policies.get_policy_version),
    _row("ListPolicyVersions", policies.list_policy_versions),
    _row("DeletePolicyVersion", policies.delete_policy_version),
    _row("SetDefaultPolicyVersion", policies.set_default_policy_version),
    _row("ListEntitiesForPolicy", policies.list_entities_for_policy),
    *(row for kind in _KINDS for row in _of_kind(kind)),
    *_tagged("user"),
    *_tagged("role"),
    *_tagged("policy"),
    _row("GetAccountSummary", account.get_account_summary),
    _row("CreateAccountAlias", account.create_account_alias),
    _row("DeleteAccountAlias", account.delete_account_alias),
    _row("ListAccountAliases", account.list_account_aliases),
    _row("SimulateCustomPolicy", simulate.simulate_custom_policy),
    _row("SimulatePrincipalPolicy", simulate.simulate_principal_policy),
    _row("GetContextKeysForCustomPolicy", simulate.get_context_keys_for_custom_policy),
    _row("GetContextKeysForPrincipalPolicy", simulate.get_context_keys_for_principal_policy),
)
