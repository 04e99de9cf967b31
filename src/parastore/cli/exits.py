"""How commands end. The numbers are fixed: scripts rely on them (docs/cli.md)."""

from __future__ import annotations

from parastore.cli.folder import Unable
from parastore.client.connect import Failure, Kind

DIFFERENT = 1  # diff, lint, scan, doctor: looked, and found something
UNABLE = 2  # wrong words, nobody to ask, a file that cannot be read; nothing was done
NOT_FOUND = 3
DENIED = 4
REFUSED = 5
UNREACHABLE = 6
DECLINED = 7  # asked, and the answer was no
EXEC_FAILED = 125  # exec itself failed, as docker run and env say it; 126 and 127 are a shell's
CANNOT_RUN = 126
NO_COMMAND = 127

OF_KIND = {Kind.NOT_FOUND: NOT_FOUND, Kind.DENIED: DENIED, Kind.REFUSED: REFUSED, Kind.UNREACHABLE: UNREACHABLE}


class Ended(Unable):
    """Ends with this number, and says why."""

    def __init__(self, exit_code: int, text: str) -> None:
        super().__init__(text)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance


def of_failure(failure: Failure) -> Ended:
    """The end that a failed call brings."""
    return Ended(OF_KIND[failure.kind], str(failure))
