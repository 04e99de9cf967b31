"""Wait for a parameter with data type aws:ec2:image, as Terraform does: by asking for its version."""

from __future__ import annotations

import time
from typing import Any


def settled(ssm: Any, name: str, version: int = 1, seconds: float = 60) -> None:
    """Return when the parameter has this version."""
    deadline = time.monotonic() + seconds
    while True:
        found = ssm.get_parameters(Names=[name])["Parameters"]
        if found and found[0]["Version"] == version:
            return
        assert time.monotonic() < deadline, f"{name} has not become version {version}"
        time.sleep(0.02)
