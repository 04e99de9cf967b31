"""The settings of Parameter Store: their names, values and defaults."""

from __future__ import annotations

from parastore.arn import parse
from parastore.errors import ValidationException
from parastore.ssm.errors import ServiceSettingNotFound

DEFAULT_TIER = "/ssm/parameter-store/default-parameter-tier"
HIGH_THROUGHPUT = "/ssm/parameter-store/high-throughput-enabled"

# The first value is the default.
VALUES = {
    DEFAULT_TIER: ("Standard", "Advanced", "Intelligent-Tiering"),
    HIGH_THROUGHPUT: ("false", "true"),
}


def setting_of(text: str) -> str:
    """The setting a SettingId names, by path or by ARN. Raises ServiceSettingNotFound for one that is not ours."""
    parsed = parse(text)
    setting = parsed.resource.removeprefix("servicesetting") if parsed else text
    if setting not in VALUES:
        raise ServiceSettingNotFound(text)
    return setting


def check_value(setting: str, value: str) -> None:
    """Raise ValidationException unless the setting can have the value."""
    if value not in VALUES[setting]:
        raise ValidationException(
            f"The setting value {value} is not valid for {setting}. Valid values: {', '.join(VALUES[setting])}."
        )
