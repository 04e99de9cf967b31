"""What of a record an event shows, and which events a lookup wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parastore.arn import parse
from parastore.audit.history import Entry, Facts
from parastore.cloudtrail.errors import InvalidLookupAttributesException
from parastore.cloudtrail.shapes import Event, LookupAttribute, Resource

_PARAMETER = "AWS::SSM::Parameter"


def wanted(attributes: Sequence[LookupAttribute] | None) -> Callable[[Facts], bool]:
    """Whether an event has the attribute. Raises InvalidLookupAttributesException for more than one."""
    if not attributes:
        return lambda facts: True
    if len(attributes) > 1:
        raise InvalidLookupAttributesException("You can only have one lookup attribute in a lookup events request.")
    (attribute,) = attributes
    value = attribute.attribute_value
    values = _VALUES[attribute.attribute_key]
    return lambda facts: value in values(facts)


def username(facts: Facts) -> str:
    """A user's name, a role's session, `root`; '' when it is not known who called."""
    who = facts.user_identity
    if who.type == "AssumedRole":
        return who.principal_id.partition(":")[2]
    return "root" if who.type == "Root" else who.user_name


def resources(facts: Facts) -> list[Resource]:
    """The resources of a record, as events name them: a parameter by its name, others by their ARN."""
    found = []
    for each in facts.resources:
        named = parse(each.ARN)
        if named is not None and named.service == "ssm" and named.resource.startswith("parameter/"):
            path = named.resource.removeprefix("parameter")
            name = path if path.count("/") > 1 else path[1:]
            found.append(Resource(resource_type=_PARAMETER, resource_name=name))
        else:
            found.append(Resource(resource_type=each.type or None, resource_name=each.ARN))
    return found


def event(entry: Entry, at: float) -> Event:
    """A record as LookupEvents shows it. `at` is its time in seconds since the epoch."""
    facts = entry.facts
    return Event(
        event_id=facts.event_id,
        event_name=facts.event_name,
        read_only=_read_only(facts),
        access_key_id=facts.user_identity.access_key_id or None,
        event_time=at,
        event_source=facts.event_source,
        username=username(facts) or None,
        resources=resources(facts),
        cloud_trail_event=entry.body.decode(),
    )


def _read_only(facts: Facts) -> str:
    return "true" if facts.read_only else "false"


def _names(facts: Facts) -> list[str | None]:
    shown = [each.resource_name for each in resources(facts)]
    # `/name` and `name` are one parameter.
    return [*shown, *(f"/{each}" for each in shown), *(each.ARN for each in facts.resources)]


_VALUES: dict[str, Callable[[Facts], Sequence[str | None]]] = {
    "EventId": lambda facts: (facts.event_id,),
    "EventName": lambda facts: (facts.event_name,),
    "ReadOnly": lambda facts: (_read_only(facts),),
    "Username": lambda facts: (username(facts),),
    "ResourceType": lambda facts: [each.resource_type for each in resources(facts)],
    "ResourceName": _names,
    "EventSource": lambda facts: (facts.event_source,),
    "AccessKeyId": lambda facts: (facts.user_identity.access_key_id,),
}
