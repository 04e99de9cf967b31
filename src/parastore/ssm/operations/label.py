"""LabelParameterVersion and UnlabelParameterVersion."""

from __future__ import annotations

from parastore.context import Call
from parastore.ssm.errors import ParameterNotFound, ParameterVersionNotFound
from parastore.ssm.operations.changes import tell
from parastore.ssm.rules import labels, names
from parastore.ssm.rules.versions import Version
from parastore.ssm.shapes import (
    LabelParameterVersionRequest,
    LabelParameterVersionResponse,
    UnlabelParameterVersionRequest,
    UnlabelParameterVersionResponse,
)
from parastore.ssm.store import labels as stored
from parastore.ssm.store import records


async def label_parameter_version(request: LabelParameterVersionRequest, call: Call) -> LabelParameterVersionResponse:
    """Attach labels; those that cannot be any are told in the answer and do not keep the others back.

    Raises ParameterNotFound, ParameterVersionNotFound, ParameterVersionLabelLimitExceeded.
    """
    name = names.written(request.name, call.account, call.region)
    current, version = await _version(name, request.parameter_version, call)
    valid, invalid = labels.sorted_out(request.labels)
    attached = await stored.versions(call, current.path)
    labels.check_count({*valid, *(label for label, number in attached.items() if number == version)})
    for label in valid:
        if attached.get(label) != version:
            await stored.attach(call, current.path, label, version)
            before = attached.get(label, "")
            await tell(
                call, "LabelParameterVersion", current, label=label, fromVersion=str(before), toVersion=str(version)
            )
    return LabelParameterVersionResponse(invalid_labels=invalid, parameter_version=version)


async def unlabel_parameter_version(
    request: UnlabelParameterVersionRequest, call: Call
) -> UnlabelParameterVersionResponse:
    """Take labels off. Raises ParameterNotFound, ParameterVersionNotFound."""
    name = names.written(request.name, call.account, call.region)
    current, version = await _version(name, request.parameter_version, call)
    attached = await stored.versions(call, current.path)
    wanted = dict.fromkeys(request.labels)
    removed = [label for label in wanted if attached.get(label) == version]
    for label in removed:
        await stored.detach(call, current.path, label)
    return UnlabelParameterVersionResponse(
        invalid_labels=[label for label in wanted if label not in removed], removed_labels=removed
    )


async def _version(name: str, number: int | None, call: Call) -> tuple[Version, int]:
    """The parameter and the number of the version that is meant, which exists."""
    current = await records.find(call, names.path_of(name))
    if current is None:
        raise ParameterNotFound
    wanted = current.version if number is None else number
    if wanted != current.version and await records.find_replaced(call, current.path, wanted) is None:
        raise ParameterVersionNotFound(
            f"Systems Manager could not find version {wanted} of {name}. Verify the version and try again."
        )
    return current, wanted
