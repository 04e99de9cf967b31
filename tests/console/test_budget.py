"""How much comes over the wire for the first page, how soon it is there, and how it behaves with 10,000 parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.console.browser import Console
from tests.console.conftest import OpenConsole, in_thread
from tests.folders import ACCOUNT, KEY_ID, SECRET, OpenFolder, in_folder, make_folder

from parastore.testing.server import Keys, Server

FIRST_LOAD = 400_000  # bytes as they come over the wire
# Seconds of the page's main thread, which others who share the machine do not make longer.
INTERACTIVE = 2.0
FILTERED = 0.5
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
    busy = busy_seconds(tab)
    sizes: list[float] = []
    debugger.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.open()
    tab.give_keys(keys)
    tab.wait_for_text("No parameters yet")
    tab.settle()
    print(f"first load: {sum(sizes):.0f} bytes, {busy():.2f} s")  # noqa: T201
    assert sum(sizes) < FIRST_LOAD
    assert busy() < INTERACTIVE


def test_ten_thousand_parameters(open_console: OpenConsole, crowded: Server, keys_of_many: Keys) -> None:
    tab = open_console(crowded)
    tab.sign_in(keys_of_many)
    # The tree counts all of them, and until it has says that there are more.
    tab.wait_for_text("(10,000)")
    tab.page.get_by_role("treeitem").get_by_text("app07", exact=True).click()
    tab.wait_for_text("(50+)")
    tab.button("Load all").click()
    tab.wait_for_text("(500)")
    tab.page.get_by_role("button", name="Page 10").click()
    tab.page.get_by_role("link", name="/app07/env2/key09947").wait_for()
    assert "page=10" in tab.page.url
    busy = busy_seconds(tab)
    before = busy()
    tab.go("/parameters?path=%2Fapp11&filter=Name~%3A~env1")
    tab.page.get_by_role("link", name="/app11/env1/key00031").wait_for()
    print(f"another filter: {busy() - before:.2f} s")  # noqa: T201
    assert busy() - before < FILTERED


def busy_seconds(tab: Console) -> Callable[[], float]:
    """A clock of how long the page's main thread has worked."""
    debugger = tab.page.context.new_cdp_session(tab.page)
    debugger.send("Performance.enable", {"timeDomain": "threadTicks"})

    def read() -> float:
        metrics = {each["name"]: each["value"] for each in debugger.send("Performance.getMetrics")["metrics"]}
        return float(metrics["TaskDuration"])

    return read


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
