"""A worker's service: the engine, the key ring and the operations, put together."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from parastore.audit.keep import Keeper
from parastore.audit.sinks import Sink, all_of, read_token
from parastore.audit.sinks import sender as audit_sender
from parastore.audit.trail import Trail
from parastore.cloudtrail import operations as cloudtrail
from parastore.errors import ServiceError, ServiceUnavailableException
from parastore.events.deliver import Delivery, prune
from parastore.events.sinks import sender
from parastore.house import House, furnish
from parastore.iam.operations import OPERATIONS as IAM_OPERATIONS
from parastore.kms.operations import OPERATIONS as KMS_OPERATIONS
from parastore.kms.operations.expire import carry_out_due
from parastore.pipeline import refuse, shed
from parastore.seal.barrier import Barrier
from parastore.seal.keyring import KeyRing, StaleRing
from parastore.seal.secret import Secrets
from parastore.seal.store import confirm
from parastore.server import metrics, tracing
from parastore.server.guard import Guard
from parastore.server.jobs import Job, running
from parastore.server.settings import Settings
from parastore.server.state import State
from parastore.server.throttle import Throttle
from parastore.server.turn import begin_each
from parastore.server.unlock import load_ring
from parastore.ssm import secretsmanager
from parastore.ssm.operations import OPERATIONS as SSM_OPERATIONS
from parastore.ssm.operations.expire import carry_out_policies
from parastore.ssm.operations.validate import validate_images
from parastore.ssm.public.catalogue import publish
from parastore.ssm.public.images import read_images
from parastore.ssm.secretsmanager import SecretsManager
from parastore.storage.protocol import Engine, StorageError, Transaction
from parastore.sts import issuers
from parastore.sts.operations import OPERATIONS as STS_OPERATIONS
from parastore.wire.http import Begun, Handler, HttpRequest, HttpResponse, Service
from parastore.wire.route import UnknownProtocol, route

if TYPE_CHECKING:
    from parastore.storage.postgres_replica import Replica

T = TypeVar("T")

LAST_USE_EVERY = 60.0  # seconds between two times that it is stored when keys were last used
METRICS_EVERY = 10.0  # seconds between two looks at the state that is sent as metrics
POLICIES_EVERY = 1.0  # seconds between two looks for policies of parameters, and dates of keys, that have fallen due


class _HouseService:
    def __init__(self, house: House, handle: Handler, trail: Trail, state: State) -> None:
        self._house = house
        self.handle = handle
        self._trail = trail
        self._state = state

    def begin(self, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
        self._trail.gather()
        begun = begin_each(self.handle, requests)
        try:
            self._trail.settle()
        except ServiceUnavailableException as lost:
            # Whoever waits has written nothing yet, and will be told the same if it goes on.
            return [
                each if isinstance(each, Begun) else self._withdraw(request, each, lost)
                for request, each in zip(requests, begun, strict=True)
            ]
        return begun

    def _withdraw(self, request: HttpRequest, answer: HttpResponse, lost: ServiceUnavailableException) -> HttpResponse:
        """What is answered after all, where no record could be kept of an answer."""
        try:
            action = route(request, self._house.table).action
        except (UnknownProtocol, ServiceError):
            action = ""
        metrics.requests.withdraw(action, answer.code, lost.code)
        return refuse(lost, request, answer.request_id)

    def shed(self, request: HttpRequest) -> HttpResponse:
        return shed(request, self._house)

    async def ready(self) -> str | None:
        try:
            await self._house.engine.read().fetch_row("SELECT 1 FROM installation")
        except StorageError as error:
            return str(error)
        if self._trail.failure is not None:
            return f"the audit trail cannot be written: {self._trail.failure}"
        sealed = self._house.barrier.sealed
        return None if sealed is None else f"sealed: {sealed}"

    async def metrics(self) -> tuple[bytes, str]:
        await self._state.look()
        return metrics.render()


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _replica(settings: Settings, engine: Engine) -> Replica | None:
    """The standby that may be read, if there is one."""
    if settings.database_replica is None:
        return None
    # Loaded only where it is used.
    from parastore.storage.postgres import PostgresEngine  # noqa: PLC0415
    from parastore.storage.postgres_replica import Replica  # noqa: PLC0415

    assert isinstance(engine, PostgresEngine)
    return Replica(engine, settings.database_replica.reveal(), settings.database_connections)


def _watching(replica: Replica) -> Job:
    async def look() -> bool:
        await replica.look()
        metrics.replica_in_step.set(replica.in_step)
        return False

    return Job("replica", 1.0, look)


def _jobs(
    house: House, settings: Settings, deliveries: Sequence[Delivery], guard: Guard, keeper: Keeper, told: Sequence[Sink]
) -> Sequence[Job]:
    sinks = [sink.name for sink in settings.sinks or ()]
    images = read_images(settings.ec2_images)

    def forget() -> Coroutine[Any, Any, bool]:
        return prune(house.engine, sinks, house.clock() - int(settings.event_retention * 1000))

    return (
        Job("throughput", 1.0, Throttle(house, settings).refresh),
        Job(
            "policies",
            POLICIES_EVERY,
            _unsealed(house, lambda engine, ring: carry_out_policies(engine, ring, house.clock(), house.trail.pass_on)),
        ),
        Job(
            "keys",
            POLICIES_EVERY,
            _unsealed(house, lambda engine, ring: carry_out_due(engine, ring, house.clock(), house.trail.pass_on)),
        ),
        Job(
            "images",
            0.2,
            _unsealed(house, lambda engine, ring: validate_images(engine, ring, house.clock(), images)),
        ),
        *(Job(f"deliver {name}", 0.5, each.run) for name, each in zip(sinks, deliveries, strict=True)),
        Job("prune events", 30, forget),
        Job("last use", LAST_USE_EVERY, lambda: house.uses.store(house.engine)),
        Job("audit", 1.0, _unsealed(house, lambda engine, ring: keeper.turn(ring))),
        *(Job(f"audit to {each.name}", 0.2, each.turn) for each in told),
        Job("guard", 0.2, lambda: guard.look(house.engine)),
    )


class _Confirming:
    """An engine whose every write is done with the ring in force, or not at all (StaleRing)."""

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        self._engine = engine
        self._ring = ring
        self.read = engine.read
        self.scrub = engine.scrub
        self.close = engine.close

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, quiet: bool = False) -> T:
        async def confirmed(tx: Transaction) -> T:
            await confirm(tx, self._ring)
            return await work(tx)

        return await self._engine.write(confirmed, quiet=quiet)


def _unsealed(house: House, run: Callable[[Engine, KeyRing], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
    """The work of a job that opens or seals values: its turn is left out while the server is sealed."""

    async def turn() -> bool:
        if house.barrier.sealed is not None:
            return False
        try:
            ring = await house.barrier.ring(house.engine.read())
            return await run(_Confirming(house.engine, ring), ring)
        except (ServiceUnavailableException, StaleRing):
            return False

    return turn


@contextlib.asynccontextmanager
async def open_service(
    settings: Settings, clock: Callable[[], int] = _milliseconds, secrets: Secrets | None = None
) -> AsyncIterator[Service]:
    """The service on a data folder that was started before; sealed for as long as its root key cannot be had.

    `clock` gives milliseconds since the epoch to everything: signatures, requests and jobs. Raises StorageError.
    """
    publish(settings.public_parameters_dir)
    telemetry = tracing.begin(settings)
    url = settings.secretsmanager_endpoint_url
    peer = SecretsManager(url, settings.secretsmanager_profile) if url else None
    secretsmanager.use(telemetry.awaited("Secrets Manager/GetSecretValue", peer.find) if peer else None)
    issuers.use(settings.oidc_issuers, telemetry.outgoing("read an issuer's keys", issuers.fetch))
    engine = settings.location.open()
    replica = _replica(settings, engine)
    deliveries = [
        Delivery(engine, sink, clock, metrics.observe, telemetry.outgoing(f"deliver {sink.name}", sender(sink)))
        for sink in settings.sinks or ()
    ]
    guard = Guard(settings.guard)
    folder = settings.data_dir / "audit"
    lookups = cloudtrail.operations(folder)
    keeper = Keeper(
        engine,
        folder,
        clock,
        most_bytes=settings.audit_file_bytes,
        longest=int(settings.audit_file_age * 1000),
        retention=settings.audit_retention_days * 86_400_000,
        shared=settings.database is not None,
    )
    token = read_token(settings.audit_sink_token_file)
    told = [
        Sink(name, telemetry.outgoing("give audit records", audit_sender(name, token)))
        for name in settings.audit_sinks or ()
    ]
    if told:
        keeper.trail.passed_on = all_of(told)
    try:
        for each in deliveries:
            await each.register()
        await keeper.open()
        load = telemetry.awaited("open the key ring", load_ring)
        barrier = Barrier(lambda: load(engine.read(), settings.data_dir, secrets, aside=True))
        house = furnish(
            engine,
            barrier,
            public=(*guard.over(SSM_OPERATIONS), *KMS_OPERATIONS, *IAM_OPERATIONS, *STS_OPERATIONS, *lookups),
            internal=KMS_OPERATIONS,
            clock=clock,
            trail=keeper.trail,
            max_body=settings.max_body_bytes,
            watch=metrics.requests.watch,
            replica=replica,
        )
        answer = telemetry.over(house, "postgresql" if settings.database else "sqlite")
        state = State(house, keeper.trail, [sink.name for sink in settings.sinks or ()], told, settings.location)
        service = _HouseService(house, answer, keeper.trail, state)
        jobs = _jobs(house, settings, deliveries, guard, keeper, told)
        if replica is not None:
            jobs = (*jobs, _watching(replica))
        if settings.otlp_endpoint is not None:
            jobs = (*jobs, Job("metrics", METRICS_EVERY, state.look))
        async with barrier.opened(), running(jobs):
            yield service
    finally:
        for each in deliveries:
            each.close()
        for sink in told:
            await sink.close()
        await keeper.close()
        if replica is not None:
            await replica.close()
        await engine.close()
        await telemetry.close()
