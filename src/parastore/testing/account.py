"""What a test has of a server: an account, its parameters, its faults, and the clock."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from parastore.server.ephemeral import full_name, read_seed
from parastore.testing.embedded import Embedded
from parastore.testing.unwell import Fault, Kind
from parastore.testing.wire import Wire

if TYPE_CHECKING:
    import pytest

REGION = "us-east-1"
# By service: code under test may use S3 of AWS, or of another stand-in, at the same time.
SERVICES = ("SSM", "KMS", "STS")
_OTHERS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN")


@functools.cache
def _loader() -> tuple[Any, list[str]]:
    import botocore.loaders  # noqa: PLC0415

    loader = botocore.loaders.Loader()
    return loader, list(loader.search_paths)


def _models_from_before(*paths: Any) -> Any:
    """In place of botocore's create_loader: reading the model of SSM anew would take every test 50 ms."""
    loader, usual = _loader()
    loader.search_paths[:] = usual  # every boto3 session adds its own
    return loader


class Clock:
    """The server's clock, and with it the one that botocore signs by in this process."""

    def __init__(self, server: Embedded) -> None:
        self._server = server

    def advance(self, **much: float) -> None:
        """Move forward: `advance(days=31)`, in timedelta's words."""
        self._server.clock.offset += int(timedelta(**much) / timedelta(milliseconds=1))

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._server.clock() / 1000

    def reset(self) -> None:
        """The real time again."""
        self._server.clock.offset = 0


class TestAccount:
    """An account of a server. `url`, `region`, `account`, `access_key_id` and `secret_access_key` are for clients."""

    __test__ = False  # its name is not that of a test class

    def __init__(self, server: Embedded, folder: Path) -> None:
        self._keys = server.new_account()
        self._server = server
        self._folder = folder
        self._faults: list[Fault] = []
        self.clock = Clock(server)
        self._wire = Wire(server.port, self._keys, region=REGION, clock=self.clock.time)
        self.url = server.url
        self.region = REGION
        self.account = self._keys.account
        self.access_key_id = self._keys.access_key_id
        self.secret_access_key = self._keys.secret_access_key

    def client(self, service: str = "ssm", **how: Any) -> Any:
        """A boto3 client of the account."""
        import boto3  # noqa: PLC0415

        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **self._keys.for_boto3(), **how)

    def put(self, name: str, value: str | Sequence[str], *, secure: bool = False) -> None:
        """Make or overwrite a parameter; a list becomes a StringList. Raises ValueError with the server's words."""
        if isinstance(value, str):
            self._put(name, value, "SecureString" if secure else "String")
        else:
            self._put(name, ",".join(value), "StringList")

    def seed(
        self,
        values: Mapping[str, str | Sequence[str]] | str | Path | None = None,
        secure: Mapping[str, str] | None = None,
    ) -> None:
        """Make parameters of mappings, or of a file (JSON, YAML, CSV, .env) beside the test."""
        if isinstance(values, str | Path):
            for each in read_seed(self._folder / values):
                self._put(each.key, each.value, each.kind or "String")
        else:
            for name, value in (values or {}).items():
                self.put(name, value)
        for name, text in (secure or {}).items():
            self.put(name, text, secure=True)

    def get(self, name: str) -> str:
        """The value of a parameter now. Raises ValueError with the server's words."""
        value: str = self._call("GetParameter", Name=name, WithDecryption=True)["Parameter"]["Value"]
        return value

    def fault(self, kind: Kind, operation: str | None = None, times: int | None = None, seconds: float = 0.0) -> Fault:
        """Have something go wrong from now on (`parastore.testing.unwell`); `happened` of the answer counts."""
        fault = Fault(kind, operation, times, seconds)
        self._faults.append(fault)
        self._server.set_faults(self._keys, self._faults)
        return fault

    def well(self) -> None:
        """No more faults."""
        self._faults.clear()

    def environment(self) -> dict[str, str]:
        """Variables by which every AWS client, also of a child process, finds the account."""
        endpoints = {f"AWS_ENDPOINT_URL_{service}": self.url for service in SERVICES}
        regions = {"AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}
        return endpoints | regions | self._keys.for_environment() | {"AWS_EC2_METADATA_DISABLED": "true"}

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have this process's clients use the account, until the monkeypatch ends."""
        import botocore.auth  # noqa: PLC0415
        import botocore.session  # noqa: PLC0415

        for name in _OTHERS:
            monkeypatch.delenv(name, raising=False)
        for name, value in self.environment().items():
            monkeypatch.setenv(name, value)
        if (boto3 := sys.modules.get("boto3")) is not None:
            monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        monkeypatch.setattr(botocore.session, "create_loader", _models_from_before)
        real = botocore.auth.get_current_datetime

        def moved(*args: Any, **kwargs: Any) -> datetime:
            now: datetime = real(*args, **kwargs)
            return now + timedelta(milliseconds=self._server.clock.offset)

        monkeypatch.setattr(botocore.auth, "get_current_datetime", moved)

    def _put(self, name: str, value: str, kind: str) -> None:
        self._call("PutParameter", Name=full_name(name), Value=value, Type=kind, Overwrite=True)

    def _call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Call the server without the faults of the account."""
        self._server.set_faults(self._keys, [])
        try:
            answer = self._wire.call(operation, **members)
        finally:
            self._server.set_faults(self._keys, self._faults)
        if answer.status != 200:
            said = answer.body.get("message") or answer.body.get("Message") or answer.body["__type"]
            raise ValueError(f"{operation} {members['Name']}: {said}")
        return answer.body

    def __enter__(self) -> TestAccount:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.set_faults(self._keys, [])
        self.clock.reset()
        self._wire.close()
