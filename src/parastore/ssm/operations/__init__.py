"""Parameter Store's operations, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parastore.arn import Arn, parse, partition_of
from parastore.context import Call
from parastore.operation import Operation
from parastore.ssm import shapes
from parastore.ssm.operations import delete, describe, get, label, put, settings, share, tag
from parastore.ssm.operations.conditions import CONDITIONS, tagging
from parastore.ssm.rules.names import authorised_arn, owner_of
from parastore.ssm.rules.references import STARTS


def _name(request: Any, call: Call) -> Sequence[Arn]:
    return (authorised_arn(request.name, call.account, call.region),)


def _names(request: Any, call: Call) -> Sequence[Arn]:
    return [authorised_arn(name, call.account, call.region) for name in request.names]


def _written_name(request: Any, call: Call) -> Sequence[Arn]:
    return (authorised_arn(request.name, call.account, call.region, plain=True),)


def _written_names(request: Any, call: Call) -> Sequence[Arn]:
    return [authorised_arn(name, call.account, call.region, plain=True) for name in request.names]


def _path(request: shapes.GetParametersByPathRequest, call: Call) -> Sequence[Arn]:
    # As typed, a trailing slash included: AWS's denial shows it so.
    path = request.path if request.path.startswith("/") else f"/{request.path}"
    return (Arn(partition_of(call.region), "ssm", call.region, owner_of(path, call.account), f"parameter{path}"),)


def _tagged(request: Any, call: Call) -> Sequence[Arn]:
    return (authorised_arn(request.resource_id, call.account, call.region, plain=True),)


def _setting(request: Any, call: Call) -> Sequence[Arn]:
    named = parse(request.setting_id)
    if named is not None:
        return (named,)
    return (Arn(partition_of(call.region), "ssm", call.region, call.account, f"servicesetting{request.setting_id}"),)


def _everything(request: object, call: Call) -> Sequence[Arn]:
    return (Arn(partition_of(call.region), "ssm", call.region, call.account, "*"),)


def _shared(request: Any, call: Call) -> Sequence[Arn]:
    named = parse(request.resource_arn)
    return (named,) if named is not None and named.account else _everything(request, call)


def _is_here(request: shapes.GetParameterRequest) -> bool:
    """Whether Secrets Manager is not asked."""
    return not request.name.startswith(STARTS)


def _are_here(request: shapes.GetParametersRequest) -> bool:
    return not any(name.startswith(STARTS) for name in request.names)


def _is_path(request: shapes.GetParametersByPathRequest) -> bool:
    return True


def _row(
    name: str,
    run: Any,
    resources: Any,
    *,
    writes: bool = False,
    policies: Any = None,
    also: Any = None,
    steady: Any = None,
) -> Operation:
    request, response = getattr(shapes, f"{name}Request"), getattr(shapes, f"{name}Response")
    return Operation(
        "ssm", "AmazonSSM", name, request, response, run, resources, writes, policies,
        conditions=CONDITIONS, also=also, steady=steady,
    )  # fmt: skip


OPERATIONS = (
    _row("PutParameter", put.put_parameter, _written_name, writes=True, also=tagging),
    _row("GetParameter", get.get_parameter, _name, policies=share.policies_of, steady=_is_here),
    _row("GetParameters", get.get_parameters, _names, policies=share.policies_of, steady=_are_here),
    _row("GetParametersByPath", get.get_parameters_by_path, _path, steady=_is_path),
    _row("GetParameterHistory", get.get_parameter_history, _name, policies=share.policies_of),
    _row("DescribeParameters", describe.describe_parameters, _everything),
    _row("DeleteParameter", delete.delete_parameter, _written_name, writes=True),
    _row("DeleteParameters", delete.delete_parameters, _written_names, writes=True),
    _row("LabelParameterVersion", label.label_parameter_version, _written_name, writes=True),
    _row("UnlabelParameterVersion", label.unlabel_parameter_version, _written_name, writes=True),
    _row("AddTagsToResource", tag.add_tags_to_resource, _tagged, writes=True),
    _row("RemoveTagsFromResource", tag.remove_tags_from_resource, _tagged, writes=True),
    _row("ListTagsForResource", tag.list_tags_for_resource, _tagged),
    _row("PutResourcePolicy", share.put_resource_policy, _shared, writes=True),
    _row("GetResourcePolicies", share.get_resource_policies, _shared),
    _row("DeleteResourcePolicy", share.delete_resource_policy, _shared, writes=True),
    _row("GetServiceSetting", settings.get_service_setting, _setting),
    _row("UpdateServiceSetting", settings.update_service_setting, _setting, writes=True),
    _row("ResetServiceSetting", settings.reset_service_setting, _setting, writes=True),
)
