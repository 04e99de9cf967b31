"""The account: what it holds, and what it is called."""

from __future__ import annotations

from typing import Annotated

from parastore.iam.shapes.terms import AccountAlias, Marker
from parastore.shapes import Integer, Shape, number


class GetAccountSummaryRequest(Shape, kw_only=True):
    """Count what there is, and name the quotas."""


class GetAccountSummaryResponse(Shape, kw_only=True):
    """What GetAccountSummary answers."""

    summary_map: dict[str, Integer] | None = None


class CreateAccountAliasRequest(Shape, kw_only=True):
    """Give the account a name; it has one at most."""

    account_alias: AccountAlias


class CreateAccountAliasResponse(Shape, kw_only=True):
    """What CreateAccountAlias answers."""


class DeleteAccountAliasRequest(Shape, kw_only=True):
    """Take the account's name away."""

    account_alias: AccountAlias


class DeleteAccountAliasResponse(Shape, kw_only=True):
    """What DeleteAccountAlias answers."""


class ListAccountAliasesRequest(Shape, kw_only=True):
    """Show the account's name."""

    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListAccountAliasesResponse(Shape, kw_only=True):
    """What ListAccountAliases answers."""

    account_aliases: list[str] | None = None
    is_truncated: bool | None = None
    marker: str | None = None
