"""How the console's files are served: which form, which headers, and to whom not. The folder stands in for a build."""

from __future__ import annotations

import asyncio
import gzip
import os
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from parastore.server.console import Console, policy

PAGE = b"<!doctype html><title>Parastore</title>"
CODE = b"console.log('hello')"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "console"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE)
    (folder / "assets" / "index-abc.js").write_bytes(CODE)
    (folder / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(CODE))
    (folder / "assets" / "index-abc.js.br").write_bytes(b"as brotli")
    (folder / ".sources").write_text("hash")
    (tmp_path / "secret").write_text("not for the world")
    return folder


def ask(console: Console, path: str = "/console/", method: str = "GET", **headers: str) -> Response:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": given,
        "server": ("localhost", 80),
        "path_params": {"name": path.removeprefix("/console").removeprefix("/")},
    }
    return asyncio.run(console(Request(scope)))


def test_a_page_under_its_policy(built: Path) -> None:
    answer = ask(Console(folder=built))
    assert (answer.status_code, answer.body) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == policy()
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    "directive", ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]
)
def test_the_policy_lets_in_nothing_else(directive: str) -> None:
    assert directive in policy().split("; ")
    assert "unsafe" not in policy()
    assert "http" not in policy()
    assert "frame-ancestors 'none'" in policy()


def test_pages_may_ask_the_issuers_that_people_sign_in_with(built: Path) -> None:
    origins = ["https://id.example.com", "http://127.0.0.1:9000"]
    said = ask(Console(origins, built)).headers["content-security-policy"].split("; ")
    assert [line for line in said if "http" in line] == [f"connect-src 'self' {' '.join(origins)}"]
    assert [line for line in said if "http" not in line] == [
        line for line in policy().split("; ") if not line.startswith("connect-src")
    ]


@pytest.mark.parametrize(
    "path", ["/console/parameters", "/console/parameters/detail", "/console/secret", "/console/x.y"]
)
def test_any_page_of_the_console_is_its_one_page(built: Path, path: str) -> None:
    assert ask(Console(folder=built), path).body == PAGE


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("", None, CODE),
        ("gzip, deflate, br", "br", b"as brotli"),
        ("gzip", "gzip", gzip.compress(CODE)),
        ("br;q=0, gzip", "gzip", gzip.compress(CODE)),
        ("identity", None, CODE),
    ],
)
def test_the_smallest_form_the_client_takes(built: Path, accepted: str, coding: str | None, body: bytes) -> None:
    answer = ask(Console(folder=built), "/console/assets/index-abc.js", accept_encoding=accepted)
    assert answer.headers.get("content-encoding") == coding
    assert gzip.decompress(bytes(answer.body)) == CODE if coding == "gzip" else answer.body == body
    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]
    assert "Accept-Encoding" in answer.headers["vary"]


def test_what_the_client_has_is_not_sent_again(built: Path) -> None:
    console = Console(folder=built)
    etag = ask(console).headers["etag"]
    answer = ask(console, if_none_match=etag)
    assert (answer.status_code, answer.body) == (304, b"")
    packed = ask(console, "/console/assets/index-abc.js", accept_encoding="br").headers["etag"]
    plain = ask(console, "/console/assets/index-abc.js").headers["etag"]
    assert packed != plain


@pytest.mark.parametrize(
    "path",
    [
        "/console/../secret",
        "/console/assets/../../secret",
        "/console//etc/passwd",
        "/console/.sources",
        "/console/assets/index-abc.js.br",
    ],
)
def test_no_path_leads_out(built: Path, path: str) -> None:
    answer = ask(Console(folder=built), path)
    assert answer.body == PAGE or answer.status_code == 404


def test_a_file_of_another_build_is_gone(built: Path) -> None:
    assert ask(Console(folder=built), "/console/assets/index-old.js").status_code == 404


def test_the_address_without_a_slash(built: Path) -> None:
    answer = ask(Console(folder=built), "/console")
    assert (answer.status_code, answer.headers["location"]) == (307, "/console/")


def test_not_built_and_then_built(tmp_path: Path, built: Path) -> None:
    later = tmp_path / "later"
    console = Console(folder=later)
    answer = ask(console)
    assert answer.status_code == 503
    assert b"make console" in answer.body
    built.rename(later)
    assert ask(console).body == PAGE
    (later / "index.html").write_bytes(b"new")
    os.utime(later / "index.html", ns=(1, 1))
    assert ask(console).body == b"new"


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [
        ("none", "navigate", "document", 200),
        ("same-origin", "no-cors", "script", 200),
        ("cross-site", "navigate", "document", 200),
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "no-cors", "script", 403),
        ("same-site", "cors", "empty", 403),
    ],
)
def test_other_sites_may_only_link(built: Path, site: str, mode: str, dest: str, status: int) -> None:
    answer = ask(Console(folder=built), sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest)
    assert answer.status_code == status
