"""GetServiceSetting, UpdateServiceSetting and ResetServiceSetting, for the settings of Parameter Store."""

from __future__ import annotations

from parastore.arn import Arn, partition_of
from parastore.context import Call
from parastore.shapes import seconds
from parastore.ssm.rules import settings
from parastore.ssm.shapes import (
    GetServiceSettingRequest,
    GetServiceSettingResponse,
    ResetServiceSettingRequest,
    ResetServiceSettingResponse,
    ServiceSetting,
    UpdateServiceSettingRequest,
    UpdateServiceSettingResponse,
)
from parastore.ssm.store import settings as stored
from parastore.ssm.store.settings import Changed


async def get_service_setting(request: GetServiceSettingRequest, call: Call) -> GetServiceSettingResponse:
    """A setting. Raises ServiceSettingNotFound."""
    setting = settings.setting_of(request.setting_id)
    return GetServiceSettingResponse(service_setting=_shown(setting, await stored.find(call, setting), call))


async def update_service_setting(request: UpdateServiceSettingRequest, call: Call) -> UpdateServiceSettingResponse:
    """Change a setting. Raises ServiceSettingNotFound, ValidationException."""
    setting = settings.setting_of(request.setting_id)
    settings.check_value(setting, request.setting_value)
    await stored.save(call, setting, Changed(request.setting_value, call.now, call.caller.arn))
    return UpdateServiceSettingResponse()


async def reset_service_setting(request: ResetServiceSettingRequest, call: Call) -> ResetServiceSettingResponse:
    """Give a setting its default. Raises ServiceSettingNotFound."""
    setting = settings.setting_of(request.setting_id)
    await stored.reset(call, setting)
    return ResetServiceSettingResponse(service_setting=_shown(setting, None, call))


def _shown(setting: str, changed: Changed | None, call: Call) -> ServiceSetting:
    value, modified_at, modified_by = changed or (settings.VALUES[setting][0], call.now, "System")
    return ServiceSetting(
        arn=str(Arn(partition_of(call.region), "ssm", call.region, call.account, f"servicesetting{setting}")),
        last_modified_date=seconds(modified_at),
        last_modified_user=modified_by,
        setting_id=setting,
        setting_value=value,
        status="Customized" if changed else "Default",
    )
