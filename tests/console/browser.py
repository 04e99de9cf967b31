"""Debian's Chromium, driven by Playwright: signing in, going about, and what axe says of a page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from parastore.testing.server import Keys, Server

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 15_000  # milliseconds; CI shares its two cores

# The words of the sign-in, which tells pages in one language from those in another.
SIGN_IN = {"en": ("Access key ID", "Secret access key", "Sign in"), "ko": ("액세스 키 ID", "비밀 액세스 키", "로그인")}


def launch(playwright: Playwright) -> Browser:
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is missing: apt-get install chromium"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))


class Console:
    """One tab of the console. `said` is what the page wrote to the browser's console, `failed` what it threw."""

    def __init__(self, context: BrowserContext, server: Server, language: str = "en") -> None:
        self.server = server
        self.language = language
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.said: list[str] = []
        self.failed: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.failed.append(str(error)))

    def prefer(self, **preferences: Any) -> None:
        """What the person has chosen in this browser before; before `open`."""
        self.page.add_init_script(
            f"localStorage.getItem('parastore.preferences') ?? "
            f"localStorage.setItem('parastore.preferences', {json.dumps(json.dumps(preferences))})"
        )

    def open(self, path: str = "/parameters") -> None:
        """Load a page of the console, which asks to sign in."""
        self.page.goto(f"{self.server.url}/console{path}")
        self.page.get_by_role("button", name=SIGN_IN[self.language][2], exact=True).wait_for()

    def sign_in(self, keys: Keys, path: str = "/parameters") -> None:
        """Open a page and sign in, until the page is there."""
        self.open(path)
        self.give_keys(keys)
        self.page.locator("#parastore-top").wait_for()
        self.settle()

    def give_keys(self, keys: Keys) -> None:
        key_id, secret, button = SIGN_IN[self.language]
        self.page.get_by_label(key_id).fill(keys.access_key_id)
        self.page.get_by_label(secret, exact=True).fill(keys.secret_access_key)
        self.page.get_by_role("button", name=button, exact=True).click()

    def go(self, path: str) -> None:
        """Follow a link to a page within the console, signed in."""
        self.page.evaluate("to => history.pushState(null, '', to)", f"/console{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page has its heading and shows nothing that is under way."""
        self.page.locator("h1").first.wait_for()
        self.page.wait_for_load_state("networkidle")

    def button(self, name: str, *, inside: Locator | None = None) -> Locator:
        return (inside or self.page).get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile(f"^{re.escape(label)}"))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def check(self, name: str) -> None:
        """Tick a box whose own input Cloudscape hides beneath its drawing of one."""
        self.page.get_by_role("checkbox", name=name, exact=True).check(force=True)

    def uncheck(self, name: str, *, inside: Locator | None = None) -> None:
        """Take the tick away, like `check`."""
        (inside or self.page).get_by_role("checkbox", name=name, exact=True).uncheck(force=True)

    def pick(self, name: str) -> None:
        """Choose of several, like `check`."""
        self.page.get_by_role("radio", name=name, exact=True).check(force=True)

    def wait_for_text(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA that is serious or critical, one line each."""
        # Evaluated by the debugger, which the page's content security policy does not concern.
        self.page.evaluate(AXE.read_text("utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found: dict[str, Any] = self.page.evaluate(
            "tags => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })", tags
        )
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
