"""Managed policies: made, listed, versioned, deleted."""

from __future__ import annotations

from parastore.context import Call
from parastore.errors import AccessDeniedException
from parastore.iam import rules
from parastore.iam.directory import policies, tags
from parastore.iam.directory.policies import ManagedPolicy, PolicyVersion
from parastore.iam.errors import DeleteConflict, EntityAlreadyExists, LimitExceeded, NoSuchEntity
from parastore.iam.operations import documents, shown
from parastore.iam.operations.access import arn_of, managed, permit, tag_keys
from parastore.iam.shapes import (
    CreatePolicyRequest,
    CreatePolicyResponse,
    CreatePolicyVersionRequest,
    CreatePolicyVersionResponse,
    DeletePolicyRequest,
    DeletePolicyResponse,
    DeletePolicyVersionRequest,
    DeletePolicyVersionResponse,
    GetPolicyRequest,
    GetPolicyResponse,
    GetPolicyVersionRequest,
    GetPolicyVersionResponse,
    ListEntitiesForPolicyRequest,
    ListEntitiesForPolicyResponse,
    ListPoliciesRequest,
    ListPoliciesResponse,
    ListPolicyVersionsRequest,
    ListPolicyVersionsResponse,
    PolicyGroup,
    PolicyRole,
    PolicyUser,
    SetDefaultPolicyVersionRequest,
    SetDefaultPolicyVersionResponse,
)
from parastore.policy.decide import Decision, Source

MOST_VERSIONS = 5
_KINDS = {"User": "user", "Role": "role", "Group": "group"}


async def create_policy(request: CreatePolicyRequest, call: Call) -> CreatePolicyResponse:
    """Make a managed policy. Raises MalformedPolicyDocument, EntityAlreadyExists."""
    path, labels = request.path or "/", shown.tag_map(request.tags)
    await permit(call, "CreatePolicy", arn_of(call, f"policy{path}{request.policy_name}"), more=tag_keys(request.tags))
    documents.check_managed(request.policy_document)
    made = ManagedPolicy(
        rules.new_unique_id("ANPA"), call.account, request.policy_name, path, request.description, 1, 1, call.now,
        call.now,
    )  # fmt: skip
    if not await policies.create(call.tx, made, request.policy_document):
        raise EntityAlreadyExists(
            f"A policy called {request.policy_name} already exists. Duplicate names are not allowed."
        )
    await tags.put(call.tx, made.id, labels)
    return CreatePolicyResponse(policy=await shown.policy(made, call))


async def get_policy(request: GetPolicyRequest, call: Call) -> GetPolicyResponse:
    """Show a managed policy, without its documents."""
    found = await managed(call, "GetPolicy", request.policy_arn)
    return GetPolicyResponse(policy=await shown.policy(found, call, full=True))


async def list_policies(request: ListPoliciesRequest, call: Call) -> ListPoliciesResponse:
    """Managed policies, the account's own and AWS's, by name."""
    await permit(call, "ListPolicies", arn_of(call, "policy/"))
    found = [] if request.scope == "AWS" else await policies.list_all(call.tx, call.account)
    if request.scope != "Local":
        found += policies.list_ready()
    found = sorted(
        (each for each in found if each.path.startswith(request.path_prefix or "/")), key=lambda each: each.name.lower()
    )
    listed = [(each, await shown.policy(each, call)) for each in found]
    if request.only_attached:
        listed = [(each, answer) for each, answer in listed if answer.attachment_count]
    if request.policy_usage_filter == "PermissionsBoundary":
        listed = [(each, answer) for each, answer in listed if answer.permissions_boundary_usage_count]
    page = shown.page(listed, request, lambda pair: pair[0].name.lower())
    return ListPoliciesResponse(
        policies=[answer for _, answer in page["items"]], is_truncated=page["is_truncated"], marker=page["marker"]
    )


async def delete_policy(request: DeletePolicyRequest, call: Call) -> DeletePolicyResponse:
    """Delete a policy. Raises DeleteConflict while anybody has it, and while it has several versions."""
    found = await _own(call, "DeletePolicy", request.policy_arn)
    if await policies.holders(call.tx, call.account, found.arn) or await policies.bounded_by(
        call.tx, call.account, found.arn
    ):
        raise DeleteConflict("Cannot delete a policy attached to entities.")
    if len(await policies.versions(call.tx, found)) > 1:
        raise DeleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
            " The default version is deleted with the policy."
        )
    await policies.delete(call.tx, found)
    return DeletePolicyResponse()


async def create_policy_version(request: CreatePolicyVersionRequest, call: Call) -> CreatePolicyVersionResponse:
    """Add a version. Raises MalformedPolicyDocument, LimitExceeded for a sixth."""
    found = await _own(call, "CreatePolicyVersion", request.policy_arn)
    documents.check_managed(request.policy_document)
    if len(await policies.versions(call.tx, found)) >= MOST_VERSIONS:
        raise LimitExceeded(
            f"A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must"
            " delete an existing version."
        )
    default = bool(request.set_as_default)
    made = await policies.add_version(call.tx, found, request.policy_document, call.now, default=default)
    of = found._replace(default_version=made.version) if default else found
    return CreatePolicyVersionResponse(policy_version=shown.version(made, of))


async def get_policy_version(request: GetPolicyVersionRequest, call: Call) -> GetPolicyVersionResponse:
    """Show a version with its document."""
    found = await managed(call, "GetPolicyVersion", request.policy_arn)
    version = await _version(call, found, request.version_id)
    return GetPolicyVersionResponse(policy_version=shown.version(version, found, document=True))


async def list_policy_versions(request: ListPolicyVersionsRequest, call: Call) -> ListPolicyVersionsResponse:
    """The versions of a policy, newest first."""
    found = await managed(call, "ListPolicyVersions", request.policy_arn)
    versions = await policies.versions(call.tx, found)
    # At most five, so never more than a page.
    return ListPolicyVersionsResponse(versions=[shown.version(each, found) for each in versions], is_truncated=False)


async def delete_policy_version(request: DeletePolicyVersionRequest, call: Call) -> DeletePolicyVersionResponse:
    """Delete a version that is not the default. Raises DeleteConflict."""
    found = await _own(call, "DeletePolicyVersion", request.policy_arn)
    version = await _version(call, found, request.version_id)
    if version.version == found.default_version:
        raise DeleteConflict("Cannot delete the default version of a policy.")
    await policies.delete_version(call.tx, found, version.version)
    return DeletePolicyVersionResponse()


async def set_default_policy_version(
    request: SetDefaultPolicyVersionRequest, call: Call
) -> SetDefaultPolicyVersionResponse:
    """Choose the version that is in force, from the next request."""
    found = await _own(call, "SetDefaultPolicyVersion", request.policy_arn)
    version = await _version(call, found, request.version_id)
    await policies.set_default(call.tx, found, version.version, call.now)
    return SetDefaultPolicyVersionResponse()


async def list_entities_for_policy(request: ListEntitiesForPolicyRequest, call: Call) -> ListEntitiesForPolicyResponse:
    """Who has a policy attached, or is bounded by it."""
    found = await managed(call, "ListEntitiesForPolicy", request.policy_arn)
    holders = []
    if request.policy_usage_filter != "PermissionsBoundary":
        holders += await policies.holders(call.tx, call.account, found.arn)
    if request.policy_usage_filter != "PermissionsPolicy":
        holders += await policies.bounded_by(call.tx, call.account, found.arn)
    wanted = _KINDS.get(request.entity_filter or "")
    unique = sorted({each for each in holders if wanted in (None, each[0])})
    page = shown.page(unique, request, "\n".join)
    return ListEntitiesForPolicyResponse(
        policy_groups=[
            PolicyGroup(group_name=name, group_id=id_) for kind, name, id_ in page["items"] if kind == "group"
        ],
        policy_users=[PolicyUser(user_name=name, user_id=id_) for kind, name, id_ in page["items"] if kind == "user"],
        policy_roles=[PolicyRole(role_name=name, role_id=id_) for kind, name, id_ in page["items"] if kind == "role"],
        is_truncated=page["is_truncated"],
        marker=page["marker"],
    )


async def _own(call: Call, action: str, arn: str) -> ManagedPolicy:
    found = await managed(call, action, arn)
    if found.account == "aws":
        # AWS's policies are everybody's to read and nobody's to change.
        raise AccessDeniedException(Decision(False, Source.RESOURCE).denial(call.caller, f"iam:{action}", arn))
    return found


async def _version(call: Call, policy: ManagedPolicy, version_id: str) -> PolicyVersion:
    for each in await policies.versions(call.tx, policy):
        if f"v{each.version}" == version_id:
            return each
    raise NoSuchEntity(f"Policy {policy.arn} version {version_id} does not exist or is not attachable.")
