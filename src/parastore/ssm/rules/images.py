"""AMI ids, the values of parameters with data type aws:ec2:image."""

from __future__ import annotations

import re
from collections.abc import Set

IMAGE = "aws:ec2:image"
_ID = re.compile(r"ami-([0-9a-f]{8}|[0-9a-f]{17})")


def is_image(value: str, known: Set[str] | None = None) -> bool:
    """Whether a value is the id of an AMI, and one of the `known`; None knows all."""
    return _ID.fullmatch(value) is not None and (known is None or value in known)
