"""Labels: which texts can be one, and how many a version may carry."""

from __future__ import annotations

import re
from collections.abc import Iterable

from parastore.ssm.errors import ParameterVersionLabelLimitExceeded

MAX_LABELS = 10

# Letters, digits, period, hyphen, underscore; not beginning with a digit, "aws" or "ssm" in any case.
_LABEL = re.compile(r"(?!aws|ssm)[a-z_.-][a-z0-9_.-]*\Z", re.IGNORECASE | re.ASCII)


def is_label(text: str) -> bool:
    """Whether AWS takes it for a label."""
    return _LABEL.match(text) is not None


def sorted_out(labels: Iterable[str]) -> tuple[list[str], list[str]]:
    """Those that can be labels and those that cannot, each without repetition, in the order given."""
    given = dict.fromkeys(labels)
    return [each for each in given if is_label(each)], [each for each in given if not is_label(each)]


def check_count(labels: set[str]) -> None:
    """Raise ParameterVersionLabelLimitExceeded when one version would carry too many."""
    if len(labels) > MAX_LABELS:
        raise ParameterVersionLabelLimitExceeded
