"""Names: their syntax, their ARNs, and the selectors behind them.

`foo` and `/foo` are one parameter. Its identity here is its `path`, the name with one leading slash; answers echo the
spelling that was asked for. Which error a bad name earns is AWS's own mixture of ValidationException and
AccessDeniedException, kept as recorded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from parastore.arn import Arn, parse, partition_of
from parastore.errors import AccessDeniedException, ValidationException
from parastore.ssm.errors import HierarchyLevelLimitExceededException

MAX_LEVELS = 15
MAX_ARN = 1011  # characters; AWS refuses a longer one as access denied

_WELL_FORMED = re.compile(r"/?[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*\Z")
_LEGAL_CHARACTERS = re.compile(r"[A-Za-z0-9_./-]+\Z")
_BAD_NAME = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths'
    " divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_"
)
BAD_SELECTOR = (
    "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>"
)
BAD_PATH = (
    "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash"
    ' "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the'
    " following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if"
    ' specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.'
)


class Reference(NamedTuple):
    """What a read asks for.

    `path` is the parameter's identity, `name` the spelling to echo (None when asked by ARN: the stored one is shown),
    `selector` the text behind the name's colon, `account` and `region` those of an ARN.
    """

    path: str
    name: str | None
    selector: str | None = None
    account: str | None = None
    region: str | None = None


def path_of(name: str) -> str:
    """The identity of a well-formed name."""
    return name if name.startswith("/") else "/" + name


def depth_of(path: str) -> int:
    """Levels of a path, the last segment included: 2 for `/a/b`, 0 for `/`."""
    return path.count("/") if path != "/" else 0


@lru_cache(maxsize=2048)
def parameter_arn(account: str, region: str, path: str) -> str:
    """The ARN of a parameter (or of a path, which GetParametersByPath is authorised on)."""
    return f"arn:{partition_of(region)}:ssm:{region}:{account}:parameter/{path.removeprefix('/')}"


def written(raw: str, account: str, region: str) -> str:
    """The name a write means, trimmed.

    Raises ValidationException for its syntax, AccessDeniedException for a reserved path or an over-long ARN,
    HierarchyLevelLimitExceededException for more than 15 levels.
    """
    name = raw.strip()
    if not _LEGAL_CHARACTERS.match(name) or "//" in name:
        raise ValidationException(_BAD_NAME)
    if "/" in name and not name.startswith("/"):
        raise ValidationException("Parameter name must be a fully qualified name.")
    if name.endswith("/"):
        raise ValidationException("Parameter name must not end with slash.")
    _refuse_reserved(name)
    if len(parameter_arn(account, region, name)) > MAX_ARN:
        raise AccessDeniedException(
            f"Parameter name is too long: the ARN of a parameter can have at most {MAX_ARN} characters."
        )
    if depth_of(path_of(name)) > MAX_LEVELS:
        raise HierarchyLevelLimitExceededException(
            f"A hierarchy can have a maximum of {MAX_LEVELS} levels: {name} has {depth_of(path_of(name))}."
            " Use fewer levels and try again."
        )
    return name


def _refuse_reserved(name: str) -> None:
    first, _, rest = name.removeprefix("/").lower().partition("/")
    if first.startswith(("aws", "ssm")) and not rest:
        raise ValidationException('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
    if first.startswith("aws"):
        raise AccessDeniedException(f"No access to reserved parameter name: {name.removeprefix('/')}.")
    if first.startswith("ssm"):
        raise ValidationException(_BAD_NAME)


@lru_cache(maxsize=2048)
def read(raw: str, *, selectors: bool = True) -> Reference:
    """What a read means by `raw`: a name or an ARN, with a selector behind it where the operation takes one.

    Raises ValidationException.
    """
    text = raw.strip()
    if text.startswith("arn:"):
        return _read_arn(text, selectors)
    name, colon, selector = text.partition(":")
    if colon and selectors and (not selector or ":" in selector):
        raise ValidationException(BAD_SELECTOR)
    if (colon and not selectors) or not _readable(name):
        raise ValidationException(_BAD_NAME)
    return Reference(path_of(name), name, selector if colon else None)


def _read_arn(text: str, selectors: bool) -> Reference:
    parsed = parse(text)
    resource, colon, selector = parsed.resource.partition(":") if parsed else ("", "", "")
    if colon and selectors and (not selector or ":" in selector):
        raise ValidationException(BAD_SELECTOR)
    name = resource.removeprefix("parameter/")
    if (
        parsed is None
        or parsed.service != "ssm"
        or name == resource
        or name.startswith("/")
        or not _readable("/" + name)
        or (colon and not selectors)
    ):
        raise ValidationException(_BAD_NAME)
    return Reference("/" + name, None, selector if colon else None, parsed.account, parsed.region)


def arn_of_parameter(text: str) -> Reference | None:
    """What the ARN of a parameter names; None for any other text."""
    try:
        reference = read(text, selectors=False)
    except ValidationException:
        return None
    return reference if reference.name is None and reference.account else None


def is_well_formed(name: str) -> bool:
    """Whether the characters and slashes are a name's; it may still be reserved."""
    return _WELL_FORMED.match(name) is not None


def _readable(name: str) -> bool:
    if not _WELL_FORMED.match(name) or ("/" in name and not name.startswith("/")):
        return False
    return name.removeprefix("/")[:3].lower() != "ssm"


def listed_path(raw: str) -> str:
    """The path GetParametersByPath means, without a trailing slash (`/` for the root). Raises ValidationException."""
    if not raw.startswith("/") or "//" in raw or not _LEGAL_CHARACTERS.match(raw) or raw[1:4].lower() == "ssm":
        raise ValidationException(BAD_PATH)
    return raw.rstrip("/") or "/"


def owner_of(path: str, account: str) -> str:
    """Whose a path is, for one who reads it: AWS's public parameters belong to no account."""
    return "" if f"{path}/".startswith("/aws/service/") else account


@lru_cache(maxsize=2048)
def authorised_arn(raw: str, account: str, region: str, *, plain: bool = False) -> Arn:
    """The resource a call on the name `raw` is authorised on: its ARN without selector.

    A name that cannot be parsed stands for everything (`...:*`), as AWS does: authorization comes before name syntax.
    With `plain` (writes) an ARN and a selector are no part of a name.
    """
    try:
        reference = read(raw)
    except ValidationException:
        return Arn(partition_of(region), "ssm", region, account, "*")
    if plain and (reference.name is None or reference.selector is not None):
        return Arn(partition_of(region), "ssm", region, account, "*")
    owner = account if reference.account is None else reference.account
    if not plain and reference.account is None:
        owner = owner_of(reference.path, account)
    where = reference.region or region
    return Arn(partition_of(where), "ssm", where, owner, f"parameter{reference.path}")
