"""Groups and who is in them."""

from __future__ import annotations

from typing import Annotated

from parastore.iam.shapes.terms import ExistingUserName, Group, Marker, Path, PathPrefix, User
from parastore.shapes import Shape, number


class CreateGroupRequest(Shape, kw_only=True):
    """Make a group."""

    path: Path | None = None
    group_name: ExistingUserName


class CreateGroupResponse(Shape, kw_only=True):
    """What CreateGroup answers."""

    group: Group | None = None


class GetGroupRequest(Shape, kw_only=True):
    """Show a group with its users."""

    group_name: ExistingUserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class GetGroupResponse(Shape, kw_only=True):
    """What GetGroup answers."""

    group: Group | None = None
    users: list[User] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class ListGroupsRequest(Shape, kw_only=True):
    """List the groups of a path."""

    path_prefix: PathPrefix | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListGroupsResponse(Shape, kw_only=True):
    """What ListGroups answers."""

    groups: list[Group] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class UpdateGroupRequest(Shape, kw_only=True):
    """Give a group another name or path."""

    group_name: ExistingUserName
    new_path: Path | None = None
    new_group_name: ExistingUserName | None = None


class UpdateGroupResponse(Shape, kw_only=True):
    """What UpdateGroup answers."""


class DeleteGroupRequest(Shape, kw_only=True):
    """Delete an empty group."""

    group_name: ExistingUserName


class DeleteGroupResponse(Shape, kw_only=True):
    """What DeleteGroup answers."""


class AddUserToGroupRequest(Shape, kw_only=True):
    """Put a user into a group."""

    group_name: ExistingUserName
    user_name: ExistingUserName


class AddUserToGroupResponse(Shape, kw_only=True):
    """What AddUserToGroup answers."""


class RemoveUserFromGroupRequest(Shape, kw_only=True):
    """Take a user out of a group."""

    group_name: ExistingUserName
    user_name: ExistingUserName


class RemoveUserFromGroupResponse(Shape, kw_only=True):
    """What RemoveUserFromGroup answers."""


class ListGroupsForUserRequest(Shape, kw_only=True):
    """List the groups a user is in."""

    user_name: ExistingUserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListGroupsForUserResponse(Shape, kw_only=True):
    """What ListGroupsForUser answers."""

    groups: list[Group] | None = None
    is_truncated: bool | None = None
    marker: str | None = None
