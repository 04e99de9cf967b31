"""What an operation is: a row in a service's table, read by routing, authorization, audit, documentation and tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from parastore.arn import Arn
from parastore.context import Call
from parastore.errors import InternalServerError, ServiceError
from parastore.policy.decide import Policies
from parastore.policy.patterns import Keys
from parastore.shapes import Shape


class Conditions(NamedTuple):
    """What policies may ask of a service's requests and resources.

    `of_request` gives the condition keys of a request, `of_resource` those of a resource; they have to be read, so it
    is asked only when a policy names a key that begins with one of `read`.
    """

    of_request: Callable[[Any], Keys]
    of_resource: Callable[[Arn, Call], Awaitable[Keys]]
    read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service.

    `service` is the signing name (`ssm`), `target` the prefix of X-Amz-Target (`AmazonSSM`), or a Query service's API
    version (`2010-05-08`). `resources` gives the ARNs the request is authorised on, in the order AWS names them in a
    denial; none when `run` itself authorises, having found what is meant.
    `run` takes the request and the call and gives the response; with `writes` it runs in a transaction that is durable
    before the answer. `policies` gives the policies that are attached to those resources, where resources of this kind
    have any. Without a `response` the body of the answer is empty. `failure` answers for what must not happen. With
    `unsigned` nobody signs the request: it proves by itself who asks. `also` names further actions a request needs.
    `steady` says of a request whether all that its answer needs is stored here, but for what other services do.
    With `by_url` a presigned GET may ask as well.
    `action` is the IAM action, `ssm:GetParameter`.
    """

    service: str
    target: str
    name: str
    request: type[Shape]
    response: type[Shape] | None
    run: Callable[[Any, Call], Awaitable[Shape | None]]
    resources: Callable[[Any, Call], Sequence[Arn]]
    writes: bool = False
    policies: Callable[[Sequence[Arn], Call], Awaitable[Policies]] | None = None
    failure: type[ServiceError] = InternalServerError
    unsigned: bool = False
    conditions: Conditions | None = None
    also: Callable[[Any], Sequence[str]] | None = None
    steady: Callable[[Any], bool] | None = None
    by_url: bool = False
    action: str = field(init=False)
    is_query: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_query", self.target[0].isdigit())
        object.__setattr__(self, "action", f"{self.service}:{self.name}")
