"""STS's operations, and the table of them. Most decide by themselves who may: by trust policies, or everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parastore.arn import Arn, partition_of
from parastore.context import Call
from parastore.operation import Operation
from parastore.sts import shapes
from parastore.sts.operations import identity, messages, sessions, web_identity

VERSION = "2011-06-15"


def _by_trust(request: object, call: Call) -> Sequence[Arn]:
    return ()


def _anything(request: object, call: Call) -> Sequence[Arn]:
    return (Arn(partition_of(call.region), "sts", "", call.account, "*"),)


def _row(name: str, run: Any, *, resources: Any = _by_trust, unsigned: bool = False, by_url: bool = False) -> Operation:
    request, response = getattr(shapes, f"{name}Request"), getattr(shapes, f"{name}Response")
    return Operation("sts", VERSION, name, request, response, run, resources, unsigned=unsigned, by_url=by_url)


OPERATIONS = (
    # How EKS and Vault let somebody prove who they are: they are shown a URL, and ask it.
    _row("GetCallerIdentity", identity.get_caller_identity, by_url=True),
    _row("GetSessionToken", sessions.get_session_token),
    _row("AssumeRole", sessions.assume_role),
    _row("DecodeAuthorizationMessage", messages.decode_authorization_message, resources=_anything),
    _row("AssumeRoleWithWebIdentity", web_identity.assume_role_with_web_identity, unsigned=True),
)
