"""When access keys and roles were last used: noted in memory, stored once a minute, as AWS too tells it with delay."""

from __future__ import annotations

from parastore.context import Caller
from parastore.iam.keys import LastUse, note_uses
from parastore.storage.protocol import Engine


class Uses:
    """What one worker has seen since it last stored."""

    __slots__ = ("_noted",)

    def __init__(self) -> None:
        self._noted: dict[str, tuple[int, str, str]] = {}

    def note(self, caller: Caller, now: int, region: str, service: str) -> None:
        """A verified request: `now` in milliseconds since the epoch, its Region, the service that was called."""
        if caller.session is None:
            self._noted[caller.access_key_id] = (now, region, service)
        elif caller.role is not None:
            self._noted[caller.user_id.partition(":")[0]] = (now, region, service)

    async def store(self, engine: Engine) -> bool:
        """Store what was noted. What cannot be stored now is noted still."""
        noted = {id_: LastUse(*use) for id_, use in self._noted.items()}
        if noted:
            await engine.write(lambda tx: note_uses(tx, noted), quiet=True)
            for id_, use in noted.items():
                if self._noted.get(id_) == use:
                    del self._noted[id_]
        return False
