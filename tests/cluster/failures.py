"""What can go wrong with a cluster, each done and undone."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

from parastore.testing.cluster import Cluster
from parastore.testing.patroni import TTL, Member

# Seconds that the cluster has for electing another primary, on a machine that is slow.
ELECTION = 90
# Seconds after which a watchdog resets a machine that hangs: before another may become the primary.
WATCHDOG = TTL - 5

Failure = Callable[[Cluster], None]


def kill_primary(cluster: Cluster) -> None:
    """A machine that crashes."""
    kill(cluster, cluster.primary())


def cut_primary(cluster: Cluster) -> None:
    """A machine that nobody reaches and that reaches nobody: the others replace it, and then it is back."""
    member = cluster.primary()
    assert member.host is not None
    member.host.cut()
    try:
        cluster.wait_for_primary(ELECTION, besides=member)
    finally:
        member.host.mend()


def hang_primary(cluster: Cluster) -> None:
    """A machine that hangs, so that its connections stay open and are silent, until its watchdog resets it."""
    member = cluster.primary()
    member.signal(signal.SIGSTOP)
    time.sleep(WATCHDOG)
    kill(cluster, member)


def kill(cluster: Cluster, member: Member) -> None:
    """End a member's machine, and start it again when there is another primary."""
    member.signal(signal.SIGKILL)
    cluster.wait_for_primary(ELECTION)
    cluster.start_member(member)


def kill_postmaster(cluster: Cluster) -> None:
    """A PostgreSQL that crashes, under a Patroni that sees it."""
    os.kill(cluster.primary().postmaster(), signal.SIGKILL)
    time.sleep(2)
    cluster.wait_for_primary(ELECTION)


def kill_node(cluster: Cluster) -> None:
    """A Parastore that crashes, and is started again."""
    node = random.choice(cluster.nodes)
    node.kill()
    time.sleep(3)
    node.start(60)


def kill_primary_and_node(cluster: Cluster) -> None:
    """Two machines that crash at once."""
    node = random.choice(cluster.nodes)
    node.kill()
    kill(cluster, cluster.primary())
    node.start(60)


def skew_clock(cluster: Cluster) -> None:
    """A Parastore whose clock jumps two minutes ahead, then two back, and is set right."""
    node = random.choice(cluster.nodes)
    for seconds in (120, -120, 0):
        cluster.skew(node, seconds)
        time.sleep(2)
