"""Fixtures of the console's tests: the console built from the sources there are, a browser, and a tab signed in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.console.browser import ROOT, Console, launch
from tests.folders import check

from parastore.testing.server import Keys, Server

OpenConsole = Callable[..., Console]
T = TypeVar("T")


def in_thread(what: Callable[[], T]) -> T:
    """Playwright keeps an event loop running in this thread, beside which asyncio starts no other."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(what).result()


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The shared server; afterwards its data folder must be without a fault."""
    yield shared_server
    assert in_thread(lambda: check(shared_server.folder)) == []


@pytest.fixture
def keys(server: Server) -> Keys:
    """A fresh account."""
    return in_thread(server.new_account)


@pytest.fixture(scope="session")
def built() -> None:
    """What is tested is what the sources say; `make test` has built it already."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "build_console.py")], check=True)


@pytest.fixture(scope="module")
def browser(built: None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def open_console(browser: Browser) -> Iterator[OpenConsole]:
    """Open tabs: `open_console(server, language="ko", dark=True)`, each with nothing stored.

    Afterwards no page may have thrown, and none may have broken its own content security policy.
    """
    opened: list[Console] = []

    def make(server: Server, *, language: str = "en", dark: bool = False, width: int = 1360) -> Console:
        context = browser.new_context(
            viewport={"width": width, "height": 860},
            locale={"en": "en-US", "ko": "ko-KR"}[language],
            timezone_id="UTC",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        opened.append(Console(context, server, language))
        return opened[-1]

    yield make
    for each in opened:
        each.page.context.close()
    assert [error for each in opened for error in each.failed] == []
    assert [line for each in opened for line in each.said if "Content Security Policy" in line] == []


@pytest.fixture
def console(open_console: OpenConsole, server: Server, keys: Keys) -> Console:
    """An English tab, signed in to a fresh account, at the list of parameters."""
    tab = open_console(server)
    tab.sign_in(keys)
    return tab
