"""Signing in and out: who is refused and told why, and what ends a session."""

from __future__ import annotations

from tests.console.browser import Console
from tests.console.conftest import OpenConsole

from parastore.testing.server import Keys, Server


def test_wrong_keys_are_explained(open_console: OpenConsole, server: Server, keys: Keys) -> None:
    tab = open_console(server)
    tab.open()
    tab.button("Sign in").click()
    tab.wait_for_text("Fill this in.")
    tab.give_keys(Keys(keys.account, keys.access_key_id, "w" * 40))
    tab.wait_for_text("The keys were refused")
    tab.give_keys(Keys(keys.account, "AKIANOSUCHKEYNOSUCHK", "w" * 40))
    tab.wait_for_text("This access key is not known here")


def test_a_server_that_is_gone_is_explained(open_console: OpenConsole, server: Server, keys: Keys) -> None:
    tab = open_console(server)
    tab.open()
    tab.page.route("**/*", lambda route: route.abort("connectionrefused"))
    tab.give_keys(keys)
    tab.wait_for_text("The server does not answer")


def test_sign_out_and_reload_forget_the_keys(console: Console) -> None:
    console.page.reload()
    console.button("Sign in").wait_for()
    assert keys_kept(console) == []


def test_sign_out(console: Console, keys: Keys) -> None:
    console.page.locator("#parastore-top").get_by_role("button").last.click()
    console.page.get_by_role("menuitem", name="Sign out").click()
    console.wait_for_text("You are signed out.")
    assert keys.secret_access_key not in console.page.content()
    assert keys_kept(console) == []


def test_nobody_there(open_console: OpenConsole, server: Server, keys: Keys) -> None:
    tab = open_console(server)
    tab.page.clock.install()
    tab.sign_in(keys)
    tab.page.clock.run_for(29 * 60_000 + 5_000)
    tab.wait_for_text("Are you still there?")
    tab.button("Stay signed in").click()
    tab.page.clock.run_for(29 * 60_000 + 5_000)
    tab.wait_for_text("Are you still there?")
    tab.page.clock.run_for(60_000)
    tab.wait_for_text("You were signed out because nothing happened for a while.")


def test_another_region_is_another_list(console: Console) -> None:
    console.page.get_by_role("button", name="Region: us-east-1").click()
    console.page.get_by_role("menuitem", name="eu-west-1").click()
    console.page.get_by_role("button", name="Region: eu-west-1").wait_for()
    console.wait_for_text("No parameters yet")


def test_the_language_changes_in_place(console: Console) -> None:
    console.button("Appearance and language").click()
    console.page.get_by_role("menuitem", name="한국어").click()
    console.wait_for_text("내 파라미터")
    assert console.page.locator("html").get_attribute("lang") == "ko"


def test_the_keyboard_is_enough(open_console: OpenConsole, server: Server, keys: Keys) -> None:
    tab = open_console(server)
    tab.open()
    press = tab.page.keyboard
    press.type(keys.access_key_id)  # the first field has the focus
    press.press("Tab")
    press.type(keys.secret_access_key)
    press.press("Enter")
    create = tab.page.get_by_role("link", name="Create parameter").first
    create.wait_for()
    for _ in range(60):
        press.press("Tab")
        if create.evaluate("link => link === document.activeElement"):
            break
    else:
        raise AssertionError("Tab does not lead to Create parameter")
    press.press("Enter")
    tab.page.get_by_role("heading", name="Create parameter").wait_for()


def keys_kept(tab: Console) -> list[str]:
    """What the browser would still have tomorrow, but for the console's own preferences."""
    stored: list[str] = tab.page.evaluate(
        "[...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(document.cookie ? [document.cookie] : [])]"
    )
    return [name for name in stored if name != "parastore.preferences"]
