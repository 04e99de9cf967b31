"""The account: what it holds against its quotas, and its alias."""

from __future__ import annotations

from parastore.context import Call
from parastore.iam import keys
from parastore.iam.directory import identities, policies
from parastore.iam.errors import EntityAlreadyExists, NoSuchEntity
from parastore.iam.operations import attached, documents, groups
from parastore.iam.operations import policies as policy_operations
from parastore.iam.operations.access import arn_of, permit
from parastore.iam.operations.keys import MOST_KEYS
from parastore.iam.shapes import (
    CreateAccountAliasRequest,
    CreateAccountAliasResponse,
    DeleteAccountAliasRequest,
    DeleteAccountAliasResponse,
    GetAccountSummaryRequest,
    GetAccountSummaryResponse,
    ListAccountAliasesRequest,
    ListAccountAliasesResponse,
)


async def get_account_summary(request: GetAccountSummaryRequest, call: Call) -> GetAccountSummaryResponse:
    """How much of everything there is, and how much there may be."""
    await permit(call, "GetAccountSummary", arn_of(call, "*"))
    counts = await identities.count(call.tx, call.account)
    own = await policies.list_all(call.tx, call.account)
    versions = sum([len(await policies.versions(call.tx, each)) for each in own])
    return GetAccountSummaryResponse(
        summary_map={
            "Users": counts.get("user", 0),
            "UsersQuota": 5000,
            "Groups": counts.get("group", 0),
            "GroupsQuota": 300,
            "Roles": counts.get("role", 0),
            "RolesQuota": 1000,
            "Policies": len(own),
            "PoliciesQuota": 1500,
            "PolicyVersionsInUse": versions,
            "PolicyVersionsInUseQuota": 10000,
            "PolicySizeQuota": documents.MOST_MANAGED,
            "VersionsPerPolicyQuota": policy_operations.MOST_VERSIONS,
            "UserPolicySizeQuota": documents.MOST_INLINE["user"],
            "GroupPolicySizeQuota": documents.MOST_INLINE["group"],
            "RolePolicySizeQuota": documents.MOST_INLINE["role"],
            "AssumeRolePolicySizeQuota": documents.MOST_TRUST,
            "AttachedPoliciesPerUserQuota": attached.MOST_ATTACHED,
            "AttachedPoliciesPerGroupQuota": attached.MOST_ATTACHED,
            "AttachedPoliciesPerRoleQuota": attached.MOST_ATTACHED,
            "GroupsPerUserQuota": groups.MOST_GROUPS,
            "AccessKeysPerUserQuota": MOST_KEYS,
            "AccountAccessKeysPresent": int(bool(await keys.of_user(call.tx, call.account))),
            "AccountMFAEnabled": 0,
            "MFADevices": 0,
            "MFADevicesInUse": 0,
            "AccountSigningCertificatesPresent": 0,
            "InstanceProfiles": 0,
            "Providers": 0,
            "ServerCertificates": 0,
        }
    )


async def create_account_alias(request: CreateAccountAliasRequest, call: Call) -> CreateAccountAliasResponse:
    """Give the account a name, in place of the one it had. Raises EntityAlreadyExists when another account has it."""
    await permit(call, "CreateAccountAlias", arn_of(call, "*"))
    row = await call.tx.fetch_row("SELECT account FROM iam_alias WHERE alias = $1", request.account_alias)
    if row is not None and row[0] != call.account:
        raise EntityAlreadyExists(f"The account alias {request.account_alias} already exists.")
    await call.tx.execute(
        "INSERT INTO iam_alias (account, alias) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE"
        " SET alias = excluded.alias",
        call.account,
        request.account_alias,
    )
    return CreateAccountAliasResponse()


async def delete_account_alias(request: DeleteAccountAliasRequest, call: Call) -> DeleteAccountAliasResponse:
    """Take the account's name away. Raises NoSuchEntity."""
    await permit(call, "DeleteAccountAlias", arn_of(call, "*"))
    removed = await call.tx.execute(
        "DELETE FROM iam_alias WHERE account = $1 AND alias = $2", call.account, request.account_alias
    )
    if not removed:
        raise NoSuchEntity(f"The account alias {request.account_alias} does not exist.")
    return DeleteAccountAliasResponse()


async def list_account_aliases(request: ListAccountAliasesRequest, call: Call) -> ListAccountAliasesResponse:
    """The account's name, if it has one."""
    await permit(call, "ListAccountAliases", arn_of(call, "*"))
    rows = await call.tx.fetch_all("SELECT alias FROM iam_alias WHERE account = $1", call.account)
    return ListAccountAliasesResponse(account_aliases=[alias for (alias,) in rows], is_truncated=False)
