"""Users: made, shown, renamed, tagged, bounded, deleted."""

from __future__ import annotations

from parastore.context import Call
from parastore.errors import ValidationException
from parastore.iam import keys as stored_keys
from parastore.iam import rules
from parastore.iam.directory import identities, tags
from parastore.iam.directory.identities import Identity
from parastore.iam.errors import DeleteConflict, EntityAlreadyExists
from parastore.iam.operations import boundaries, shown
from parastore.iam.operations.access import arn_of, identity, permit, tag_keys
from parastore.iam.operations.entities import check_without_policies, rename
from parastore.iam.rules import root_arn
from parastore.iam.shapes import (
    CreateUserRequest,
    CreateUserResponse,
    DeleteUserRequest,
    DeleteUserResponse,
    GetUserRequest,
    GetUserResponse,
    ListUsersRequest,
    ListUsersResponse,
    UpdateUserRequest,
    UpdateUserResponse,
    User,
)
from parastore.shapes import seconds


async def create_user(request: CreateUserRequest, call: Call) -> CreateUserResponse:
    """Make a user. Raises EntityAlreadyExists, NoSuchEntity for the boundary."""
    path, labels = request.path or "/", shown.tag_map(request.tags)
    more = {**tag_keys(request.tags), **boundaries.keys(request.permissions_boundary)}
    await permit(call, "CreateUser", arn_of(call, f"user{path}{request.user_name}"), more=more)
    await boundaries.check(call, request.permissions_boundary)
    made = Identity(
        rules.new_unique_id("AIDA"), call.account, "user", request.user_name, path, request.permissions_boundary,
        None, None, None, call.now,
    )  # fmt: skip
    if not await identities.create(call.tx, made):
        raise EntityAlreadyExists(f"User with name {request.user_name} already exists.")
    await tags.put(call.tx, made.id, labels)
    return CreateUserResponse(user=shown.user(made, labels))


async def get_user(request: GetUserRequest, call: Call) -> GetUserResponse:
    """Show a user, the caller if none is named."""
    if request.user_name is None and call.caller.is_root:
        await permit(call, "GetUser", root_arn(call.account))
        row = await call.tx.fetch_row("SELECT created_at FROM account WHERE id = $1", call.account)
        assert row is not None
        return GetUserResponse(user=User(user_id=call.account, arn=root_arn(call.account), create_date=seconds(row[0])))
    found = await identity(call, "GetUser", "user", request.user_name or calling_user(call))
    return GetUserResponse(user=shown.user(found, await tags.of(call.tx, found.id)))


def calling_user(call: Call) -> str:
    """The name of the user who calls. Raises ValidationException for a role's session, and for a root."""
    if call.caller.role is not None or call.caller.is_root:
        raise ValidationException("Must specify userName when calling with non-User credentials")
    return call.caller.arn.rpartition("/")[2]


async def list_users(request: ListUsersRequest, call: Call) -> ListUsersResponse:
    """The users of a path, by name."""
    await permit(call, "ListUsers", arn_of(call, "user/"))
    found = await identities.list_all(call.tx, call.account, "user", request.path_prefix or "/")
    page = shown.page(found, request, lambda each: each.name.lower())
    return ListUsersResponse(
        users=[shown.user(each) for each in page["items"]],
        is_truncated=page["is_truncated"],
        marker=page["marker"],
    )


async def update_user(request: UpdateUserRequest, call: Call) -> UpdateUserResponse:
    """Give a user another name or path; its keys and policies stay."""
    found = await identity(call, "UpdateUser", "user", request.user_name)
    renamed = await rename(call, "UpdateUser", found, request.new_user_name, request.new_path)
    await stored_keys.rename(call.tx, call.ring, found.id, renamed.arn)
    return UpdateUserResponse()


async def delete_user(request: DeleteUserRequest, call: Call) -> DeleteUserResponse:
    """Delete a user that has nothing left. Raises DeleteConflict."""
    found = await identity(call, "DeleteUser", "user", request.user_name)
    await check_without_policies(call, found)
    if await stored_keys.of_user(call.tx, found.id):
        raise DeleteConflict("Cannot delete entity, must delete access keys first.")
    if await identities.groups_of(call.tx, found.id):
        raise DeleteConflict("Cannot delete entity, must remove users from group first.")
    await identities.delete(call.tx, found)
    return DeleteUserResponse()
