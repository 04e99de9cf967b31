"""Groups, and who is in them."""

from __future__ import annotations

from parastore.context import Call
from parastore.iam import rules
from parastore.iam.directory import identities
from parastore.iam.directory.identities import Identity
from parastore.iam.errors import DeleteConflict, EntityAlreadyExists, LimitExceeded, NoSuchEntity
from parastore.iam.operations import shown
from parastore.iam.operations.access import arn_of, identity, permit
from parastore.iam.operations.entities import check_without_policies, rename
from parastore.iam.shapes import (
    AddUserToGroupRequest,
    AddUserToGroupResponse,
    CreateGroupRequest,
    CreateGroupResponse,
    DeleteGroupRequest,
    DeleteGroupResponse,
    GetGroupRequest,
    GetGroupResponse,
    ListGroupsForUserRequest,
    ListGroupsForUserResponse,
    ListGroupsRequest,
    ListGroupsResponse,
    RemoveUserFromGroupRequest,
    RemoveUserFromGroupResponse,
    UpdateGroupRequest,
    UpdateGroupResponse,
)

MOST_GROUPS = 10  # of one user


async def create_group(request: CreateGroupRequest, call: Call) -> CreateGroupResponse:
    """Make a group. Raises EntityAlreadyExists."""
    path = request.path or "/"
    await permit(call, "CreateGroup", arn_of(call, f"group{path}{request.group_name}"))
    made = Identity(
        rules.new_unique_id("AGPA"), call.account, "group", request.group_name, path, None, None, None, None, call.now
    )
    if not await identities.create(call.tx, made):
        raise EntityAlreadyExists(f"Group with name {request.group_name} already exists.")
    return CreateGroupResponse(group=shown.group(made))


async def get_group(request: GetGroupRequest, call: Call) -> GetGroupResponse:
    """Show a group with its users."""
    found = await identity(call, "GetGroup", "group", request.group_name)
    page = shown.page(await identities.users_in(call.tx, found.id), request, lambda each: each.name.lower())
    return GetGroupResponse(
        group=shown.group(found),
        users=[shown.user(each) for each in page["items"]],
        is_truncated=page["is_truncated"],
        marker=page["marker"],
    )


async def list_groups(request: ListGroupsRequest, call: Call) -> ListGroupsResponse:
    """The groups of a path, by name."""
    await permit(call, "ListGroups", arn_of(call, "group/"))
    found = await identities.list_all(call.tx, call.account, "group", request.path_prefix or "/")
    page = shown.page(found, request, lambda each: each.name.lower())
    return ListGroupsResponse(
        groups=[shown.group(each) for each in page["items"]],
        is_truncated=page["is_truncated"],
        marker=page["marker"],
    )


async def update_group(request: UpdateGroupRequest, call: Call) -> UpdateGroupResponse:
    """Give a group another name or path."""
    found = await identity(call, "UpdateGroup", "group", request.group_name)
    await rename(call, "UpdateGroup", found, request.new_group_name, request.new_path)
    return UpdateGroupResponse()


async def delete_group(request: DeleteGroupRequest, call: Call) -> DeleteGroupResponse:
    """Delete an empty group. Raises DeleteConflict."""
    found = await identity(call, "DeleteGroup", "group", request.group_name)
    if await identities.users_in(call.tx, found.id):
        raise DeleteConflict("Cannot delete entity, must remove users from group first.")
    await check_without_policies(call, found)
    await identities.delete(call.tx, found)
    return DeleteGroupResponse()


async def add_user_to_group(request: AddUserToGroupRequest, call: Call) -> AddUserToGroupResponse:
    """Put a user into a group. Raises LimitExceeded for an eleventh group."""
    group = await identity(call, "AddUserToGroup", "group", request.group_name)
    user = await _member(call, request.user_name)
    joined = await identities.groups_of(call.tx, user.id)
    if group.id not in {each.id for each in joined} and len(joined) >= MOST_GROUPS:
        raise LimitExceeded(f"Cannot exceed quota for GroupsPerUser: {MOST_GROUPS}")
    await identities.join(call.tx, group.id, user.id)
    return AddUserToGroupResponse()


async def remove_user_from_group(request: RemoveUserFromGroupRequest, call: Call) -> RemoveUserFromGroupResponse:
    """Take a user out of a group."""
    group = await identity(call, "RemoveUserFromGroup", "group", request.group_name)
    user = await _member(call, request.user_name)
    await identities.leave(call.tx, group.id, user.id)
    return RemoveUserFromGroupResponse()


async def list_groups_for_user(request: ListGroupsForUserRequest, call: Call) -> ListGroupsForUserResponse:
    """The groups a user is in."""
    user = await identity(call, "ListGroupsForUser", "user", request.user_name)
    page = shown.page(await identities.groups_of(call.tx, user.id), request, lambda each: each.name.lower())
    return ListGroupsForUserResponse(
        groups=[shown.group(each) for each in page["items"]],
        is_truncated=page["is_truncated"],
        marker=page["marker"],
    )


async def _member(call: Call, name: str) -> Identity:
    # AWS authorises on the group alone.
    found = await identities.find(call.tx, call.account, "user", name)
    if found is None:
        raise NoSuchEntity(f"The user with name {name} cannot be found.")
    return found
