"""Locks that hold over all processes of a site: the database keeps them, by number."""

from __future__ import annotations

from enum import IntEnum, unique

from django.db import connection


@unique
class Lock(IntEnum):
    """What only one process does at a time. WRITING_EVENTS is held, shared, by each that wrote an event."""

    SEALING = 7_305_042
    MIGRATING = 7_305_043
    WRITING_EVENTS = 7_305_044  # migration 0003 of the audit trail has this number too
    EDITION = 7_305_045
    PACK = 7_305_061  # two packs at once would be drawn twice over


def take(lock: Lock) -> None:
    """Wait until nobody else holds a lock, and hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [lock])
