"""Far more requests than a server can answer: it sheds what is too much, stays healthy, and forgets about it."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path

from tests.background import Background
from tests.soak import crowd

from parastore.testing.server import Server
from parastore.testing.wire import Wire

CONNECTIONS = 500
SECONDS = 6.0


class Health(Background):
    """Asks `/healthz` and `/readyz` as a load balancer does, and looks at the server's memory."""

    def __init__(self, server: Server) -> None:
        self.answers: list[tuple[int, float]] = []
        self.memory = 0
        self._server = server
        super().__init__([self._act])

    def _act(self) -> None:
        while not self._stop.wait(0.2):
            for path in ("/healthz", "/readyz"):
                began = time.monotonic()
                with urllib.request.urlopen(self._server.url + path, timeout=60) as answer:
                    self.answers.append((answer.status, time.monotonic() - began))
            self.memory = max(self.memory, memory(self._server))


def memory(server: Server) -> int:
    """Resident MiB."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def test_overload_is_shed_and_health_stays_green(data_folder: Path) -> None:
    with Server(data_folder, request_timeout=3) as server:
        keys = server.new_account()
        wire = Wire(server.port, keys)
        for number in range(100):
            assert wire.call("PutParameter", Name=f"/crowd/{number}", Value="x" * 1000, Type="String").status == 200
        before = memory(server)
        with Health(server) as health:
            answers = crowd.ask(
                server, keys, connections=CONNECTIONS, seconds=SECONDS, kinds="get path describe put", slow=50
            )
        assert answers.counts[""] > 100
        assert answers.counts["ThrottlingException"] > 100
        assert set(answers.counts) == {"", "ThrottlingException"}
        assert {status for status, _ in health.answers} == {200}
        # A load balancer's check fails after some seconds. Without admission it takes more than ten here.
        assert max(seconds for _, seconds in health.answers) < 5
        assert health.memory - before < 100
        # And afterwards everything is as before.
        assert wire.call("GetParameter", Name="/crowd/1").status == 200
        wire.close()
        metrics = urllib.request.urlopen(server.url + "/metrics").read().decode()
        assert 'parastore_requests_total{code="ThrottlingException",operation=""}' in metrics
        assert [entry for entry in server.log if entry.get("level") in ("error", "raw")] == []
