"""Whether what several clients saw of one parameter can have happened one after the other, each in its own time.

The search is that of Wing and Gong (1993): try every operation that may come next, remember what led nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

State = tuple[int, str] | None  # version and value; None when there is no parameter


class Seen(NamedTuple):
    """One operation as its client saw it. `outcome` is the state it told of: after a put, at a get, before a delete."""

    begin: float
    end: float
    kind: str  # put, get, delete
    outcome: State
    client: int = 0


def after(operation: Seen, state: State) -> tuple[bool, State]:
    """Whether the operation may see what it saw in this state, and the state it leaves."""
    outcome = operation.outcome
    match operation.kind:
        case "put":
            assert outcome is not None
            return outcome[0] == (state[0] + 1 if state else 1), outcome
        case "get":
            return outcome == state, state
    # A delete tells only whether there was one.
    return (outcome is None) == (state is None), None


def is_linearizable(operations: Sequence[Seen], start: State = None) -> bool:
    """Whether there is an order."""
    todo = sorted(operations)
    whole = (1 << len(todo)) - 1
    hopeless: set[tuple[int, State]] = set()
    stack: list[tuple[int, State]] = [(0, start)]
    while stack:
        done, state = stack.pop()
        if done == whole:
            return True
        if (done, state) in hopeless:
            continue
        hopeless.add((done, state))
        left = [position for position in range(len(todo)) if not done >> position & 1]
        first_end = min(todo[position].end for position in left)
        for position in left:
            if todo[position].begin > first_end:
                break
            possible, then = after(todo[position], state)
            if possible:
                stack.append((done | 1 << position, then))
    return False
