"""The console's files below `/console`: what Vite built of `console/`, compressed when it was built.

The console is one more AWS client; all that is served here is the same for everybody and needs no sign-in. Pages may
load nothing from elsewhere, run nothing inline and be shown in no frame, and other sites may embed nothing of this one.
A path that is no file is a page of the console, which finds its way by itself.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

BUILT = Path(__file__).parents[1] / "console"
NOT_BUILT = (
    "The console is not built.\n\n"
    "In Parastore's source folder run `make console`, then reload this page. (`make serve` and `make test` do it by\n"
    "themselves, and a wheel holds it.) The AWS API is served all the same.\n"
)
_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding, Sec-Fetch-Site",
    "X-Content-Type-Options": "nosniff",
}
_OF_A_PAGE = {  # what can be shown by itself, pictures among it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_FOR_A_YEAR = "public, max-age=31536000, immutable"  # names below assets/ hold a hash of the content
_TEXT = "text/plain; charset=utf-8"


def policy(connects: Sequence[str] = ()) -> str:
    """The content security policy of pages that may also send requests to these origins."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            " ".join(("connect-src 'self'", *connects)),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types default",  # one policy, made once: console/src/trusted-types.ts
        )
    )


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    media_type: str
    etag: str
    encodings: tuple[tuple[str, Path], ...]


class Console:
    """Serves one folder. It may be built, or built anew, while the server runs.

    `connects` are the origins of the issuers that people sign in with, which pages may send requests to.
    """

    def __init__(self, connects: Sequence[str] = (), folder: Path = BUILT) -> None:
        self._folder = folder
        self._of_a_page = _OF_A_PAGE | {"Content-Security-Policy": policy(connects)}
        self._files: dict[str, _File] = {}
        self._built = 0

    async def __call__(self, request: Request) -> Response:
        """Answer GET or HEAD of `/console` and what is below it."""
        if _is_foreign(request):
            return Response("Other sites may not use this.\n", 403, _HEADERS | self._of_a_page, _TEXT)
        if request.url.path == "/console":
            return Response(None, 307, _HEADERS | {"Location": "/console/"})
        files = self._look()
        if not files:
            return Response(NOT_BUILT, 503, _HEADERS | self._of_a_page | {"Cache-Control": "no-store"}, _TEXT)
        name: str = request.path_params["name"]
        if name not in files and name.startswith("assets/"):
            return Response("This file is of another build: reload the page.\n", 404, _HEADERS, _TEXT)
        return self._answer(request, files.get(name) or files["index.html"])

    def _answer(self, request: Request, file: _File) -> Response:
        coding, path = _choose(file, request.headers.get("accept-encoding", ""))
        etag = f'"{file.etag}{f"-{coding}" if coding else ""}"'
        headers = _HEADERS | {
            "Cache-Control": _FOR_A_YEAR if file.path.parent.name == "assets" else "no-cache",
            "ETag": etag,
        }
        if file.path.suffix in (".html", ".svg"):
            headers |= self._of_a_page
        if etag in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        if coding:
            headers["Content-Encoding"] = coding
        # The files are small and in the page cache: reading one takes less than handing it to a thread.
        return Response(path.read_bytes(), 200, headers, file.media_type)

    def _look(self) -> dict[str, _File]:
        # The table is the only way to a file, so no path leads out of the folder.
        try:
            built = (self._folder / "index.html").stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if built != self._built:
            self._files = {name: file for name, file in map(self._read, sorted(self._folder.rglob("*"))) if file}
            self._built = built
        return self._files

    def _read(self, path: Path) -> tuple[str, _File | None]:
        name = path.relative_to(self._folder).as_posix()
        if not path.is_file() or path.suffix in (".br", ".gz") or path.name.startswith("."):
            return name, None
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        etag = hashlib.blake2b(path.read_bytes(), digest_size=12).hexdigest()
        packed = [(coding, Path(f"{path}.{ending}")) for coding, ending in (("br", "br"), ("gzip", "gz"))]
        return name, _File(path, media_type, etag, tuple(each for each in packed if each[1].exists()))


def _is_foreign(request: Request) -> bool:
    """Whether a page of another site asks, other than by a link to follow. Only browsers say, and always do."""
    headers = request.headers
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") != "document"


def _choose(file: _File, accepted: str) -> tuple[str, Path]:
    """The smallest form of a file that the client takes; `q` other than 0 makes no difference."""
    offers = [offer.replace(" ", "").lower() for offer in accepted.split(",")]
    takes = {offer.partition(";")[0] for offer in offers if not offer.endswith((";q=0", ";q=0.0"))}
    return next(((coding, path) for coding, path in file.encodings if coding in takes), ("", file.path))
