"""The console against those who would read along, run along or frame it."""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.console.browser import Console
from tests.console.conftest import OpenConsole

from parastore.testing.server import Keys, Server

SECRET = "S3CR3T-never-shown-unasked"
ATTACK = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def everything_kept(tab: Console) -> str:
    """All places a page could leave a secret in: the document, its title and address, storage, cookies, history."""
    kept: str = tab.page.evaluate(
        """() => [
            document.documentElement.outerHTML,
            ...[...document.querySelectorAll('input, textarea')].map(field => field.value),
            document.title, location.href, JSON.stringify(history.state), document.cookie, window.name,
            JSON.stringify(localStorage), JSON.stringify(sessionStorage),
        ].join('\\n')"""
    )
    return kept + "\n".join(tab.said)


def test_a_secret_is_nowhere_until_it_is_asked_for(console: Console, ssm: Any) -> None:
    answers: list[str] = []
    console.page.on("response", lambda response: answers.append(response.url))
    bodies: list[str] = []

    def note(response: Any) -> None:
        if response.request.method == "POST":
            bodies.append(response.text())

    console.page.on("requestfinished", lambda request: note(request.response()))
    ssm.put_parameter(Name="/a/secret", Value=SECRET, Type="SecureString")
    ssm.put_parameter(Name="/a/secret", Value=SECRET + "2", Overwrite=True)
    ssm.put_parameter(Name="/b/secret", Value=SECRET, Type="SecureString")
    for path in (
        "/parameters",
        "/parameters/detail?name=/a/secret",
        "/parameters/detail?name=/a/secret&tab=history",
        "/parameters/edit?name=/a/secret",
        "/compare?path=/a&path=/b",
        "/compare?path=/a&path=/b&secrets=yes",
    ):
        bodies.clear()
        console.go(path)
        assert SECRET not in everything_kept(console), path
        if "secrets=yes" not in path:  # there they are fetched to be compared, as it says, and not shown
            assert SECRET not in "".join(bodies), path

    console.go("/parameters/detail?name=/a/secret")
    console.button("Show decrypted value").click()
    console.page.locator("pre.value").wait_for()
    assert console.page.locator("pre.value").inner_text() == SECRET + "2"
    assert SECRET not in console.page.title() + console.page.url
    console.button("Hide").click()
    console.page.locator("pre.value").wait_for(state="detached")
    assert SECRET not in everything_kept(console)


def test_a_revealed_secret_hides_itself(open_console: OpenConsole, server: Server, keys: Keys, ssm: Any) -> None:
    ssm.put_parameter(Name="/a/secret", Value=SECRET, Type="SecureString")
    tab = open_console(server)
    tab.page.clock.install()
    tab.sign_in(keys, "/parameters/detail?name=/a/secret")
    tab.button("Show decrypted value").click()
    tab.page.locator("pre.value").wait_for()
    tab.page.clock.run_for(31_000)
    tab.page.locator("pre.value").wait_for(state="detached")
    assert SECRET not in everything_kept(tab)


def test_the_sign_in_leaves_no_trace(console: Console, keys: Keys) -> None:
    assert keys.secret_access_key not in everything_kept(console)


def test_markup_stays_text(console: Console, ssm: Any) -> None:
    ssm.put_parameter(Name="/x/a", Value=ATTACK, Type="String", Description=ATTACK)
    ssm.put_parameter(Name="/x/a", Value=ATTACK + "2", Overwrite=True, AllowedPattern=".*<img src=x onerror=.*")
    ssm.put_parameter(Name="/y/a", Value="other", Type="String")
    ssm.put_parameter(Name="/x/s", Value=ATTACK, Type="SecureString")
    for path in (
        "/parameters",
        "/parameters?filter=Name~%3A~" + "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "/parameters/detail?name=/x/a",
        "/parameters/detail?name=/x/a&tab=history",
        "/parameters/edit?name=/x/a",
        "/compare?path=/x&path=/y",
    ):
        console.go(path)
        assert console.page.locator("img[src=x]").count() == 0, path
        assert "owned" not in console.page.title(), path
    console.go("/parameters/detail?name=/x/a&tab=history")
    console.check("Select version 1")
    console.check("Select version 2")
    console.button("Compare").click()
    console.dialog.locator(".diff").wait_for()
    assert ATTACK in console.dialog.inner_text()
    console.page.keyboard.press("Escape")
    console.go("/parameters/detail?name=/x/s")
    console.button("Show decrypted value").click()
    assert console.page.locator("pre.value").inner_text() == ATTACK
    assert console.page.locator("img[src=x]").count() == 0


def test_the_policy_stops_what_the_code_would_not(console: Console) -> None:
    """Were markup ever let through, it would still not run, load or send."""
    refused = console.page.evaluate(
        """async () => {
            const found = []
            document.addEventListener('securitypolicyviolation', event => found.push(event.effectiveDirective))
            try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.owned = 1">') } catch {}
            const script = document.createElement('script')
            try { script.textContent = 'window.owned = 1' } catch {}
            document.body.append(script)
            const image = new Image()
            image.src = 'http://127.0.0.1:9/beacon'
            await fetch('http://127.0.0.1:9/steal').catch(() => {})
            await new Promise(resolve => setTimeout(resolve, 100))
            return { found, owned: window.owned ?? null }
        }"""
    )
    assert refused["owned"] is None
    assert {"connect-src", "img-src", "require-trusted-types-for"} <= set(refused["found"])
    console.said.clear()  # it was us who broke the policy


@pytest.fixture
def other_site(server: Server) -> Iterator[str]:
    """A page on another origin that frames the console, loads its code and calls its API."""
    page = f"""<!doctype html><title>other</title>
        <iframe src="{server.url}/console/"></iframe>
        <script>
          const target = "{server.url}/";
          window.results = Promise.all([
            fetch(target + "console/").then(() => "read", () => "refused"),
            fetch(target, {{ method: "POST", headers: {{ "Content-Type": "application/x-amz-json-1.1",
              "X-Amz-Target": "AmazonSSM.DescribeParameters" }}, body: "{{}}" }}).then(() => "read", () => "refused"),
          ]);
        </script>""".encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://localhost:{site.server_port}/"
        site.shutdown()
        thread.join()


def test_another_site_gets_nothing(open_console: OpenConsole, server: Server, other_site: str) -> None:
    tab = open_console(server)
    tab.page.goto(other_site)
    assert tab.page.evaluate("window.results") == ["refused", "refused"]
    frame = tab.page.frames[1]
    assert frame.locator("input").count() == 0
    assert frame.url.startswith("chrome-error:") or "console" not in (frame.title() or "")
    tab.said.clear()


def test_only_a_link_may_come_from_elsewhere(server: Server) -> None:
    def status(**fetch: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        headers = {f"Sec-Fetch-{name.capitalize()}": value for name, value in fetch.items()}
        connection.request("GET", "/console/", headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.getheader("Access-Control-Allow-Origin") is None
        return answer.status

    assert status() == 200
    assert status(site="same-origin", mode="cors", dest="empty") == 200
    assert status(site="cross-site", mode="navigate", dest="document") == 200
    assert status(site="cross-site", mode="navigate", dest="iframe") == 403
    assert status(site="cross-site", mode="no-cors", dest="script") == 403
    assert status(site="same-site", mode="no-cors", dest="script") == 403
