"""CloudTrail's request and answer (API 2013-11-01)."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.shapes import Shape, Timestamp, number, text


class LookupAttribute(Shape, kw_only=True):
    """What events must have."""

    attribute_key: Literal[
        "EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"
    ]
    attribute_value: Annotated[str, text(1, 2000)]


class LookupEventsRequest(Shape, kw_only=True):
    """Events of the caller's account and Region, newest first."""

    lookup_attributes: list[LookupAttribute] | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    event_category: Literal["insight"] | None = None
    max_results: Annotated[int, number(1, 50)] | None = None
    next_token: str | None = None


class Resource(Shape, kw_only=True):
    """What an event was about."""

    resource_type: str | None = None
    resource_name: str | None = None


class Event(Shape, kw_only=True):
    """An event, with the record itself as JSON in `cloud_trail_event`."""

    event_id: str | None = None
    event_name: str | None = None
    read_only: str | None = None
    access_key_id: str | None = None
    event_time: Timestamp | None = None
    event_source: str | None = None
    username: str | None = None
    resources: list[Resource] | None = None
    cloud_trail_event: str | None = None


class LookupEventsResponse(Shape, kw_only=True):
    """A page of events. A page may be empty, and the next one not."""

    events: list[Event] | None = None
    next_token: str | None = None
