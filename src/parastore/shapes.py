"""Requests and answers as typed structures, and the limits AWS declares on them.

A service writes its structures as subclasses of `Shape`, with limits in `Annotated`. `decode` makes one from a body;
msgspec checks types and limits in one pass, and only when it refuses is the body read again, slowly, by `violations`,
to say what is wrong in AWS's words. `encode` writes an answer.

The length of a string is counted in Unicode code points, as Smithy defines the length trait. A Java service may count
a character beyond the basic plane as two; no recorded answer shows which.

INVARIANT: what the fast path accepts, the slow path accepts too and reads as an equal structure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import msgspec

from parastore.context import SecretValue
from parastore.violations import Limits, explain, expression, members, secret_members, secrets_fit


class Shape(msgspec.Struct, rename="pascal", omit_defaults=True, kw_only=True):
    """A structure of an AWS model: attributes in snake_case, members on the wire in PascalCase, absent ones None.

    A subclass says `kw_only=True` again, msgspec does not hand it down. A wire name that is not the attribute in
    PascalCase is given: `msgspec.field(name="ARN")`. An answer lists its members by wire name, as AWS writes them.
    """

    def __repr__(self) -> str:
        shown = []
        for member in members(type(self)):
            value = getattr(self, member.attribute)
            hidden = member.node.sensitive and value is not None
            shown.append(f"{member.attribute}={'******' if hidden else repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"


S = TypeVar("S", bound=Shape)


def text(minimum: int | None = None, maximum: int | None = None, pattern: str | None = None) -> msgspec.Meta:
    """Limits of a string. `pattern` is the model's: it must match the whole string and is printed as given."""
    return msgspec.Meta(
        min_length=minimum,
        max_length=maximum,
        pattern=None if pattern is None else expression(pattern),
        extra={"limits": Limits(minimum, maximum, pattern)},
    )


def secret(minimum: int | None = None, maximum: int | None = None) -> msgspec.Meta:
    """Limits of a `SecretValue`, which msgspec cannot check by itself."""
    return msgspec.Meta(extra={"limits": Limits(minimum, maximum, sensitive=True)})


def blob(minimum: int | None = None, maximum: int | None = None, *, sensitive: bool = False) -> msgspec.Meta:
    """Limits of bytes, which travel as base64."""
    limits = Limits(minimum, maximum, sensitive=sensitive)
    return msgspec.Meta(min_length=minimum, max_length=maximum, extra={"limits": limits})


def items(minimum: int | None = None, maximum: int | None = None) -> msgspec.Meta:
    """Limits of a list's or a map's size. Those of its elements stand at the elements."""
    return msgspec.Meta(min_length=minimum, max_length=maximum, extra={"limits": Limits(minimum, maximum)})


def number(
    minimum: int | None = None, maximum: int | None = None, kind: Literal["Integer", "Long"] = "Integer"
) -> msgspec.Meta:
    """Limits of an integer of 32 bits, or 64 if it is a Long."""
    end = 2**31 if kind == "Integer" else 2**63
    return msgspec.Meta(
        ge=-end if minimum is None else minimum,
        le=end - 1 if maximum is None else maximum,
        extra={"limits": Limits(minimum, maximum), "kind": kind},
    )


Integer = Annotated[int, number()]
Long = Annotated[int, number(kind="Long")]
Timestamp = Annotated[float, msgspec.Meta(extra={"kind": "Timestamp"})]


def seconds(milliseconds: int) -> float:
    """A moment of ours as a Timestamp: epoch seconds, to the millisecond."""
    return milliseconds / 1000


def decode(shape: type[S], body: bytes) -> S:
    """The request in a JSON 1.1 body.

    Raises SerializationException for what is no JSON or has a wrong type, else ValidationException naming every broken
    limit.
    """
    plan = _plans.get(shape) or _plan(shape)
    try:
        if not body.isascii():
            body.decode()  # msgspec does not look into what it skips
        request: S = plan.decode(body)
        if not plan.has_secrets or secrets_fit(shape, request):
            return request
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Explained below, so that msgspec's words do not hang on the exception that is answered.
        pass
    explained: S = explain(shape, body)
    return explained


def encode(answer: Shape) -> bytes:
    """The JSON body of an answer: members in the order of the structure, absent ones left out, secrets in clear."""
    return _encoder.encode(answer)


class _Plan(NamedTuple):
    decode: Callable[[bytes], Any]
    has_secrets: bool


_plans: dict[type[Shape], _Plan] = {}


def _plan(shape: type[Shape]) -> _Plan:
    decoder = msgspec.json.Decoder(shape, dec_hook=_conceal)
    plan = _plans[shape] = _Plan(decoder.decode, bool(secret_members(shape)))
    return plan


def _conceal(kind: type, value: object) -> SecretValue:
    if kind is SecretValue and isinstance(value, str):
        return SecretValue(value)
    raise TypeError("not a string")


def _reveal(value: object) -> str:
    if isinstance(value, SecretValue):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} has no place in an answer")


_encoder = msgspec.json.Encoder(enc_hook=_reveal)
