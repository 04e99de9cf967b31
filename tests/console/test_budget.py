"""How much comes over the wire for the first page, how soon it is there, and how it behaves with 10,000 parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import expect
from tests.console.browser import Console
from tests.console.conftest import OpenConsole, in_thread
from tests.folders import ACCOUNT, KEY_ID, SECRET, OpenFolder, in_folder, make_folder

from parastore.testing.server import Keys, Server

FIRST_LOAD = 400_000  # bytes as they come over the wire
# Seconds of the page's main thread, which others who share the machine do not make longer.
INTERACTIVE = 2.0
# Milliseconds from the key that gives a filter until its 50 rows are painted, all of it: the server's part, too.
# The aim is 100: 69 to 82 were measured, on a machine that did nothing else (docs/adr/0011). Tests run beside others.
FILTERED = 150
# The part of it that is work of the page's thread: 54 to 66 were measured, beside a yardstick of 45 to 110.
FILTERED_WORK = 120
# What YARDSTICK took on that machine, in milliseconds of work: making, laying out and taking away elements, as a page
# does that is drawn. Where that takes longer, so may filtering.
YARDSTICK_TAKES = 85
YARDSTICK = """
() => {
  const start = performance.now();
  const place = document.body.appendChild(document.createElement("div"));
  for (let row = 0; row < 1000; row++) {
    const line = place.appendChild(document.createElement("div"));
    line.setAttribute("title", `row ${row}`);
    for (const word of ["name", "tier", "type"]) {
      line.appendChild(document.createElement("span")).textContent = `${word} ${row}`;
    }
  }
  window.laidOut = place.offsetHeight;
  place.remove();
  return performance.now() - start;
}
"""
PAINTED = """
window.painted = () => new Promise(resolve => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = resolve;
  port2.postMessage(null);
}));
"""
# From Enter until all rows in sight are those of the filter and a frame with them was painted.
REFILTER = """
want => {
  const settled = () => {
    const names = [...document.querySelectorAll("tbody th a")];
    return names.length > 12 && names.every(name => name.textContent.startsWith(want))
      && names.at(-1).getBoundingClientRect().bottom > innerHeight;
  };
  window.refiltered = new Promise(resolve => {
    let start;
    const observer = new MutationObserver(async () => {
      if (start === undefined || !settled()) return;
      observer.disconnect();
      await window.painted();
      resolve(performance.now() - start);
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    addEventListener("keydown", event => { if (event.key === "Enter") start = performance.now(); }, { capture: true });
  });
}
"""
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
    tab.page.get_by_role("link", name="/app07/env2/key07007").wait_for()
    tab.page.keyboard.press("End")
    tab.page.get_by_role("link", name="/app07/env2/key09947").wait_for()
    assert "page=10" in tab.page.url


def test_another_filter(open_console: OpenConsole, crowded: Server, keys_of_many: Keys) -> None:
    tab = open_console(crowded)
    tab.sign_in(keys_of_many)
    tab.wait_for_text("(10,000)")
    tab.page.evaluate(PAINTED)
    busy = busy_seconds(tab)
    yards: list[float] = []
    works: list[float] = []
    times: list[float] = []
    for app in range(1, 12):
        before = busy()
        yard_time = tab.page.evaluate(YARDSTICK)
        yards.append(1000 * (busy() - before))
        tab.page.evaluate(REFILTER, f"/app{app:02}/")
        tab.page.get_by_role("combobox", name="Filter parameters").fill(f"app{app:02}")
        tab.page.get_by_role("option", name=f'Use: "app{app:02}"').wait_for()
        before = busy()
        tab.page.keyboard.press("Enter")
        time = tab.page.evaluate("window.refiltered")
        works.append(1000 * (busy() - before))
        print(f"another filter: {time:.0f} ms, {works[-1]:.0f} of work; the yardstick {yard_time:.0f}, {yards[-1]:.0f}")  # noqa: T201
        # Time is time only while nobody else has the processor.
        if yard_time < 1.1 * yards[-1]:
            times.append(time)
        tab.button("Clear filters").click()
        tab.page.get_by_role("link", name="/app00/env0/key00000").wait_for()
    slower = max(1.0, median(yards) / YARDSTICK_TAKES)
    assert median(works) < FILTERED_WORK * slower
    assert len(times) < 6 or median(times) < FILTERED * slower


def test_the_browsers_own_search_finds_what_is_not_in_sight(
    open_console: OpenConsole, crowded: Server, keys_of_many: Keys
) -> None:
    tab = open_console(crowded)
    tab.sign_in(keys_of_many)
    names = tab.page.locator("tbody th a")
    names.first.wait_for()
    assert names.count() < 40
    tab.page.keyboard.down("Control")
    expect(names).to_have_count(50)
    tab.page.keyboard.up("Control")
    first = names.first.inner_text()
    tab.page.get_by_role("button", name="Next page").click()
    expect(names.first).not_to_have_text(first)
    assert names.count() < 40
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert names.count() == 50


def test_a_list_without_pages(open_console: OpenConsole, crowded: Server, keys_of_many: Keys) -> None:
    """What is loaded and drawn is what was looked at; what is chosen is all of it."""
    tab = open_console(crowded)
    tab.prefer(pageSize=1_000_000, hierarchy=False)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.method))
    tab.sign_in(keys_of_many)
    heading = tab.page.locator("h1")
    names = tab.page.locator("tbody th a")
    names.first.wait_for()
    tab.settle()
    assert asked.count("POST") < 6
    heading.filter(has_text="+)").wait_for()
    table = tab.page.locator("table:has(tbody th a)")
    assert table.get_attribute("aria-rowcount") == "-1"
    # As one goes on, more are loaded, and those that are out of sight are taken away.
    for _ in range(8):
        tab.page.mouse.move(900, 600)
        tab.page.mouse.wheel(0, 4000)
        tab.settle()
    assert tab.page.evaluate("scrollY") > 4000
    drawn = tab.page.evaluate(DRAWN)
    first, last = drawn[0], drawn[-1]
    assert len(drawn) < 60
    assert first["index"] > 20
    assert last["index"] == first["index"] + len(drawn) - 1
    # Tab goes from row to row, to those that were not drawn yet, too.
    tab.page.get_by_role("checkbox", name=f"Select {last['name']}", exact=True).focus()
    for _ in range(4):
        tab.page.keyboard.press("Tab")
    reached = tab.page.evaluate("document.activeElement.closest('tr').ariaRowIndex")
    assert int(reached) == last["index"] + 2
    # All of them, drawn or not, by the box at the top and back; and from here to there with Shift.
    tab.button("Load all").click()
    heading.filter(has_text="(10,000)").wait_for()
    assert table.get_attribute("aria-rowcount") == "10001"
    tab.check("Select all on this page")
    heading.filter(has_text="(10,000/10,000)").wait_for()
    tab.uncheck("Select all on this page")
    heading.filter(has_text="(10,000)").wait_for()
    tab.page.evaluate("scrollTo(0, 0)")
    tab.check("Select /app00/env0/key00060")
    tab.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.page.keyboard.down("Shift")
    tab.check("Select /app19/env2/key09959")
    tab.page.keyboard.up("Shift")
    heading.filter(has_text="(9,999/10,000)").wait_for()
    tab.page.evaluate("scrollTo(0, 0)")
    assert tab.violations() == []


# At one moment: rows come and go for a while after the wheel has stopped.
DRAWN = """
() => [...document.querySelectorAll("tbody tr:not(:has(.gap))")].map(row => (
  { index: Number(row.ariaRowIndex), name: row.querySelector("th a").textContent }
))
"""


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
