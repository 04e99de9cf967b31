"""Whether there is telemetry. Where there is none, nothing is wrapped, and OpenTelemetry is not loaded."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from parastore.house import House
from parastore.pipeline import handle
from parastore.server import metrics
from parastore.server.errors import StartError
from parastore.server.settings import Settings
from parastore.wire.http import Handler, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from parastore.server.telemetry import Telemetry

Call = TypeVar("Call", bound=Callable[..., Any])


class Untraced:
    """Telemetry's methods, which leave everything as it is."""

    def outgoing(self, name: str, call: Call) -> Call:
        return call

    awaited = outgoing

    def over(self, house: House, database: str) -> Handler:
        def answer(request: HttpRequest) -> Coroutine[Any, Any, HttpResponse]:
            return handle(request, house)

        return answer

    async def close(self) -> None:
        pass


def begin(settings: Settings) -> Telemetry | Untraced:
    """The telemetry that the settings ask for. Raises StartError when OpenTelemetry is not installed."""
    if settings.otlp_endpoint is None:
        return Untraced()
    try:
        from parastore.server.telemetry import Telemetry  # noqa: PLC0415 (half a second, and an extra)
    except ImportError as error:
        raise StartError(f"otlp_endpoint needs OpenTelemetry ({error}): pip install 'parastore[otel]'") from None
    return Telemetry(settings.otlp_endpoint, metrics.registry)
