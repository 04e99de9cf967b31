"""DescribeParameters: what there is, without values."""

from __future__ import annotations

from parastore.context import Call
from parastore.shapes import seconds
from parastore.ssm.operations.paging import open_token, seal_token
from parastore.ssm.rules import filters
from parastore.ssm.rules.names import parameter_arn
from parastore.ssm.rules.versions import Version
from parastore.ssm.shapes import (
    DescribeParametersRequest,
    DescribeParametersResponse,
    ParameterInlinePolicy,
    ParameterMetadata,
)
from parastore.ssm.store import listings, policies


async def describe_parameters(request: DescribeParametersRequest, call: Call) -> DescribeParametersResponse:
    """A page of parameters in the order of their names. Raises ValidationException, filter errors, InvalidNextToken.

    `Shared` asks for parameters of other accounts; nothing is shared yet, so it lists none.
    """
    conditions = filters.describe(request.filters, request.parameter_filters)
    after = open_token(request.next_token, request, call)
    page: listings.Page[Version] = listings.Page([], None)
    if not request.shared:
        page = await listings.describe(call, conditions, after, request.max_results or 50)
    return DescribeParametersResponse(
        next_token=seal_token(page.next, request, call) if page.next is not None else None,
        parameters=[
            ParameterMetadata(
                arn=parameter_arn(call.account, call.region, version.path),
                allowed_pattern=version.allowed_pattern,
                data_type=version.data_type,
                description=version.description,
                key_id=version.key_id,
                last_modified_date=seconds(version.modified_at),
                last_modified_user=version.modified_by,
                name=version.name,
                policies=await _policies(version, call),
                tier=version.tier,
                type=version.type,
                version=version.version,
            )
            for version in page.versions
        ],
    )


async def _policies(version: Version, call: Call) -> list[ParameterInlinePolicy]:
    if version.policies is None:
        return []
    return [
        ParameterInlinePolicy(policy_status=task.status, policy_text=task.text, policy_type=task.type)
        for task in await policies.of_parameter(call, version.path)
    ]
