"""The HTTP front alone: every API request gets the same answer, so what it costs is what the front costs.

    python bench/bare_front.py --port 0

takes the options of `parastore serve` and logs "listening" with the port, as that does.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from parastore.server.run import serve
from parastore.server.settings import Settings, resolve
from parastore.server.turn import begin_each
from parastore.wire.http import Begun, HttpRequest, HttpResponse

ANSWER = (
    b'{"Parameter":{"ARN":"arn:aws:ssm:us-east-1:123456789012:parameter/myapp/prod/db/password","DataType":"text",'
    b'"LastModifiedDate":1.767225600123E9,"Name":"/myapp/prod/db/password","Type":"String","Value":"s3cr3t","Version":1}}'
)


class StaticService:
    """Answers everything alike."""

    async def handle(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, ANSWER, "5f7f24e6-6c1b-4b8e-8d3a-0e1f2a3b4c5d")

    def begin(self, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
        return begin_each(self.handle, requests)

    def shed(self, request: HttpRequest) -> HttpResponse:
        raise AssertionError("nothing waits here")

    async def metrics(self) -> tuple[bytes, str]:
        return b"", "text/plain"

    async def ready(self) -> str | None:
        return None


@asynccontextmanager
async def open_static(settings: Settings) -> AsyncIterator[StaticService]:
    yield StaticService()


def nothing_to_make(settings: Settings) -> None:
    """In place of the first start."""


def main(arguments: Sequence[str]) -> None:
    flags = {
        name.removeprefix("--").replace("-", "_"): value for name, value in zip(*[iter(arguments)] * 2, strict=True)
    }
    serve(resolve(flags).settings, open_static, nothing_to_make)


if __name__ == "__main__":
    main(sys.argv[1:])
