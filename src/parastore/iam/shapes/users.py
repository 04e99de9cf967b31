"""Users."""

from __future__ import annotations

from typing import Annotated

from parastore.iam.shapes.terms import Arn, ExistingUserName, Marker, Path, PathPrefix, Tag, TagKey, User, UserName
from parastore.shapes import Shape, items, number


class CreateUserRequest(Shape, kw_only=True):
    """Make a user, in a path and with tags if wanted."""

    path: Path | None = None
    user_name: UserName
    permissions_boundary: Arn | None = None
    tags: Annotated[list[Tag], items(maximum=50)] | None = None


class CreateUserResponse(Shape, kw_only=True):
    """What CreateUser answers."""

    user: User | None = None


class GetUserRequest(Shape, kw_only=True):
    """Show a user, by default the caller."""

    user_name: ExistingUserName | None = None


class GetUserResponse(Shape, kw_only=True):
    """What GetUser answers."""

    user: User | None = None


class ListUsersRequest(Shape, kw_only=True):
    """List the users of a path."""

    path_prefix: PathPrefix | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListUsersResponse(Shape, kw_only=True):
    """What ListUsers answers."""

    users: list[User] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class UpdateUserRequest(Shape, kw_only=True):
    """Give a user another name or path."""

    user_name: ExistingUserName
    new_path: Path | None = None
    new_user_name: UserName | None = None


class UpdateUserResponse(Shape, kw_only=True):
    """What UpdateUser answers."""


class DeleteUserRequest(Shape, kw_only=True):
    """Delete a user that has nothing attached."""

    user_name: ExistingUserName


class DeleteUserResponse(Shape, kw_only=True):
    """What DeleteUser answers."""


class TagUserRequest(Shape, kw_only=True):
    """Put tags on a user."""

    user_name: ExistingUserName
    tags: Annotated[list[Tag], items(maximum=50)]


class TagUserResponse(Shape, kw_only=True):
    """What TagUser answers."""


class UntagUserRequest(Shape, kw_only=True):
    """Take tags off a user."""

    user_name: ExistingUserName
    tag_keys: Annotated[list[TagKey], items(maximum=50)]


class UntagUserResponse(Shape, kw_only=True):
    """What UntagUser answers."""


class ListUserTagsRequest(Shape, kw_only=True):
    """List the tags of a user."""

    user_name: ExistingUserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListUserTagsResponse(Shape, kw_only=True):
    """What ListUserTags answers."""

    tags: list[Tag] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class PutUserPermissionsBoundaryRequest(Shape, kw_only=True):
    """Bound a user by a managed policy."""

    user_name: UserName
    permissions_boundary: Arn


class PutUserPermissionsBoundaryResponse(Shape, kw_only=True):
    """What PutUserPermissionsBoundary answers."""


class DeleteUserPermissionsBoundaryRequest(Shape, kw_only=True):
    """Take the boundary off a user."""

    user_name: UserName


class DeleteUserPermissionsBoundaryResponse(Shape, kw_only=True):
    """What DeleteUserPermissionsBoundary answers."""
