"""What a sign-in asks of Parastore: with whom to sign in, which roles a token gives, credentials for one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from parastore.client.connect import Failure, Kind, explained
from parastore.context import SecretValue
from parastore.login.transport import TIMEOUT, json_of, prepare, reaching, secure

T = TypeVar("T")


class Offer(msgspec.Struct, frozen=True):
    """An issuer that people may sign in with, the client they do it by, and how long sessions are to last."""

    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    label: str
    duration_seconds: int


class Person(msgspec.Struct, frozen=True):
    """Who an ID token is of: the name of their sessions, their groups, and the roles of these."""

    session_name: str
    groups: tuple[str, ...]
    roles: tuple[str, ...]


class _Offers(msgspec.Struct, frozen=True):
    issuers: tuple[Offer, ...]


def offers(endpoint_url: str) -> tuple[Offer, ...]:
    """With whom people sign in at this server; nobody, if nothing is configured. Raises Failure."""
    return _ask(endpoint_url, "/sign-in", {}, _Offers).issuers


def person(endpoint_url: str, id_token: SecretValue) -> Person:
    """Whose token this is. Raises Failure."""
    return _ask(endpoint_url, "/sign-in/roles", {"Authorization": f"Bearer {id_token.reveal()}"}, Person)


def _ask(endpoint_url: str, path: str, headers: Mapping[str, str], kind: type[T]) -> T:
    import requests  # noqa: PLC0415

    url = secure(endpoint_url, "the server").rstrip("/") + path
    with reaching(f"the server at {endpoint_url}"), prepare(requests.Session()) as session:
        answer = session.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    if answer.status_code == 404:
        raise Failure(
            Kind.REFUSED, f"{endpoint_url} is no Parastore that people can sign in to; --endpoint-url says where it is"
        )
    try:
        return msgspec.convert(json_of(answer, f"the server at {endpoint_url}"), kind)
    except msgspec.ValidationError:
        raise Failure(Kind.REFUSED, f"{url} answers what this version of parastore does not understand") from None


def assume(endpoint_url: str, role: str, session_name: str, id_token: SecretValue, seconds: int) -> dict[str, str]:
    """Temporary credentials of the role, as a credential process prints them. Raises Failure."""
    import botocore.session  # noqa: PLC0415
    from botocore import UNSIGNED  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import ClientError  # noqa: PLC0415

    with explained():
        # Of no profile: the one of the environment may be the one that is being made.
        session = botocore.session.Session({"profile": (None, None, None, None)})
        client = session.create_client(
            "sts",
            region_name="us-east-1",
            endpoint_url=endpoint_url,
            aws_access_key_id="-",  # looked at by nobody, but without them the whole chain would be searched
            aws_secret_access_key="-",  # noqa: S106
            config=Config(signature_version=UNSIGNED),
        )
        try:
            made = client.assume_role_with_web_identity(
                RoleArn=role,
                RoleSessionName=session_name,
                WebIdentityToken=id_token.reveal(),
                DurationSeconds=seconds,
            )["Credentials"]
        except ClientError as error:
            if error.response["Error"].get("Code") != "AccessDenied":
                raise
            raise Failure(
                Kind.DENIED,
                f"{role}: {error.response['Error']['Message']}. Its trust policy decides as well (docs/access.md)",
            ) from None
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    return {name: made[name] for name in names} | {"Expiration": f"{made['Expiration']:%Y-%m-%dT%H:%M:%SZ}"}
