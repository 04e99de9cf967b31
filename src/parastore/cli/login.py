"""`parastore login` and `parastore logout`: a person's temporary credentials, by the OIDC issuer a server trusts.

`login` writes a profile whose `credential_process` is this command again, so that every AWS client has the credentials
and renews them. No secret stands in the profile or on a command line. What is kept: login_cache.py.
"""

from __future__ import annotations

import json
import shlex
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

import click
from msgspec import structs

from parastore.cli import aws_profile, exits, login_cache
from parastore.cli.aws import ending, say
from parastore.cli.login_cache import Kept
from parastore.client.connect import Failure, Kind
from parastore.context import SecretValue

if TYPE_CHECKING:
    from parastore.login.issuer import Tokens
    from parastore.login.server import Offer

PATIENCE = 600.0  # seconds to sign in within
_SOON = 900.0  # seconds before their end from which botocore asks for new credentials
# What botocore would rather use than a credential process.
_REPLACED: tuple[str, ...] = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "login_session")
_AGAIN = "sign in again: parastore login --profile {}"


_profile = click.option(
    "--profile", default="parastore", show_default=True, callback=aws_profile.profile_name, help="Name of the profile."
)


@click.command(
    epilog="""\b
Examples:
  parastore login --endpoint-url https://parastore.example:4583
  parastore login --profile prod --role arn:aws:iam::111122223333:role/operator
  AWS_PROFILE=prod aws ssm get-parameters-by-path --path /myapp
""",
)
@_profile
@click.option("--role", metavar="ARN", help="The role to take, when there are several.")
@click.option(
    "--endpoint-url",
    callback=aws_profile.endpoint,
    help="URL of the server, by default the profile's, or this machine's.",
)
@click.option("--region", metavar="NAME", help="Region of the profile, by default the one it has.")
@click.option("--issuer", metavar="URL", help="With whom to sign in, when there are several.")
@click.option("--no-browser", is_flag=True, help="Show the address instead of opening it.")
@click.option("--use-device-code", is_flag=True, help="Sign in on another device, by a code to type there.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port of 127.0.0.1 for the browser to come back to."
)
@click.option("--force", is_flag=True, help="Replace other credentials that the profile has.")
@click.option("--credential-process", is_flag=True, help="Print the profile's credentials, for AWS clients.")
def login(
    profile: str,
    role: str | None,
    endpoint_url: str | None,
    region: str | None,
    issuer: str | None,
    no_browser: bool,
    use_device_code: bool,
    port: int,
    force: bool,
    credential_process: bool,
) -> None:
    """Sign in as a person, and write an AWS profile that every AWS client can use.

    The browser opens at the issuer that the server trusts (docs/access.md). You become a role that one of your groups
    has, by temporary credentials, which are renewed by themselves for as long as the issuer allows.
    """
    with ending():
        if credential_process:
            _print_credentials(profile)
            return
        endpoint_url = _endpoint_of(profile, endpoint_url)
        settings = _settings(profile, endpoint_url, region, force=force)
        offer = _chosen_offer(endpoint_url, issuer)
        tokens = _ask_device(offer) if use_device_code else _ask_browser(offer, port, opens=not no_browser)
        kept = _exchanged(profile, endpoint_url, offer, tokens, role)
        with login_cache.lock(profile):
            login_cache.keep(profile, kept)
        _write_profile(profile, settings, force=force)
    say(f"Signed in as {kept.role}. The profile {profile} is in {aws_profile.config_path()}.")
    aws_profile.say_what_next(profile)


@click.command(epilog="Example: parastore logout --profile prod")
@_profile
def logout(profile: str) -> None:
    """Forget a sign-in. The profile stays, to sign in with again."""
    with login_cache.lock(profile):
        kept = login_cache.find(profile)
        login_cache.forget(profile)
    if kept is None:
        say(f"Nobody is signed in with the profile {profile}.")
        return
    say(f"Forgotten. Credentials that a program still has end within {max(kept.seconds_left(), 0) / 60:.0f} minutes.")
    if kept.refresh_token is not None:
        from parastore.login.issuer import Issuer  # noqa: PLC0415

        with ending():
            if not Issuer(kept.offer).revoke(SecretValue(kept.refresh_token)):
                say(f"{kept.offer.label} was not told: it ends the sign-in by its own rules.")


def _endpoint_of(profile: str, given: str | None) -> str:
    """Where the server is: as given, as the profile says, or on this machine."""
    known = aws_profile.credentials(profile).get("endpoint_url") or aws_profile.configured(profile)[1].get(
        "endpoint_url"
    )
    if given or known:
        return given or known or ""
    from parastore.cli.options import read_settings  # noqa: PLC0415

    return aws_profile.local_endpoint(read_settings(None, {}))


def _settings(profile: str, endpoint_url: str, region: str | None, *, force: bool) -> dict[str, str]:
    """What the profile is to say. Ends before anybody has signed in when it must not be changed."""
    _, configured = aws_profile.configured(profile)
    have = {**configured, **aws_profile.credentials(profile)}
    if stronger := [name for name in aws_profile.STRONGER if name in have]:
        raise exits.Ended(
            exits.UNABLE,
            f"profile {profile} gets its credentials by {', '.join(stronger)}. Choose another name with --profile",
        )
    process = _process(profile)
    others = [name for name in _REPLACED if name in have]
    # Ours may have been written by another Python, before an upgrade.
    if have.get("credential_process", process).split()[-4:] != process.split()[-4:]:
        others.append("credential_process")
    if others and not force:
        raise exits.Ended(
            exits.UNABLE,
            f"profile {profile} has other credentials: {', '.join(others)}. Choose another name with --profile, or"
            " replace them with --force",
        )
    return {
        "region": region or have.get("region") or "us-east-1",
        "endpoint_url": endpoint_url,
        "credential_process": process,
    }


def _process(profile: str) -> str:
    # -P: a file called json.py in the folder where somebody runs an AWS client is not what is meant.
    return shlex.join([sys.executable, "-P", "-m", "parastore", "login", "--credential-process", "--profile", profile])


def _write_profile(profile: str, settings: dict[str, str], *, force: bool) -> None:
    credentials = aws_profile.credentials(profile)
    changes: dict[str, str | None] = {name: value for name, value in settings.items() if name in credentials}
    if force:
        changes |= dict.fromkeys(_REPLACED)
    if changes.keys() & credentials.keys():
        aws_profile.change(aws_profile.credentials_path(), profile, changes)
    header, _ = aws_profile.configured(profile)
    aws_profile.change(aws_profile.config_path(), header, {**changes, **settings})


def _chosen_offer(endpoint_url: str, issuer: str | None) -> Offer:
    from parastore.login import server  # noqa: PLC0415 (not for --help)

    offers = server.offers(endpoint_url)
    if not offers:
        raise exits.Ended(
            exits.REFUSED, f"nobody signs in by OIDC at {endpoint_url}: `parastore configure` takes access keys"
        )
    found = [each for each in offers if issuer in (None, each.issuer)]
    if len(found) != 1:
        raise exits.Ended(exits.UNABLE, f"choose with --issuer: {', '.join(each.issuer for each in offers)}")
    return found[0]


def _ask_browser(offer: Offer, port: int, *, opens: bool) -> Tokens:
    from parastore.login.issuer import Issuer  # noqa: PLC0415
    from parastore.login.loopback import Loopback  # noqa: PLC0415

    issuer = Issuer(offer)
    with Loopback(port) as back:
        question = issuer.ask(back.redirect_uri)
        if opens:
            # Beside the waiting: a browser of the terminal ends only when the person is done with it.
            threading.Thread(target=webbrowser.open, args=(question.url,), daemon=True).start()
        say(f"Sign in with {offer.label} in the browser{'. If it does not open, go to' if opens else ', at'}:\n")
        say(f"  {question.url}\n")
        return issuer.redeem(question, back.wait(question.state, PATIENCE), back.redirect_uri)


def _ask_device(offer: Offer) -> Tokens:
    from parastore.login.issuer import Issuer  # noqa: PLC0415

    issuer = Issuer(offer)
    started = issuer.start_device()
    say(
        f"On any device, sign in with {offer.label} at {started.verification_uri}\n\n  and type {started.user_code}\n"
        + (f"\nor go to {started.verification_uri_complete}\n" if started.verification_uri_complete else "")
    )
    return issuer.wait_for_device(started)


def _exchanged(profile: str, endpoint_url: str, offer: Offer, tokens: Tokens, role: str | None) -> Kept:
    """Credentials for a token, of the role that is asked for or chosen."""
    from parastore.login import server  # noqa: PLC0415

    person = server.person(endpoint_url, tokens.id_token)
    before = login_cache.find(profile)
    if not person.roles:
        groups = (
            f"your groups ({', '.join(person.groups)}) have"
            if person.groups
            else "the token names no group, so you have"
        )
        raise Failure(
            Kind.DENIED, f"{person.session_name}: {groups} no role here. Who runs the server can give them one"
        )
    if role is None and before is not None and before.endpoint_url == endpoint_url and before.role in person.roles:
        role = before.role
    role = role or _chosen_role(person.roles)
    if role not in person.roles:
        raise Failure(Kind.DENIED, f"{role} is not among your roles: {', '.join(person.roles)}")
    credentials = server.assume(endpoint_url, role, person.session_name, tokens.id_token, offer.duration_seconds)
    return Kept(
        endpoint_url=endpoint_url,
        role=role,
        offer=offer,
        credentials=credentials,
        refresh_token=tokens.refresh_token.reveal() if tokens.refresh_token is not None else None,
    )


def _chosen_role(roles: tuple[str, ...]) -> str:
    if len(roles) == 1:
        return roles[0]
    if not sys.stdin.isatty():
        raise exits.Ended(exits.UNABLE, f"choose a role with --role: {', '.join(roles)}")
    say("Your roles:\n\n" + "\n".join(f"  {number}  {arn}" for number, arn in enumerate(roles, 1)) + "\n")
    number: int = click.prompt("Which one", type=click.IntRange(1, len(roles)), err=True)
    return roles[number - 1]


def _print_credentials(profile: str) -> None:
    kept = login_cache.find(profile)
    if kept is not None and _ends_soon(kept):
        with login_cache.lock(profile):
            kept = login_cache.find(profile)  # somebody else may have renewed them meanwhile
            if kept is not None and _ends_soon(kept):
                kept = _renewed(profile, kept)
    if kept is None or kept.seconds_left() <= 0:
        raise exits.Ended(exits.DENIED, _AGAIN.format(shlex.quote(profile)))
    click.echo(json.dumps({"Version": 1} | kept.credentials))


def _ends_soon(kept: Kept) -> bool:
    return kept.seconds_left() < min(_SOON, kept.offer.duration_seconds / 4)


def _renewed(profile: str, kept: Kept) -> Kept:
    """The sign-in with new credentials, or as it was when that cannot be and they still hold."""
    if kept.refresh_token is None:
        return kept
    from parastore.login.issuer import Issuer  # noqa: PLC0415

    try:
        tokens = Issuer(kept.offer).renew(SecretValue(kept.refresh_token))
        if tokens.refresh_token is not None:  # the former may be of no use now, whatever comes next
            kept = structs.replace(kept, refresh_token=tokens.refresh_token.reveal())
            login_cache.keep(profile, kept)
        kept = _exchanged(profile, kept.endpoint_url, kept.offer, tokens, kept.role)
    except Failure as failure:
        if kept.seconds_left() > 0:
            return kept
        raise exits.Ended(exits.OF_KIND[failure.kind], f"{failure}; {_AGAIN.format(shlex.quote(profile))}") from None
    login_cache.keep(profile, kept)
    return kept
