"""Run the comparison and write docs/performance.md.

    python -m bench [--rounds 5] [--seconds 2] [--large 100000] [--output docs/performance.md]

Every round drives each kind of request against each server in turn, so that whatever else the machine does hits all of
them. Reported is the middle round. What is held against the targets is the middle of the rounds' ratios: between two
rounds the speed of a virtual machine may change by more than two servers differ.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench import cached, fixtures, page, report, requests, targets
from bench.drive import drive
from bench.report import Sample, Server
from parastore.testing.server import Keys

CONNECTIONS = 16
SMALL = 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--output", type=Path, default=Path("docs/performance.md"))
    options = parser.parse_args()
    # Everything on one core. Two cores of a virtual machine may be two threads of one real core: a busy driver then
    # slows the server that it measures, by 1.6 times where this was found, and a slow server less than a fast one.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="parastore-bench-") as name, contextlib.ExitStack() as running:
        folder = Path(name)
        say(f"starting the servers, and filling them with {SMALL:,} and {options.large:,} parameters")
        servers = {
            "front": targets.bare_front(folder),
            "small": targets.parastore(folder, SMALL),
            "large": targets.parastore(folder, options.large),
            "moto": targets.moto(folder),
        }
        for server in servers.values():
            running.callback(server.stop)
        as_user = targets.reader(servers["small"])
        blobs = {key: fill(servers[key], SMALL if key == "moto" else 0) for key in ("small", "large", "moto")}
        blobs["front"] = blobs["small"]
        unguarded = targets.unguarded(folder, SMALL)
        running.callback(unguarded.stop)
        samples: dict[tuple[str, str], list[Sample]] = defaultdict(list)
        for turn in range(options.rounds):
            for kind in requests.kinds(SMALL, blobs["small"]):
                for key, server in servers.items():
                    say(f"round {turn + 1} of {options.rounds}: {kind}, {server.name}")
                    asked = requests.kinds(options.large if key == "large" else SMALL, blobs[key])[kind]
                    samples[kind, key].append(measure(server, asked, options))
                if kind in report.READS:
                    asked = requests.kinds(SMALL, blobs["small"])[kind]
                    samples[kind, "user"].append(measure(servers["small"], asked, options, as_user))
                    samples[kind, "unguarded"].append(measure(unguarded, asked, options))
        say("a read through boto3, and through the agent")
        read = cached.measure(servers["small"], folder, options.seconds, CONNECTIONS)
        facts = {
            key: Server(each.name, each.seconds_to_first_answer, each.resident_bytes()) for key, each in servers.items()
        }
    say("what a test pays for a server")
    costs = [fixtures.measure(kind) for kind in fixtures.KINDS]
    text = report.markdown(facts, samples, costs, read, options.seconds, CONNECTIONS, options.large)
    page.write(options.output, bench=text)
    print(text)


def fill(server: targets.Target, parameters: int) -> list[str]:
    """Put what only the API can put: secrets, a key, and all parameters of a server that is not ours. Some blobs."""

    def ask(operation: str, members: dict[str, Any]) -> Any:
        return json.loads(targets.send(server.port, requests.raw(operation, members, server.port)) or b"null")

    for operation, members in requests.secrets_to_make() + requests.parameters_to_make(parameters):
        ask(operation, members)
    key = ask("CreateKey", {})["KeyMetadata"]["KeyId"]
    ask("CreateAlias", {"AliasName": requests.ALIAS, "TargetKeyId": key})
    return [ask("Encrypt", requests.members_of_encrypt(number))["CiphertextBlob"] for number in range(requests.SECRETS)]


def measure(
    server: targets.Target,
    asked: list[tuple[str, dict[str, Any]]],
    options: argparse.Namespace,
    keys: Keys = requests.KEYS,
) -> Sample:
    """One block of load, and the processor time the server spent on it."""
    signed = [requests.raw(*each, server.port, keys) for each in asked]
    before = server.cpu_seconds()
    load = drive(server.port, signed, options.seconds, CONNECTIONS)
    used = server.cpu_seconds() - before
    return Sample(used / load.answers * 1e6, load.answers / load.seconds, load.p50, load.p99)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


main()
