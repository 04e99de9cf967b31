"""Signing in with an OIDC issuer: a real one, whose pages the browser goes to and comes back from."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect
from tests.console.browser import SIGN_IN, Console
from tests.console.conftest import OpenConsole, in_thread
from tests.console.test_pages import keep
from tests.console.test_security import everything_kept
from tests.console.test_session import keys_kept
from tests.issuer import Acme

BUTTON = {"en": "Sign in with Acme", "ko": "Acme 계정으로 로그인"}


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acme]:
    made = in_thread(lambda: Acme(tmp_path_factory.mktemp("acme")))
    yield made
    made.close()
    assert [entry for entry in made.server.log if entry.get("level") in ("error", "raw")] == []


@pytest.fixture
def tab(open_console: OpenConsole, acme: Acme) -> Console:
    """The sign-in page, with its button."""
    opened = open_console(acme.server)
    at_the_door(opened)
    return opened


def at_the_door(tab: Console, path: str = "/parameters") -> None:
    tab.open(path)
    tab.button(BUTTON[tab.language]).wait_for()


def go_to_acme(tab: Console, acme: Acme) -> None:
    tab.button(BUTTON[tab.language]).click()
    tab.page.wait_for_url(f"{acme.issuer.url}/**")


def log_in(tab: Console, acme: Acme, name: str) -> None:
    """At the issuer: who it is, and yes; until the browser is back."""
    agree(tab.page, name)
    tab.page.wait_for_url(f"{acme.server.url}/**")


def agree(page: Page, name: str) -> None:
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("anything")
    page.locator("button[type=submit]").click()
    page.get_by_role("button", name="Continue").click()


def test_a_person_signs_in_and_leaves_no_trace(open_console: OpenConsole, acme: Acme) -> None:
    tab = open_console(acme.server)
    asked: list[str] = []
    bodies: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))

    def note(request: Any) -> None:
        if request.url == f"{acme.issuer.url}/token" and request.method == "POST":
            bodies.append(request.response().json()["id_token"])

    tab.page.on("requestfinished", note)
    at_the_door(tab, "/parameters?path=%2Fweb")
    go_to_acme(tab, acme)
    log_in(tab, acme, "bob")
    tab.page.locator("#parastore-top").wait_for()
    tab.page.get_by_role("button", name="bob@example.com").wait_for()
    assert tab.page.url == f"{acme.server.url}/console/parameters?path=%2Fweb"  # where it began
    tab.wait_for_text("not authorized to perform: ssm:DescribeParameters")  # a reader may get, not describe
    (token,) = bodies
    assert keys_kept(tab) == []
    assert token not in everything_kept(tab)
    assert [url for url in asked if token in url] == []
    begun = next(url for url in asked if url.startswith(f"{acme.issuer.url}/auth?"))
    sent = dict(parse_qsl(urlsplit(begun).query))
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert "offline_access" not in sent["scope"]
    tab.said.clear()  # that it was refused
    # The page with the code in its address is not in the history.
    tab.page.go_back()
    assert "code=" not in tab.page.url


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("ko", True)], ids=["english", "korean"])
def test_a_choice_of_roles(open_console: OpenConsole, acme: Acme, language: str, dark: bool) -> None:
    tab = open_console(acme.server, language=language, dark=dark)
    at_the_door(tab)
    assert tab.violations() == []
    keep(tab, "sign-in-people")
    go_to_acme(tab, acme)
    log_in(tab, acme, "ann")
    tab.page.get_by_text(acme.writer).wait_for()
    assert tab.button(SIGN_IN[language][2]).count() == 0  # keys are not asked for beside it
    assert tab.violations() == []
    keep(tab, "sign-in-roles")
    tab.page.get_by_role("radio", name="writer").check(force=True)
    tab.button({"en": "Continue", "ko": "계속"}[language]).click()
    tab.page.get_by_role("button", name="ann@example.com").wait_for()
    tab.wait_for_text({"en": "No parameters yet", "ko": "아직 파라미터가 없습니다"}[language])


def test_a_role_that_does_not_trust(tab: Console, acme: Acme) -> None:
    go_to_acme(tab, acme)
    log_in(tab, acme, "ann")
    tab.page.get_by_role("radio", name="auditor").check(force=True)
    tab.button("Continue").click()
    tab.wait_for_text("Not authorized to perform sts:AssumeRoleWithWebIdentity")
    tab.button(BUTTON["en"]).wait_for()
    tab.button("Sign in").wait_for()


def test_a_group_without_a_role(tab: Console, acme: Acme) -> None:
    go_to_acme(tab, acme)
    log_in(tab, acme, "cho")
    tab.wait_for_text("You are cho@example.com. Your token names no groups.")
    tab.button("Sign in").wait_for()
    assert keys_kept(tab) == []


def test_answers_to_other_questions(tab: Console, acme: Acme) -> None:
    back = f"{acme.server.url}/console/sign-in"
    tab.page.goto(f"{back}?code=abc&state=abc")
    tab.wait_for_text("What came back belongs to no sign-in of this tab.")
    assert tab.page.url == f"{acme.server.url}/console/parameters"
    go_to_acme(tab, acme)
    tab.page.goto(f"{back}?code=abc&state=abc&iss={acme.issuer.url}")
    tab.wait_for_text('unexpected "state" response parameter value')
    assert tab.page.url == f"{acme.server.url}/console/parameters"
    assert keys_kept(tab) == []
    # Nothing came back: the page as ever.
    tab.page.goto(back)
    tab.button("Sign in").wait_for()


def test_a_token_for_another_question(tab: Console, acme: Acme) -> None:
    """A code that is good, of a sign-in with another nonce."""

    def with_another_nonce(route: Route) -> None:
        page, _, query = route.request.url.partition("?")
        if "nonce=another" in query:
            route.continue_()
        else:
            sent = dict(parse_qsl(query)) | {"nonce": "another"}
            route.fulfill(status=302, headers={"Location": f"{page}?{urlencode(sent)}"})

    tab.page.route(f"{acme.issuer.url}/auth?**", with_another_nonce)
    go_to_acme(tab, acme)
    log_in(tab, acme, "ann")
    tab.wait_for_text('unexpected ID Token "nonce" claim value')
    tab.button("Sign in").wait_for()


def test_the_session_ends_with_its_credentials(open_console: OpenConsole, acme: Acme) -> None:
    tab = open_console(acme.server)
    tab.page.add_init_script("""localStorage.setItem("parastore.preferences", '{"idleMinutes": 240}')""")
    tab.page.clock.install()
    at_the_door(tab)
    go_to_acme(tab, acme)
    log_in(tab, acme, "bob")
    tab.page.locator("#parastore-top").wait_for()
    tab.page.clock.run_for(89 * 60_000)  # 90 minutes are configured
    assert tab.page.locator("#parastore-top").count() == 1
    tab.page.clock.run_for(2 * 60_000)
    tab.wait_for_text("Your session has ended. Sign in again.")
    tab.said.clear()


AGAIN = {"en": "Sign in again", "ko": "다시 로그인"}


def as_writer(tab: Console, acme: Acme) -> None:
    """Sign in as ann, with a clock that the test moves; 90 minutes are configured.

    The clock begins in the past, so that it is right about tokens when it has come near the end.
    """
    tab.prefer(idleMinutes=240)
    tab.page.clock.install(time=datetime.now(UTC) - timedelta(minutes=86))
    at_the_door(tab, "/parameters/create")
    go_to_acme(tab, acme)
    log_in(tab, acme, "ann")
    tab.page.get_by_role("radio", name="writer").check(force=True)
    tab.button({"en": "Continue", "ko": "계속"}[tab.language]).click()
    tab.page.locator("#parastore-top").wait_for()
    tab.settle()


def sign_in_beside(tab: Console) -> Page:
    """Press the notice's button: the window that opens."""
    with tab.page.expect_popup() as opened:
        tab.button(AGAIN[tab.language]).click()
    return opened.value


@contextmanager
def older_sessions_denied(acme: Acme) -> Iterator[None]:
    """What AWS's AWSRevokeOlderSessions does: the writer's sessions of before now are good for nothing any more."""
    time.sleep(1)  # they begin at whole seconds
    older = {"DateLessThan": {"aws:TokenIssueTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": older}
    writer = {"RoleName": "writer", "PolicyName": "AWSRevokeOlderSessions"}
    iam = in_thread(acme.iam)
    iam.put_role_policy(**writer, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    yield
    iam.delete_role_policy(**writer)


def test_signing_in_again_keeps_the_page(open_console: OpenConsole, acme: Acme) -> None:
    tab = open_console(acme.server)
    as_writer(tab, acme)
    tab.field("Name").fill("/web/typed")
    tab.field("Value").fill("before the end")
    tab.page.clock.fast_forward(84 * 60_000)
    assert tab.button(AGAIN["en"]).count() == 0
    tab.page.clock.fast_forward(90_000)
    tab.wait_for_text("Your sign-in ends in 5 minutes")
    assert tab.violations() == []
    tab.page.evaluate("scrollTo(0, 0)")
    keep(tab, "sign-in-end")
    wide = tab.page.viewport_size
    assert wide is not None
    tab.page.set_viewport_size({"width": 390, "height": 844})
    for place in (0, 100_000):
        tab.page.evaluate("place => scrollTo(0, place)", place)
        expect(tab.button(AGAIN["en"])).to_be_in_viewport(ratio=1)
    # What the notice lies over can be scrolled out from below it.
    expect(tab.button("Create parameter")).to_be_in_viewport(ratio=1)
    tab.button("Create parameter").click(trial=True)
    tab.page.set_viewport_size(wide)
    with older_sessions_denied(acme):
        tab.button("Create parameter").click()
        tab.wait_for_text("with an explicit deny")
        beside = sign_in_beside(tab)
        beside.get_by_role("button", name="Continue").click()  # the issuer knows her
        tab.wait_for_text("You are signed in until")
        if not beside.is_closed():
            beside.wait_for_event("close")
        assert tab.button(AGAIN["en"]).count() == 0
        tab.page.clock.fast_forward(10 * 60_000)  # beyond the end of the keys before
        assert tab.field("Name").input_value() == "/web/typed"
        tab.button("Create parameter").click()
        tab.wait_for_text("/web/typed was created")
    assert keys_kept(tab) == []


def test_signing_in_again_without_success(open_console: OpenConsole, acme: Acme) -> None:
    tab = open_console(acme.server, language="ko", dark=True)
    as_writer(tab, acme)
    tab.field("이름").fill("/web/typed")
    tab.page.clock.fast_forward(86 * 60_000)
    tab.wait_for_text("4분 후 로그인이 만료됩니다")
    # A browser that opens no window.
    tab.page.evaluate("void ([window.opens, window.open] = [window.open, () => null])")
    tab.button(AGAIN["ko"]).click()
    tab.wait_for_text("브라우저가 창을 열지 못하게 했습니다.")
    tab.page.evaluate("void (window.open = window.opens)")
    # A window that is closed, which nobody can tell; then one in which the person says no.
    tab.page.context.clear_cookies()
    beside = sign_in_beside(tab)
    beside.locator("input[name=login]").wait_for()
    beside.close()
    tab.wait_for_text("Acme 창에서 계속하세요.")
    beside = sign_in_beside(tab)
    beside.get_by_text("Cancel").click()
    tab.wait_for_text("Acme에서 거부했습니다: access_denied")
    assert tab.violations() == []
    keep(tab, "sign-in-end")
    # Somebody else.
    beside = sign_in_beside(tab)
    agree(beside, "bob")
    tab.wait_for_text("bob@example.com 계정입니다.")
    assert tab.field("이름").input_value() == "/web/typed"
    tab.page.clock.fast_forward(5 * 60_000)
    tab.wait_for_text("세션이 만료되었습니다.")
    tab.said.clear()


def test_an_issuer_that_is_gone(tab: Console, acme: Acme) -> None:
    tab.page.route(f"{acme.issuer.url}/**", lambda route: route.abort("connectionrefused"))
    tab.button(BUTTON["en"]).click()
    tab.wait_for_text("Acme does not answer this page.")
    tab.button("Sign in").wait_for()
