"""How much comes over the wire for the first page, how soon it is there, and how it behaves with 10,000 parameters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.console.browser import Console
from tests.console.conftest import OpenConsole, in_thread
from tests.folders import ACCOUNT, KEY_ID, SECRET, OpenFolder, in_folder, make_folder

from parastore.testing.server import Keys, Server

FIRST_LOAD = 400_000  # bytes as they come over the wire
INTERACTIVE = 2.0  # seconds until the list can be used; as long again where others share the machine
FILTERED = 0.1
MANY = 10_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with 10,000 parameters."""
    folder = tmp_path_factory.mktemp("crowded") / "data"

    async def fill(opened: OpenFolder) -> None:
        await opened.put_many(f"/app{each % 20:02}/env{each % 3}/key{each:05}" for each in range(MANY))

    def prepare() -> Server:
        make_folder(folder)
        in_folder(folder, fill)
        return Server(folder)

    with in_thread(prepare) as server:
        yield server


@pytest.fixture
def keys_of_many() -> Keys:
    return Keys(ACCOUNT, KEY_ID, SECRET)


def test_the_first_load(open_console: OpenConsole, server: Server, keys: Keys) -> None:
    tab = open_console(server)
    debugger = tab.page.context.new_cdp_session(tab.page)
    debugger.send("Network.enable")
    sizes: list[float] = []
    debugger.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    began = time.monotonic()
    tab.open()
    tab.give_keys(keys)
    tab.wait_for_text("No parameters yet")
    interactive = time.monotonic() - began
    tab.settle()
    assert sum(sizes) < FIRST_LOAD
    assert interactive < 2 * INTERACTIVE


def test_ten_thousand_parameters(open_console: OpenConsole, crowded: Server, keys_of_many: Keys) -> None:
    tab = open_console(crowded)
    tab.sign_in(keys_of_many)
    # The tree counts all of them, and until it has says that there are more.
    tab.wait_for_text("(10,000)")
    tab.page.get_by_role("treeitem").get_by_text("app07", exact=True).click()
    tab.wait_for_text("(100+)")
    tab.button("Load all").click()
    tab.wait_for_text("(500)")
    tab.page.get_by_role("button", name="Page 10").click()
    tab.page.get_by_role("link", name="/app07/env2/key09947").wait_for()
    assert "page=10" in tab.page.url
    assert refiltering(tab) < 5 * FILTERED


def refiltering(tab: Console) -> float:
    """Seconds from the key that ends a filter to its rows; the browser's own clock."""
    seconds: float = tab.page.evaluate(
        """async () => {
            const shown = () => document.querySelector('tbody a')?.textContent ?? ''
            const began = performance.now()
            history.pushState(null, '', '/console/parameters?path=%2Fapp11&filter=Name~%3A~env1')
            while (!shown().startsWith('/app11/env1') && performance.now() - began < 10_000) {
                await new Promise(requestAnimationFrame)
            }
            return (performance.now() - began) / 1000
        }"""
    )
    return seconds


def test_nothing_is_fetched_from_elsewhere(open_console: OpenConsole, server: Server, keys: Keys) -> None:
    tab = open_console(server)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.sign_in(keys)
    assert [url for url in asked if not url.startswith(server.url)] == []


def test_no_source_map_and_no_key_in_what_is_shipped() -> None:
    built = Path(__file__).parents[2] / "src" / "parastore" / "console"
    assert (built / "index.html").exists()
    assert list(built.rglob("*.map")) == []
