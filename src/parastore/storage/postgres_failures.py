"""What can go wrong with PostgreSQL: what passes by itself, and what an operator is told."""

from __future__ import annotations

import asyncpg

from parastore.storage.protocol import StorageError

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
# A failover or a restart looks like these for a while, and so does a collision of two transactions.
_PASSING = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (asyncpg.InvalidAuthorizationSpecificationError, "PostgreSQL refuses the user: check name, password, pg_hba.conf"),
    (asyncpg.InvalidCatalogNameError, "there is no such database: make it (CREATE DATABASE)"),
    (asyncpg.InsufficientPrivilegeError, "the user may not do this: make it the owner of the database"),
    (asyncpg.TargetServerAttributeNotMatched, "no server takes writes: see to the cluster's primary"),
    (asyncpg.ReadOnlySQLTransactionError, "the server takes no writes: see to the cluster's primary"),
    (asyncpg.DiskFullError, "PostgreSQL's disk is full: free some space there"),
    (asyncpg.TooManyConnectionsError, "PostgreSQL has too many connections: raise max_connections"),
    (asyncpg.LockNotAvailableError, "another node keeps its turn to write: see pg_stat_activity"),
    (asyncpg.DataCorruptedError, "the database is damaged: stop, and restore a backup"),
    (asyncpg.IndexCorruptedError, "the database is damaged: stop, and restore a backup"),
    (OSError, "PostgreSQL cannot be reached: check that it runs, its address and its firewall"),
)


def storage_error(error: Exception) -> StorageError:
    """What an operator is told about a failure."""
    advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), "PostgreSQL failed")
    return StorageError(f"{advice} ({type(error).__name__}: {' '.join(str(error).split())})")


def passes(error: Exception) -> bool:
    """Whether the same may go well a moment later."""
    if isinstance(error, asyncpg.InterfaceError):  # the connection was closed, or an argument is impossible
        return not isinstance(error, ValueError)
    return isinstance(error, _PASSING)
