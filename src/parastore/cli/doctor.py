"""`parastore doctor`: what is wrong between here and the server. Ends with 0 when nothing is, 1 when something is."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command
from parastore.cli.output import style
from parastore.client.connect import Failure, Place, explained, open_client, open_session

SKEW = 300  # seconds; AWS and Parastore refuse signatures of clocks that are further apart


class Finding(NamedTuple):
    """One look: `sign` is ok, warn or bad."""

    sign: str
    what: str
    text: str


@click.command(epilog="Example: parastore doctor --profile parastore")
@aws_command
@click.option("--path", default="/", help="A path that should be readable.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def doctor(place: Place, path: str, as_json: bool) -> None:
    """Explain what is wrong with endpoint, clock, credentials and permissions, and what to do."""
    bad = False
    rows = []
    for each in _examine(place, path):
        bad = bad or each.sign == "bad"
        rows.append(each._asdict())
        if not as_json:
            colour = {"ok": "green", "warn": "yellow", "bad": "red"}[each.sign]
            click.echo(f"{style(f'{each.sign:<4}', fg=colour)}  {each.what:<11}  {each.text}")
    if as_json:
        click.echo(json.dumps({"findings": rows}, indent=2))
    if bad:
        sys.exit(exits.DIFFERENT)


def _examine(place: Place, path: str) -> Iterator[Finding]:
    try:
        with explained():
            session = open_session(place)
            credentials = session.get_credentials()
        client = open_client(place)
    except Failure as failure:
        yield Finding("bad", "set-up", str(failure))
        return
    yield Finding("ok", "profile", place.profile or os.environ.get("AWS_PROFILE") or "none, or the default")
    yield Finding("ok", "region", client.meta.region_name)
    if credentials is None:
        yield Finding("bad", "credentials", "none: set AWS_PROFILE, or make a profile with `parastore configure`")
        return
    yield Finding("ok", "credentials", f"access key {credentials.access_key}, from {credentials.method}")
    yield from _endpoint(client.meta.endpoint_url)
    yield from _permissions(client, path)


def _endpoint(url: str) -> Iterator[Finding]:
    yield Finding("ok", "endpoint", url)
    at = urlsplit(url)
    try:
        if at.scheme == "https":
            bundle = os.environ.get("AWS_CA_BUNDLE")
            context = ssl.create_default_context(cafile=bundle)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(at.netloc, timeout=5, context=context)
        else:
            connection = http.client.HTTPConnection(at.netloc, timeout=5)
        connection.request("GET", "/version")
        answer = connection.getresponse()
        body = answer.read(4096)
        connection.close()
    except ssl.SSLCertVerificationError as error:
        yield Finding("bad", "tls", f"{error.verify_message}: AWS_CA_BUNDLE names the certificate to trust")
        return
    except (OSError, http.client.HTTPException) as error:
        yield Finding("bad", "connection", f"{error}: is the server running, and is this its port?")
        return
    yield Finding("ok", "server", _who(body))
    if date := answer.headers.get("Date"):
        skew = time.time() - parsedate_to_datetime(date).timestamp()
        sign = "ok" if abs(skew) < 60 else "warn" if abs(skew) < SKEW else "bad"
        much = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server"
        hint = "" if sign == "ok" else f": over {SKEW} s signatures are refused; set the time of this machine"
        yield Finding(sign, "clock", ("together with the server's" if sign == "ok" else much) + hint)


def _who(body: bytes) -> str:
    try:
        said = json.loads(body)
        return f"{said['name']} {said['version']}"
    except (ValueError, KeyError, TypeError):
        return "answers, and is not Parastore: AWS perhaps"


def _permissions(client: Any, path: str) -> Iterator[Finding]:
    calls: dict[str, Callable[[], Any]] = {
        "GetParametersByPath": lambda: client.get_parameters_by_path(Path=path, MaxResults=1, WithDecryption=True),
        "DescribeParameters": lambda: client.describe_parameters(MaxResults=1),
    }
    for name, call in calls.items():
        try:
            with explained(path):
                call()
        except Failure as failure:
            yield Finding("bad", name, str(failure))
        else:
            yield Finding("ok", name, f"allowed on {path}" if "Path" in name else "allowed")
