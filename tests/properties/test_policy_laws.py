"""Laws of decisions on policies at random: a denial wins, order never matters, an Allow never takes away."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.policies import HOME, scene, statement

from parastore.arn import parse as parse_arn
from parastore.policy.decide import Decision, Held, Source, decide
from parastore.policy.document import Kind, Policy, parse

SEEDS = st.integers(0, 2**63)
Scene = dict[str, Any]


def compiled(texts: list[Any] | None, kind: Kind = Kind.IDENTITY) -> tuple[Policy, ...] | None:
    return None if texts is None else tuple(Policy("p", parse(json.dumps(each), kind)) for each in texts)


def decided(given: Scene) -> Decision:
    resource = parse_arn(given["resource"])
    assert resource is not None
    held = Held(compiled(given["identity"]) or (), compiled(given["boundary"]), compiled(given["session"]))
    attached = compiled(given["attached"], Kind.RESOURCE) or ()
    return decide(given["caller"], given["action"], resource, held, given["keys"], attached, governed=given["governed"])


def shuffled(texts: list[Any] | None, seed: int) -> list[Any] | None:
    if texts is None:
        return None
    mixed = [
        each | {"Statement": random.Random(seed).sample(each["Statement"], len(each["Statement"]))} for each in texts
    ]
    return random.Random(seed).sample(mixed, len(mixed))


@settings(max_examples=100)
@given(SEEDS)
def test_order_never_matters(seed: int) -> None:
    given = scene(random.Random(seed))
    other = given | {name: shuffled(given[name], seed) for name in ("identity", "boundary", "session", "attached")}
    one, two = decided(given), decided(other)
    assert (one.allowed, one.source, one.explicit) == (two.allowed, two.source, two.explicit)


@settings(max_examples=100)
@given(SEEDS)
def test_an_allow_never_takes_away(seed: int) -> None:
    rng = random.Random(seed)
    given = scene(rng)
    more = {"Version": "2012-10-17", "Statement": [statement(rng, "Allow")]}
    if decided(given).allowed:
        assert decided(given | {"identity": [*given["identity"], more]}).allowed


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(["identity", "boundary", "session", "attached"]))
def test_a_denial_wins(seed: int, place: str) -> None:
    given = scene(random.Random(seed))
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"} | ({"Principal": "*"} if place == "attached" else {})
    there = given[place] or []
    found = decided(given | {place: [*there, {"Version": "2012-10-17", "Statement": [deny]}]})
    assert not found.allowed
    assert found.explicit


@settings(max_examples=100)
@given(SEEDS)
def test_bounds_only_take_away(seed: int) -> None:
    """What is allowed within a boundary and a session policy is allowed without them, but for NotPrincipal, whose
    denials ask whether there is a boundary."""
    given = scene(random.Random(seed))
    if decided(given).allowed:
        assert decided(given | {"boundary": None, "session": None}).allowed


@settings(max_examples=100)
@given(SEEDS)
def test_nobody_allows_it_nobody_may(seed: int) -> None:
    """Without any Allow only a root may, and only at home where its account's policies govern."""

    def denials(texts: list[Any] | None) -> list[Any] | None:
        kept = [[each for each in text["Statement"] if each["Effect"] == "Deny"] for text in texts or []]
        return None if texts is None else [{"Version": "2012-10-17", "Statement": each} for each in kept if each]

    given = scene(random.Random(seed))
    bare = given | {name: denials(given[name]) for name in ("identity", "boundary", "session", "attached")}
    found = decided(bare | {"boundary": bare["boundary"] or None, "session": bare["session"] or None})
    if found.allowed:
        assert given["caller"].is_root
        assert not given["governed"]
        assert f":{HOME}:" in given["resource"]


@settings(max_examples=100)
@given(SEEDS)
def test_a_decision_names_a_statement_that_covers_it(seed: int) -> None:
    given = scene(random.Random(seed))
    found = decided(given)
    if found.statement is not None:
        assert found.statement.covers(given["action"].lower(), given["resource"], given["keys"])
        assert found.statement.effect == ("Allow" if found.allowed else "Deny")
    elif not found.allowed:
        assert found.source is not None


def test_the_scenes_are_of_all_kinds() -> None:
    """The laws would hold of generators that never allow anything."""
    found = [decided(scene(random.Random(seed))) for seed in range(2000)]
    seen = {(each.allowed, each.explicit, each.source) for each in found}
    assert {(True, False, Source.IDENTITY), (True, False, Source.RESOURCE), (True, False, None)} <= seen
    assert {(False, explicit, source) for explicit in (True, False) for source in Source} <= seen
