"""Requests refused of late: who goes on failing with a key is refused for a while, before anything is computed.

Counted by key and address together, so nobody else who uses the key, and nobody else at the address, is affected. Wrong
signatures and unknown keys have a low limit: no program that works makes them. Denied calls have a high one, and each
action its own: a program that asks for too much goes on doing what it may. Requests without a key count by address.
"""

from __future__ import annotations

from parastore.errors import (
    InvalidSignatureException,
    ServiceError,
    ThrottlingException,
    UnrecognizedClientException,
)

MOST = 50
MOST_DENIED = 500
WINDOW = 10_000  # milliseconds
_KEPT = 10_000  # pairs: a flood of key ids cannot grow it further

_UNSIGNED = "were not signed with the secret of {key}. Correct the secret"
_UNKNOWN = "named {key}, with which nobody can sign here. Correct the access key"
_DENIED = "with {key} were denied {action}. Have it allowed, or stop asking for it"
# Tokens that prove nothing are denials as well: of STS's unsigned requests there is nothing else to verify.
_DENIALS = ("AccessDeniedException", "AccessDenied", "InvalidIdentityToken", "IDPRejectedClaim")


class Attempts:
    """One worker's count. Times are milliseconds since the epoch, actions IAM's (`ssm:GetParameter`)."""

    __slots__ = ("_refused", "_until")

    def __init__(self) -> None:
        # The beginning of a window, and how many were refused in it for what reason; the oldest window comes first.
        self._refused: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
        self._until = 0

    def check(self, key_id: str, client: str, action: str, now: int) -> None:
        """Raise ThrottlingException when there were too many. A request that nobody signed has the key ''."""
        if now < self._until:
            began, counts = self._refused.get((key_id, client), (0, {}))
            if now < began + WINDOW:
                self._refuse(key_id, action, counts, began + WINDOW - now)

    def failed(self, key_id: str, client: str, action: str, error: ServiceError, now: int) -> None:
        """Count a request that ended with `error`, if it is one of those."""
        if isinstance(error, InvalidSignatureException):
            reason = _UNSIGNED
        elif isinstance(error, UnrecognizedClientException):
            reason = _UNKNOWN
        elif error.code in _DENIALS:
            reason = action
        else:
            return
        pair = (key_id, client)
        began, counts = self._refused.get(pair, (0, {}))
        if now >= began + WINDOW:
            self._refused.pop(pair, None)
            self._forget(now)
            if len(self._refused) >= _KEPT:
                return  # who is limited stays so
            counts = {}
            self._refused[pair] = (now, counts)
            self._until = now + WINDOW
        counts[reason] = counts.get(reason, 0) + 1

    def _forget(self, now: int) -> None:
        while self._refused:
            pair = next(iter(self._refused))
            if now < self._refused[pair][0] + WINDOW:
                break
            del self._refused[pair]

    @staticmethod
    def _refuse(key_id: str, action: str, counts: dict[str, int], left: int) -> None:
        for reason, most in ((_UNSIGNED, MOST), (_UNKNOWN, MOST), (action, MOST_DENIED)):
            if (count := counts.get(reason, 0)) >= most:
                text = (_DENIED if reason is action else reason).format(key=key_id or "no access key", action=action)
                raise ThrottlingException(
                    f"Rate exceeded: {count} requests from this address {text},"
                    f" and try again in {left // 1000 + 1} seconds."
                )
