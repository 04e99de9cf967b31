"""Read many parameters: names by DescribeParameters, fifty a page, values by GetParameters, ten a call, in parallel.

A tree read this way takes a fifth of the turns of GetParametersByPath, whose pages of ten wait for each other. Where a
caller may not describe, GetParametersByPath is asked instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from parastore.client.connect import PARALLEL, Failure, Kind, explained
from parastore.client.names import tree_order

Record = dict[str, Any]  # the members AWS gives a parameter, with its names for them
Progress = Callable[[int, int], None]  # done, of how many
BATCH = 10  # names in GetParameters and DeleteParameters
MASK = "********"


def batches(items: Sequence[str]) -> Iterator[list[str]]:
    """Ten by ten, each item once, in the order they came."""
    unique = list(dict.fromkeys(items))
    for start in range(0, len(unique), BATCH):
        yield unique[start : start + BATCH]


def silent(done: int, total: int) -> None:
    """No progress is shown."""


def describe(client: Any, path: str = "/", filters: Iterable[Record] = ()) -> list[Record]:
    """What is known of the parameters below a path but their values, in the order of a tree. Raises Failure."""
    asked = [*filters]
    if path.rstrip("/"):
        asked.append({"Key": "Path", "Option": "Recursive", "Values": [path.rstrip("/")]})
    with explained(path):
        pages = client.get_paginator("describe_parameters").paginate(
            PaginationConfig={"PageSize": 50}, **({"ParameterFilters": asked} if asked else {})
        )
        found = [each for page in pages for each in page["Parameters"]]
    return sorted(found, key=lambda each: tree_order(each["Name"]))


def get_many(
    client: Any, names: Sequence[str], *, decrypt: bool, progress: Progress = silent
) -> tuple[dict[str, Record], list[str]]:
    """Parameters by what they were asked for (name, ARN, with or without a selector), and what is not there."""
    asked = list(batches(names))
    found: dict[str, Record] = {}
    missing: list[str] = []

    def call(batch: list[str]) -> Any:
        with explained(", ".join(batch)):
            return client.get_parameters(Names=batch, WithDecryption=decrypt)

    for batch, answer in zip(asked, _parallel(call, asked), strict=True):
        for each in answer["Parameters"]:
            selector = each.get("Selector", "")
            for key in (each["Name"] + selector, each["ARN"] + selector):
                if key in batch:
                    found[key] = each
        missing += [name for name in batch if name not in found]
        progress(len(found) + len(missing), len(names))
    return found, missing


def _parallel(call: Callable[[list[str]], Any], batches: list[list[str]]) -> Iterator[Any]:
    """The answers in the order of the batches; one alone needs no threads."""
    if len(batches) < 2:
        yield from map(call, batches)
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(PARALLEL) as pool:
        yield from pool.map(call, batches)


def by_path(client: Any, path: str, *, decrypt: bool) -> list[Record]:
    """Parameters below a path with their values, which takes one permission only. Raises Failure."""
    with explained(path):
        pages = client.get_paginator("get_parameters_by_path").paginate(
            Path=path.rstrip("/") or "/", Recursive=True, WithDecryption=decrypt
        )
        found = [each for page in pages for each in page["Parameters"]]
    return sorted(found, key=lambda each: tree_order(each["Name"]))


def tree(client: Any, path: str, *, decrypt: bool, progress: Progress = silent) -> list[Record]:
    """Parameters below a path with values, and with all else that is known of them if the caller may describe."""
    if path.startswith("/aws/"):
        return by_path(client, path, decrypt=decrypt)  # public parameters are not described
    try:
        known = describe(client, path)
    except Failure as failure:
        if failure.kind is not Kind.DENIED:
            raise
        return by_path(client, path, decrypt=decrypt)
    found, _ = get_many(client, [each["Name"] for each in known], decrypt=decrypt, progress=progress)
    # What was deleted between the two calls is gone for us too.
    return [each | found[each["Name"]] for each in known if each["Name"] in found]


def path_or_name(client: Any, path: str, *, decrypt: bool) -> list[Record]:
    """The parameters below a path, or else the one of this name (or selector), or none."""
    if path.startswith("/") and ":" not in path:
        below = by_path(client, path, decrypt=decrypt)
        if below or path.endswith("/"):
            return below
    found, _ = get_many(client, [path], decrypt=decrypt)
    return list(found.values())


def get_one(client: Any, name: str, *, decrypt: bool) -> Record:
    """GetParameter. Raises Failure."""
    with explained(name):
        answer: Record = client.get_parameter(Name=name, WithDecryption=decrypt)["Parameter"]
    return answer


def history(client: Any, name: str, *, decrypt: bool) -> list[Record]:
    """All versions that are kept, oldest first. Raises Failure."""
    with explained(name):
        pages = client.get_paginator("get_parameter_history").paginate(
            Name=name, WithDecryption=decrypt, PaginationConfig={"PageSize": 50}
        )
        return [each for page in pages for each in page["Parameters"]]


def tags_of(client: Any, name: str) -> dict[str, str]:
    """A parameter's tags. Raises Failure."""
    with explained(name):
        answer = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
    return {tag["Key"]: tag["Value"] for tag in answer["TagList"]}


def masked(record: Record) -> Record:
    """The same without the value of a SecureString."""
    return record | {"Value": MASK} if record.get("Type") == "SecureString" and "Value" in record else record
