"""What the front and the runner use of uvicorn beyond its documented interface.

pyproject.toml pins the range; this says what to look at when it moves.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http import flow_control, httptools_impl
from uvicorn.server import ServerState
from uvicorn.supervisors import multiprocess

from parastore.server import front, run

PROTOCOL = httptools_impl.HttpToolsProtocol
CYCLE = httptools_impl.RequestResponseCycle

METHODS = {
    PROTOCOL: [
        "connection_made", "connection_lost", "data_received", "eof_received", "pause_writing", "resume_writing",
        "shutdown", "_start_asgi_task", "on_url", "on_header", "on_headers_complete", "on_body", "on_message_complete",
        "on_message_begin",
    ],
    flow_control.FlowControl: ["pause_reading", "resume_reading", "pause_writing", "resume_writing"],
    CYCLE: ["run_asgi", "send", "receive"],
    uvicorn.Server: ["run", "startup", "shutdown", "capture_signals", "handle_exit"],
    multiprocess.Multiprocess: ["init_processes", "keep_subprocess_alive", "terminate_all", "run"],
    multiprocess.Process: ["wait_until_ready", "exitcode", "pid"],
}  # fmt: skip

ATTRIBUTES = {
    PROTOCOL: {
        "access_logger", "app", "app_state", "asgi_version", "client", "cycle", "flow", "logger", "loop",
        "parser", "scheme", "server", "server_state", "tasks", "transport",
    },
    flow_control.FlowControl: {"read_paused", "write_paused"},
    CYCLE: {"body", "disconnected", "keep_alive", "message_event", "more_body", "response_complete"},
    ServerState: {"connections", "tasks", "default_headers"},
    uvicorn.Server: {"server_state", "should_exit", "started"},
    multiprocess.Multiprocess: {"processes", "sockets", "should_exit", "config"},
}  # fmt: skip


def attributes_set(class_: type) -> set[str]:
    """The names that `__init__` gives to self."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(vars(class_)["__init__"])))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }


@pytest.mark.parametrize("class_", METHODS, ids=lambda class_: class_.__name__)
def test_methods(class_: Any) -> None:
    gone = [name for name in METHODS[class_] if not hasattr(class_, name)]
    assert not gone, (
        f"uvicorn {uvicorn.__version__} no longer has {class_.__name__}.{', '.join(gone)}: see server/front.py"
    )


@pytest.mark.parametrize("class_", ATTRIBUTES, ids=lambda class_: class_.__name__)
def test_attributes(class_: type) -> None:
    gone = ATTRIBUTES[class_] - attributes_set(class_)
    assert not gone, f"uvicorn {uvicorn.__version__} no longer sets {class_.__name__}.{gone}: see server/front.py"


def test_the_list_is_whole() -> None:
    """Every attribute of a uvicorn object that the front reads stands in the table above."""
    used = {
        node.attr
        for node in ast.walk(ast.parse(inspect.getsource(front.FrontProtocol)))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and node.attr not in front.FrontProtocol.__dict__
    }
    assert used == ATTRIBUTES[PROTOCOL] | {"_start_asgi_task"}


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (PROTOCOL, ["config", "server_state", "app_state", "_loop"]),
        (
            CYCLE,
            ["scope", "transport", "flow", "logger", "access_logger", "access_log", "default_headers", "message_event",
             "expect_100_continue", "keep_alive", "on_response"],
        ),
        (PROTOCOL._start_asgi_task, ["self", "cycle", "app"]),
        (uvicorn.Server.startup, ["self", "sockets"]),
        (uvicorn.Server.shutdown, ["self", "sockets"]),
        (multiprocess.Multiprocess, ["config", "sockets"]),
        (multiprocess.Process.wait_until_ready, ["self", "timeout", "should_exit"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)  # fmt: skip
def test_signatures(function: Any, names: list[str]) -> None:
    assert list(inspect.signature(function).parameters) == names


def test_the_front_replaces_every_callback_of_the_parser() -> None:
    """One that uvicorn adds would run between ours, on attributes that we do not keep."""
    callbacks = {name for name in vars(PROTOCOL) if name.startswith("on_")} - {"on_response_complete"}
    assert callbacks <= set(vars(front.FrontProtocol))


def test_what_shutdown_waits_for() -> None:
    """A drain waits until `connections` and `tasks` are empty; both are filled by the front."""
    source = inspect.getsource(uvicorn.Server._wait_tasks_to_complete)
    assert "server_state.connections" in source
    assert "server_state.tasks" in source


def test_a_worker_that_cannot_start_exits_with_a_code_of_its_own() -> None:
    assert uvicorn.config.STARTUP_FAILURE not in (0, 1, 2)
    assert issubclass(run._Supervisor, multiprocess.Multiprocess)
