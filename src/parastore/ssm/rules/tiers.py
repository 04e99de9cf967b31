"""Tiers: which one a PutParameter gives a parameter, what it may hold, and how many of it there may be.

Answers know Standard and Advanced only; Intelligent-Tiering is a request to choose.
"""

from __future__ import annotations

from parastore.errors import ValidationException
from parastore.ssm.errors import ParameterLimitExceeded
from parastore.ssm.shapes import ParameterTier

STANDARD_VALUE = 4096  # bytes of UTF-8; AWS's text says characters, its Encrypt call takes 4096 bytes
ADVANCED_VALUE = 8192
LARGEST: dict[str, int] = {"Standard": STANDARD_VALUE, "Advanced": ADVANCED_VALUE}
QUOTA: dict[str, int] = {"Standard": 10_000, "Advanced": 100_000}

_ADVANCED_PAGE = (
    "For more information, see"
    " https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
)


def choose(
    asked: ParameterTier | None,
    current: ParameterTier | None,
    default: ParameterTier,
    *,
    size: int,
    policies: bool,
    standard_count: int,
) -> ParameterTier:
    """The tier the next version has. `current` is None at creation, `default` the account's setting.

    `size` is the value's in bytes, `policies` whether the request brings any, `standard_count` how many standard
    parameters there are. Raises ValidationException where value or policies do not fit, or for a way back.
    """
    if asked is None:
        # AWS documents the default for new parameters; one that chooses does so at every update too.
        asked = default if current is None or default == "Intelligent-Tiering" else current
        if current == "Advanced":
            asked = "Advanced"
    if asked == "Intelligent-Tiering":
        full = current is None and standard_count >= QUOTA["Standard"]
        needed = size > STANDARD_VALUE or policies or full
        asked = "Advanced" if needed or current == "Advanced" else "Standard"
    elif asked == "Standard" and current == "Advanced":
        raise ValidationException(
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the"
            " advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced"
            " parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit"
            f" of {STANDARD_VALUE} characters."
        )
    _check_fit(asked, size, policies)
    return asked


def _check_fit(tier: ParameterTier, size: int, policies: bool) -> None:
    if tier == "Advanced":
        if size > ADVANCED_VALUE:
            raise ValidationException(
                "The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value"
                f" of {ADVANCED_VALUE} characters."
            )
        return
    if size > STANDARD_VALUE:
        raise ValidationException(
            f"Standard tier parameters support a maximum parameter value of {STANDARD_VALUE} characters. To create a"
            f" larger parameter value, upgrade the parameter to use the advanced-parameter tier. {_ADVANCED_PAGE}"
        )
    if policies:
        raise ValidationException(
            "You can't assign parameter policies to a standard-parameter tier. You must upgrade the parameter to use"
            f" the advanced-parameter tier. {_ADVANCED_PAGE}"
        )


def check_quota(tier: ParameterTier, count: int) -> None:
    """Raise ParameterLimitExceeded when `count` parameters of a tier leave no room for another."""
    if count < QUOTA[tier]:
        return
    more = "upgrade to the advanced-parameter tier (charges apply)" if tier == "Standard" else "use another account"
    raise ParameterLimitExceeded(
        f"You have reached the maximum number of {tier.lower()} parameters for this AWS account and Region"
        f" ({QUOTA[tier]}). To add more parameters, either delete existing parameters or {more}."
    )
