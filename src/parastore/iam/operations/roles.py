"""Roles: what may assume them, for how long, and what they are."""

from __future__ import annotations

from parastore.context import Call
from parastore.iam import keys, rules
from parastore.iam.directory import identities, tags
from parastore.iam.directory.identities import Identity
from parastore.iam.errors import EntityAlreadyExists
from parastore.iam.operations import boundaries, documents, shown
from parastore.iam.operations.access import arn_of, identity, permit, tag_keys
from parastore.iam.operations.entities import check_without_policies
from parastore.iam.shapes import (
    CreateRoleRequest,
    CreateRoleResponse,
    DeleteRoleRequest,
    DeleteRoleResponse,
    GetRoleRequest,
    GetRoleResponse,
    ListInstanceProfilesForRoleRequest,
    ListInstanceProfilesForRoleResponse,
    ListRolesRequest,
    ListRolesResponse,
    UpdateAssumeRolePolicyRequest,
    UpdateAssumeRolePolicyResponse,
    UpdateRoleDescriptionRequest,
    UpdateRoleDescriptionResponse,
    UpdateRoleRequest,
    UpdateRoleResponse,
)

HOUR = 3600


async def create_role(request: CreateRoleRequest, call: Call) -> CreateRoleResponse:
    """Make a role. Raises MalformedPolicyDocument, EntityAlreadyExists, NoSuchEntity for the boundary."""
    path, labels = request.path or "/", shown.tag_map(request.tags)
    more = {**tag_keys(request.tags), **boundaries.keys(request.permissions_boundary)}
    await permit(call, "CreateRole", arn_of(call, f"role{path}{request.role_name}"), more=more)
    documents.check_trust(request.assume_role_policy_document)
    await boundaries.check(call, request.permissions_boundary)
    made = Identity(
        rules.new_unique_id("AROA"),
        call.account,
        "role",
        request.role_name,
        path,
        request.permissions_boundary,
        request.assume_role_policy_document,
        request.description,
        request.max_session_duration or HOUR,
        call.now,
    )
    if not await identities.create(call.tx, made):
        raise EntityAlreadyExists(f"Role with name {request.role_name} already exists.")
    await tags.put(call.tx, made.id, labels)
    return CreateRoleResponse(role=shown.role(made, labels))


async def get_role(request: GetRoleRequest, call: Call) -> GetRoleResponse:
    """Show a role with its tags and last use."""
    found = await identity(call, "GetRole", "role", request.role_name)
    use = await keys.last_use(call.tx, found.id)
    return GetRoleResponse(role=shown.role(found, await tags.of(call.tx, found.id), shown.last_used(use)))


async def list_roles(request: ListRolesRequest, call: Call) -> ListRolesResponse:
    """The roles of a path, by name."""
    await permit(call, "ListRoles", arn_of(call, "role/"))
    found = await identities.list_all(call.tx, call.account, "role", request.path_prefix or "/")
    page = shown.page(found, request, lambda each: each.name.lower())
    return ListRolesResponse(
        roles=[shown.role(each) for each in page["items"]],
        is_truncated=page["is_truncated"],
        marker=page["marker"],
    )


async def update_role(request: UpdateRoleRequest, call: Call) -> UpdateRoleResponse:
    """Give a role another description or longest session; what is absent stays."""
    found = await identity(call, "UpdateRole", "role", request.role_name)
    description = found.description if request.description is None else request.description
    longest = request.max_session_duration or found.longest_session
    await identities.update(call.tx, found._replace(description=description, longest_session=longest))
    return UpdateRoleResponse()


async def update_role_description(request: UpdateRoleDescriptionRequest, call: Call) -> UpdateRoleDescriptionResponse:
    """Give a role another description."""
    found = await identity(call, "UpdateRoleDescription", "role", request.role_name)
    changed = found._replace(description=request.description)
    await identities.update(call.tx, changed)
    return UpdateRoleDescriptionResponse(role=shown.role(changed))


async def update_assume_role_policy(
    request: UpdateAssumeRolePolicyRequest, call: Call
) -> UpdateAssumeRolePolicyResponse:
    """Give a role another trust policy. Raises MalformedPolicyDocument."""
    found = await identity(call, "UpdateAssumeRolePolicy", "role", request.role_name)
    documents.check_trust(request.policy_document)
    await identities.update(call.tx, found._replace(trust=request.policy_document))
    return UpdateAssumeRolePolicyResponse()


async def delete_role(request: DeleteRoleRequest, call: Call) -> DeleteRoleResponse:
    """Delete a role that has nothing left. Its sessions end at once. Raises DeleteConflict."""
    found = await identity(call, "DeleteRole", "role", request.role_name)
    await check_without_policies(call, found)
    await identities.delete(call.tx, found)
    return DeleteRoleResponse()


async def list_instance_profiles_for_role(
    request: ListInstanceProfilesForRoleRequest, call: Call
) -> ListInstanceProfilesForRoleResponse:
    """None: there are no instances here. Terraform asks before it deletes a role."""
    await identity(call, "ListInstanceProfilesForRole", "role", request.role_name)
    return ListInstanceProfilesForRoleResponse(instance_profiles=[], is_truncated=False)
