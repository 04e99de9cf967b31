"""Whether a secret's file is for its owner only."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def is_open_to_others(file: Path, mode: int) -> bool:
    """Whether the mode of a file, as `stat` gives it, lets others than its owner at it.

    systemd may give a unit's user its credentials by an access control list, whose mask the kernel shows as the group's
    bits (0440). Such a file is in a folder that nobody else can enter.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    given = folder is not None and file.parent.absolute() == Path(folder).absolute()
    return stat.S_IMODE(mode) & (0o007 if given else 0o077) != 0
