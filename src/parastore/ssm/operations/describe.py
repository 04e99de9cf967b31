"""DescribeParameters: what there is, without values."""

from __future__ import annotations

from collections.abc import Sequence

from parastore.context import Call
from parastore.shapes import seconds
from parastore.ssm.operations import public
from parastore.ssm.operations.paging import open_token, seal_token
from parastore.ssm.operations.share import shared_with
from parastore.ssm.rules import filters
from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import parameter_arn
from parastore.ssm.rules.versions import Version
from parastore.ssm.shapes import (
    DescribeParametersRequest,
    DescribeParametersResponse,
    ParameterInlinePolicy,
    ParameterMetadata,
)
from parastore.ssm.store import listings, policies
from parastore.ssm.store.records import Place, of_account


async def describe_parameters(request: DescribeParametersRequest, call: Call) -> DescribeParametersResponse:
    """A page of parameters in the order of their names. Raises ValidationException, filter errors, InvalidNextToken.

    `Shared` asks for parameters that other accounts share with the caller; a Name filter then takes ARNs.
    """
    conditions = filters.describe(request.filters, request.parameter_filters)
    after = open_token(request.next_token, request, call)
    if request.shared:
        return await _shared(request, conditions, after, call)
    limit = request.max_results or 50
    place: Place = call
    if public.asks_for_public(conditions):
        place = of_account(call, "")
        page = public.describe(conditions, after, limit)
    else:
        page = await listings.describe(call, conditions, after, limit)
    return DescribeParametersResponse(
        next_token=seal_token(page.next, request, call) if page.next is not None else None,
        parameters=[await _metadata(version, version.name, place) for version in page.versions],
    )


async def _shared(
    request: DescribeParametersRequest, conditions: Sequence[Condition], after: str | None, call: Call
) -> DescribeParametersResponse:
    places, following = await shared_with(call, after, request.max_results or 50)
    parameters = []
    for account, path in places:
        place = of_account(call, account)
        version = await listings.describe_one(place, path, conditions)
        if version is not None:
            parameters.append(await _metadata(version, parameter_arn(account, call.region, path), place))
    next_token = seal_token(following, request, call) if following is not None else None
    return DescribeParametersResponse(next_token=next_token, parameters=parameters)


async def _metadata(version: Version, name: str, place: Place) -> ParameterMetadata:
    return ParameterMetadata(
        arn=parameter_arn(place.account, place.region, version.path),
        allowed_pattern=version.allowed_pattern,
        data_type=version.data_type,
        description=version.description,
        key_id=version.key_id,
        last_modified_date=seconds(version.modified_at),
        last_modified_user=version.modified_by or None,
        name=name,
        policies=await _policies(version, place),
        tier=version.tier,
        type=version.type,
        version=version.version,
    )


async def _policies(version: Version, place: Place) -> list[ParameterInlinePolicy]:
    if version.policies is None:
        return []
    return [
        ParameterInlinePolicy(policy_status=task.status, policy_text=task.text, policy_type=task.type)
        for task in await policies.of_parameter(place, version.path)
    ]
