"""GetParameter, GetParameters, GetParametersByPath, GetParameterHistory: the reads that carry values."""

from __future__ import annotations

from parastore.context import Call, SecretValue
from parastore.errors import ValidationException
from parastore.shapes import seconds
from parastore.ssm import secretsmanager
from parastore.ssm.errors import ParameterNotFound, ParameterVersionNotFound
from parastore.ssm.operations import public
from parastore.ssm.operations.paging import open_token, seal_token
from parastore.ssm.operations.secure import decrypted, shown
from parastore.ssm.rules import filters, names, policies, references
from parastore.ssm.rules.names import Reference, parameter_arn
from parastore.ssm.rules.versions import Reading, Version
from parastore.ssm.secretsmanager import DependencyFailed
from parastore.ssm.shapes import (
    GetParameterHistoryRequest,
    GetParameterHistoryResponse,
    GetParameterRequest,
    GetParameterResponse,
    GetParametersByPathRequest,
    GetParametersByPathResponse,
    GetParametersRequest,
    GetParametersResponse,
    Parameter,
    ParameterHistory,
    ParameterInlinePolicy,
)
from parastore.ssm.store import labels, listings, records
from parastore.ssm.store.records import Place, of_account


async def get_parameter(request: GetParameterRequest, call: Call) -> GetParameterResponse:
    """One parameter by name or ARN. Raises ParameterNotFound, ParameterVersionNotFound, ValidationException."""
    return GetParameterResponse(parameter=await _get(request.name, request.with_decryption, call))


async def get_parameters(request: GetParametersRequest, call: Call) -> GetParametersResponse:
    """Up to ten, sorted by name; what is not there is listed as invalid."""
    found: list[tuple[str, Parameter]] = []
    missing: list[str] = []
    for asked in sorted(set(request.names)):
        try:
            found.append((asked, await _get(asked, request.with_decryption, call)))
        except (ParameterNotFound, ParameterVersionNotFound):
            missing.append(asked)
        except ValidationException as error:
            # A reference that cannot be followed is told as missing; a failing Secrets Manager fails the whole call.
            if not asked.startswith(references.STARTS) or isinstance(error, DependencyFailed):
                raise
            missing.append(asked)
    found.sort(key=lambda pair: (pair[1].name or "", pair[0]))
    return GetParametersResponse(invalid_parameters=missing, parameters=[parameter for _, parameter in found])


async def get_parameters_by_path(request: GetParametersByPathRequest, call: Call) -> GetParametersByPathResponse:
    """What lies below a path. Raises ValidationException, the filter errors and InvalidNextToken."""
    path = names.listed_path(request.path)
    conditions = filters.by_path(request.parameter_filters)
    after = open_token(request.next_token, request, call)
    limit = request.max_results or 10
    place: Place = call
    if public.is_public(path):
        place = of_account(call, "")
        page = public.by_path(path, bool(request.recursive), conditions, after, limit)
    else:
        page = await listings.by_path(call, path, bool(request.recursive), conditions, after, limit)
    decrypt = request.with_decryption
    parameters = []
    for each in page.versions:
        value = await decrypted(each, call, call.account) if decrypt and each.type == "SecureString" else shown(each)
        parameters.append(_answer(each, each.name, None, value, place))
    next_token = seal_token(page.next, request, call) if page.next is not None else None
    return GetParametersByPathResponse(next_token=next_token, parameters=parameters)


async def get_parameter_history(request: GetParameterHistoryRequest, call: Call) -> GetParameterHistoryResponse:
    """The kept versions, oldest first. Raises ParameterNotFound, ValidationException and InvalidNextToken."""
    reference = names.read(request.name, selectors=False)
    after = open_token(request.next_token, request, call)
    limit, decrypt = request.max_results or 50, request.with_decryption
    place = _place(reference, call)
    if not place.account:
        raise ParameterNotFound
    current = await _current(reference, place)
    found = await records.history(place, reference.path, int(after or 0), limit + 1)
    more = len(found) > limit
    attached = await labels.versions(place, reference.path)
    return GetParameterHistoryResponse(
        next_token=seal_token(str(found[limit - 1].version), request, call) if more else None,
        parameters=[
            ParameterHistory(
                allowed_pattern=version.allowed_pattern,
                data_type=version.data_type,
                description=version.description,
                key_id=version.key_id,
                labels=[label for label, number in attached.items() if number == version.version],
                last_modified_date=seconds(version.modified_at),
                last_modified_user=version.modified_by,
                name=_shown_name(reference, current, place, call),
                policies=[
                    ParameterInlinePolicy(policy_text=policy.text, policy_type=policy.type)
                    for policy in policies.stored(version.policies)
                ],
                tier=version.tier,
                type=version.type,
                value=await _value(version, decrypt, place, call),
                version=version.version,
            )
            for version in found[:limit]
        ],
    )


async def _get(asked: str, decrypt: bool | None, call: Call) -> Parameter:
    if asked.startswith(references.STARTS):
        return await _secret(asked, decrypt, call)
    reference = names.read(asked)
    place = _place(reference, call)
    current = (records.recall(place, reference.path) if reference.region is None else None) or await _current(
        reference, place
    )
    version: Reading | Version = current
    if reference.selector is not None:
        version = await _selected(reference, current, place)
    selector = None if reference.selector is None else f":{reference.selector}"
    value = await _value(version, decrypt, place, call) if version.type == "SecureString" else shown(version)
    return _answer(version, _shown_name(reference, current, place, call), selector, value, place)


async def _secret(asked: str, decrypt: bool | None, call: Call) -> Parameter:
    """A secret of Secrets Manager, as a SecureString of version 0."""
    reference = references.parse(asked.strip(), decrypt)
    secret = await secretsmanager.find(reference, call.region)
    value = secret.get("SecretString")
    return Parameter(
        arn=secret["ARN"],
        last_modified_date=secret["CreatedDate"].timestamp(),
        name=reference.name,
        selector=None if reference.selector is None else f":{reference.selector}",
        source_result=references.source_result(secret),
        type="SecureString",
        value=None if value is None else SecretValue(value),
        version=0,
    )


def _place(reference: Reference, call: Call) -> Place:
    """Where to look: with the caller, with the account that shares (authorised before), or with nobody (public)."""
    if public.is_public(reference.path):
        return of_account(call, "")
    if reference.account is None or reference.account == call.account:
        return call
    return of_account(call, reference.account)


def _shown_name(reference: Reference, current: Reading, place: Place, call: Call) -> str:
    if place is not call and place.account:
        return parameter_arn(place.account, place.region, reference.path)
    return reference.name or current.name


async def _value(version: Reading | Version, decrypt: bool | None, place: Place, call: Call) -> SecretValue:
    if not decrypt or version.type != "SecureString":
        return shown(version)
    return await decrypted(version, call, place.account)


async def _current(reference: Reference, place: Place) -> Reading:
    # An ARN of another Region names nothing here.
    if reference.region is None or reference.region == place.region:
        version = await records.read(place, reference.path) if place.account else public.find(reference.path)
        if version is not None:
            return version
    raise ParameterNotFound


async def _selected(reference: Reference, current: Reading, place: Place) -> Reading | Version:
    selector = reference.selector or ""
    shown_name = reference.name or current.name
    number: int | None
    if selector.isascii() and selector.isdigit():
        # More digits than any version has would not fit a database's integer either.
        digits = selector.lstrip("0")
        number = int(digits or 0) if len(digits) < 19 else -1
    else:
        number = await labels.find(place, reference.path, selector)
        if number is None:
            raise ParameterVersionNotFound(
                f"Systems Manager could not find a version of {shown_name} that has the specified label, {selector}."
                " Verify the parameter label and try again."
            )
    version: Reading | Version | None = current if number == current.version else None
    if version is None:
        version = await records.find_replaced(place, reference.path, number)
    if version is None:
        raise ParameterVersionNotFound(
            f"Systems Manager could not find version {selector} of {shown_name}. Verify the version and try again."
        )
    return version


def _answer(version: Reading | Version, name: str, selector: str | None, value: SecretValue, place: Place) -> Parameter:
    return Parameter(
        arn=parameter_arn(place.account, place.region, version.path),
        data_type=version.data_type,
        last_modified_date=seconds(version.modified_at),
        name=name,
        selector=selector,
        type=version.type,
        value=value,
        version=version.version,
    )
