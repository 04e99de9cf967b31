"""The words every room shares: who calls (`Caller`), a request (`Call`), a value nobody prints (`SecretValue`).

Nothing here does I/O. `Call` carries what an operation may use: the transaction it runs in, the key ring that seals
what it stores, the moment it happens, and `call`, by which one service uses another as AWS does (SSM calls KMS),
through the same authorization.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parastore.policy.decide import Held
    from parastore.seal.keyring import KeyRing
    from parastore.steady import Step
    from parastore.storage.protocol import Transaction
    from parastore.wire.http import HttpRequest


class SecretValue:
    """Text that must not be shown: repr, str and format give a mask, `reveal` the text. Compares by content."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Every call of this is a place to review."""
        return self._text

    def __repr__(self) -> str:
        return "SecretValue(******)"

    def __str__(self) -> str:
        return "******"

    def __format__(self, spec: str) -> str:
        return "******"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretValue) and other.reveal() == self.reveal()

    def __hash__(self) -> int:
        return hash((SecretValue, self.reveal()))

    def __reduce__(self) -> str:
        raise TypeError("a SecretValue is not pickled")


class SealedValue(SecretValue):
    """A secret that is opened anew whenever it is revealed, and meanwhile nowhere in the clear."""

    __slots__ = ("_open",)

    def __init__(self, open_: Callable[[], bytes]) -> None:
        self._open = open_

    def reveal(self) -> str:
        return self._open().decode()


@dataclass(frozen=True, slots=True)
class Session:
    """What temporary credentials were given with. Times are milliseconds since the epoch.

    `policies` are session policies (documents or ARNs of managed ones), None where nothing bounds the session; `tags`
    those of the session alone. `provider` is the ARN of the identity provider that vouched for it.
    """

    issued_at: int
    expires_at: int
    policies: tuple[str, ...] | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: tuple[str, ...] = ()
    source_identity: str | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal behind a verified signature.

    `account` is 12 digits, `arn` the principal as AWS prints it (`arn:aws:iam::<account>:root`), `user_id` what
    GetCallerIdentity calls UserId, `access_key_id` the key that signed. `role` is the ARN of the role behind an
    assumed-role session, `session` what temporary credentials were given with. `is_root` says that this is the account
    itself, which identity policies do not limit.
    """

    account: str
    arn: str
    user_id: str
    access_key_id: str
    role: str | None = None
    session: Session | None = None
    is_root: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_root", self.arn.endswith(":root"))


class Call:
    """One operation under way, for one account and Region.

    `now` is milliseconds since the epoch, taken once per request. `tx` is the open transaction of a writing operation,
    or the consistent reader of a reading one. `via` names the service that calls on the caller's behalf
    (`ssm.us-east-1.amazonaws.com`), None when the caller came directly. `held` are the policies of the caller, None for
    a root; `http` is the request as it came, None for what the server does by itself; `keys` belongs to `policy.keys`.
    `records` are the audit records of what services did for this call, `steps` what they did that may be done again
    without asking them (see `steady`), both shared by all that `within` gives. `opening` is left by an operation that
    opened a secret: it opens it again, for as long as nobody writes.
    """

    # Not a dataclass: a frozen one takes 1.3 microseconds to make, and most requests make two.
    __slots__ = (
        "account", "caller", "dispatch", "held", "http", "keys", "now", "opening", "records", "region", "request_id",
        "ring", "steps", "tx", "via",
    )  # fmt: skip

    def __init__(
        self,
        request_id: str,
        caller: Caller,
        region: str,
        now: int,
        tx: Transaction,
        ring: KeyRing,
        dispatch: Callable[[Call, str, dict[str, Any]], Awaitable[Any]],
        via: str | None = None,
        held: Held | None = None,
        http: HttpRequest | None = None,
        records: list[bytes] | None = None,
        steps: list[Step] | None = None,
    ) -> None:
        self.request_id = request_id
        self.caller = caller
        self.account = caller.account
        self.region = region
        self.now = now
        self.tx = tx
        self.ring = ring
        self.dispatch = dispatch
        self.held = held
        self.http = http
        self.via = via
        self.keys: Mapping[str, str | tuple[str, ...]] | None = None
        self.records: list[bytes] = [] if records is None else records
        self.steps: list[Step] = [] if steps is None else steps
        self.opening: Callable[[], bytes] | None = None

    def within(self, tx: Transaction, via: str | None = None) -> Call:
        """The same call in another transaction, or made by a service for the caller."""
        return Call(
            self.request_id, self.caller, self.region, self.now, tx, self.ring, self.dispatch,
            via or self.via, self.held, self.http, self.records, self.steps,
        )  # fmt: skip

    def call(self, action: str, **members: Any) -> Awaitable[Any]:
        """Run another service's operation (`kms:Decrypt`) in this transaction, with the caller's permissions.

        `members` are the request's fields by attribute name; the answer is that operation's response. Raises that
        service's errors.
        """
        return self.dispatch(self, action, members)
