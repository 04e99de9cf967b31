"""Events reach their sinks: real servers, receivers that are down, workers that are killed."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import standardwebhooks
from tests.events.receiver import Receiver, free_port
from tests.folders import check, flags, location_of
from tests.sdk.storage import listen

from parastore.context import Call, Caller
from parastore.events import outbox, store
from parastore.storage.protocol import Transaction
from parastore.testing.server import Server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAME = "/app/one"


def config(tmp_path: Path, url: str, **more: Any) -> Path:
    file = tmp_path / "parastore.toml"
    lines = ["[[sinks]]", 'name = "hook"', 'type = "webhook"', f'url = "{url}"', f'secret = "{SECRET}"']
    lines += [f"{name} = {value}" for name, value in ({"first_retry": 0.1, "timeout": 0.5} | more).items()]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def write(folder: Path, *numbers: int, name: str = NAME) -> None:
    """Store events as operations do, each in a transaction of its own."""

    async def run() -> None:
        engine = location_of(folder).open()
        caller = Caller("000000000000", "arn:aws:iam::000000000000:root", "000000000000", "AKIDEXAMPLE")
        for number in numbers:

            async def work(tx: Transaction, number: int = number) -> None:
                now = time.time_ns() // 1_000_000
                call = Call("id", caller, "us-east-1", now, tx, None, None)  # type: ignore[arg-type]
                await outbox.emit(call, "Parameter Store Change", f"arn:{name}", {"number": number})

            await engine.write(work)
        await engine.close()

    asyncio.run(run())


def read(folder: Path, sql: str) -> list[Any]:
    async def run() -> list[Any]:
        engine = location_of(folder).open()
        try:
            return await engine.read().fetch_all(sql)
        finally:
            await engine.close()

    return asyncio.run(run())


def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def numbers(receiver: Receiver) -> list[int]:
    return [json.loads(body)["detail"]["number"] for _, body in receiver.got]


def test_a_webhook_gets_events_in_order_and_signed(tmp_path: Path, data_folder: Path) -> None:
    with Receiver() as receiver, Server(data_folder, config=config(tmp_path, receiver.url), workers=2) as server:
        write(data_folder, *range(20))
        until(lambda: len(receiver.got) >= 20)
        time.sleep(0.7)
        assert numbers(receiver) == list(range(20))
        for headers, body in receiver.got:
            assert standardwebhooks.Webhook(SECRET).verify(body, headers) == json.loads(body)
            assert headers["webhook-id"] == json.loads(body)["id"]
        until(lambda: read(data_folder, "SELECT cursor FROM event_sink") == [(20,)])
        with urllib.request.urlopen(f"{server.url}/metrics") as answer:
            assert b'parastore_events_pending{sink="hook"} 0.0' in answer.read()
        assert check(data_folder) == []


def test_a_sink_that_is_down_loses_nothing_even_when_the_server_is_killed(tmp_path: Path, data_folder: Path) -> None:
    port = free_port()
    server = Server(data_folder, config=config(tmp_path, f"http://127.0.0.1:{port}/hook"))
    server.start()
    write(data_folder, 1, 2)
    until(lambda: any(entry["event"] == "event not delivered" for entry in server.log))
    server.kill()
    write(data_folder, 3)
    with Receiver(port) as receiver:
        server.start()
        until(lambda: len(receiver.got) >= 3)
        assert list(dict.fromkeys(numbers(receiver))) == [1, 2, 3]
    assert SECRET not in json.dumps(server.log)
    assert server.stop() == 0


def test_what_is_refused_too_often_is_a_dead_letter_and_can_be_retried(tmp_path: Path, data_folder: Path) -> None:
    with (
        Receiver(status=500) as receiver,
        Server(data_folder, config=config(tmp_path, receiver.url, max_attempts=2)) as server,
    ):
        write(data_folder, 1)
        until(lambda: any(entry["event"] == "event is a dead letter" for entry in server.log))
        assert numbers(receiver) == [1, 1]
        assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
        (letter,) = json.loads(cli("events", "dead-letters", "--json", *flags(data_folder)))["DeadLetters"]
        assert (letter["sink"], letter["event"], letter["reason"]) == ("hook", 1, "HTTP status 500")
        receiver.status = 204
        write(data_folder, 2)
        until(lambda: numbers(receiver)[-1] == 2)
        cli("events", "retry", *flags(data_folder))
        until(lambda: numbers(receiver)[-1] == 1)
        until(lambda: read(data_folder, "SELECT * FROM event_dead_letter") == [])


def test_redirects_are_not_followed(tmp_path: Path, data_folder: Path) -> None:
    with Receiver() as inside, Receiver(status=307, headers={"location": inside.url}) as receiver:
        with Server(data_folder, config=config(tmp_path, receiver.url, max_attempts=1)):
            write(data_folder, 1)
            until(lambda: read(data_folder, "SELECT reason FROM event_dead_letter") == [("HTTP status 307",)])
        assert inside.got == []


def test_event_bridge_gets_events(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    file = tmp_path / "parastore.toml"
    with Receiver() as receiver:
        file.write_text(
            '[[sinks]]\nname = "bus"\ntype = "eventbridge"\nregion = "us-east-1"\nevent_bus = "mine"\n'
            f'endpoint_url = "{receiver.url}"\n'
        )
        with Server(data_folder, config=file):
            write(data_folder, 1)
            until(lambda: bool(receiver.got))
        headers, body = receiver.got[0]
        (entry,) = json.loads(body)["Entries"]
        assert headers["x-amz-target"] == "AWSEvents.PutEvents"
        assert entry["EventBusName"] == "mine"
        assert entry["Source"] == "parastore.ssm"
        assert json.loads(entry["Detail"]) == {"number": 1}


def test_a_rule_of_event_bridge_sees_changes(
    tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto's EventBridge, with a rule that sends to a queue of moto's SQS."""
    from moto.server import ThreadedMotoServer  # takes a second, and few tests need it

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    try:
        url = "http://{}:{}".format(*moto.get_host_and_port())
        events, sqs = (boto3.client(name, region_name="us-east-1", endpoint_url=url) for name in ("events", "sqs"))
        queue = sqs.create_queue(QueueName="changes")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name="mine")
        pattern = {"source": ["parastore.ssm"], "detail-type": ["Parameter Store Change"]}
        events.put_rule(Name="changes", EventBusName="mine", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="changes", EventBusName="mine", Targets=[{"Id": "queue", "Arn": arn}])
        file = tmp_path / "parastore.toml"
        file.write_text(
            '[[sinks]]\nname = "bus"\ntype = "eventbridge"\nregion = "us-east-1"\nevent_bus = "mine"\n'
            f'endpoint_url = "{url}"\n'
        )
        with Server(data_folder, config=file):
            write(data_folder, 1, 2)
            got: list[Any] = []

            def received() -> bool:
                answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
                got.extend(json.loads(each["Body"]) for each in answer.get("Messages", []))
                return len(got) == 2

            until(received)
        assert [each["detail"] for each in got] == [{"number": 1}, {"number": 2}]
        assert {each["source"] for each in got} == {"parastore.ssm"}
    finally:
        moto.stop()


def test_nothing_is_stored_for_nobody_and_a_new_sink_gets_what_happens_from_then_on(data_folder: Path) -> None:
    with Server(data_folder) as server:
        write(data_folder, 1)
        assert read(data_folder, "SELECT id FROM event") == []
        listen(server)
        write(data_folder, 2, 3)
    told = [json.loads(body)["detail"] for (body,) in read(data_folder, "SELECT body FROM event ORDER BY id")]
    assert told == [{"number": 2}, {"number": 3}]
    assert read(data_folder, "SELECT cursor FROM event_sink") == [(0,)]


def test_old_events_go_and_ids_never_come_twice(data_folder: Path) -> None:
    with Server(data_folder) as server:
        listen(server)
    write(data_folder, 1, 2, 3)

    async def prune() -> int:
        engine = location_of(data_folder).open()
        await engine.write(lambda tx: store.register(tx, "late"))
        gone = await engine.write(lambda tx: store.prune(tx, ["late"], 1 << 60, 100))
        await engine.close()
        return gone

    assert asyncio.run(prune()) == 2
    write(data_folder, 4)
    assert read(data_folder, "SELECT id FROM event ORDER BY id") == [(3,), (4,)]


def cli(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "parastore", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def test_killed_in_the_middle_all_arrive_in_order(tmp_path: Path, data_folder: Path) -> None:
    with Receiver() as receiver:
        server = Server(data_folder, config=config(tmp_path, receiver.url), workers=2)
        server.start()
        write(data_folder, *range(150))
        until(lambda: bool(receiver.got))
        server.kill()
        server.start()
        until(lambda: len(set(numbers(receiver))) == 150)
        assert list(dict.fromkeys(numbers(receiver))) == list(range(150))
        assert server.stop() == 0


def test_check_finds_a_sink_that_is_ahead(tmp_path: Path, data_folder: Path) -> None:
    with Server(data_folder, config=config(tmp_path, "http://127.0.0.1:1/")):
        pass

    async def spoil() -> None:
        engine = location_of(data_folder).open()

        async def work(tx: Transaction) -> None:
            await tx.execute("UPDATE event_sink SET cursor = 7")

        await engine.write(work)
        await engine.close()

    asyncio.run(spoil())
    assert [str(each) for each in check(data_folder)] == ["sink hook: is at event 7, the newest is 0"]


def test_the_configuration_is_shown_without_secrets(tmp_path: Path) -> None:
    file = config(tmp_path, "http://127.0.0.1:1/user-part")
    for form in ([], ["--json"]):
        shown = cli("config", "show", "--config", str(file), *form)
        assert "hook (Webhook)" in shown
        assert "MfKQ" not in shown


def test_commands_need_a_data_folder(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        cli("events", "dead-letters", "--data-dir", str(tmp_path))
    assert failed.value.returncode == 2
    assert "no database in" in failed.value.stderr


def test_a_sink_that_dribbles_its_answer_is_given_up(tmp_path: Path, data_folder: Path) -> None:
    done = threading.Event()

    def dribble(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not done.wait(0.1):
                connection.sendall(b"H")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=dribble, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with Server(data_folder, config=config(tmp_path, url)) as server:
            write(data_folder, 1)
            until(lambda: any(entry["event"] == "event not delivered" for entry in server.log))
            done.set()
        thread.join()
