"""Bringing the database to this version's tables, one process at a time."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from doorstep.web.locks import Lock


def waiting() -> list[str]:
    """Return the migrations that are not applied yet, as app.name, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{one.app_label}.{one.name}" for one, _ in plan]


def migrate() -> list[str]:
    """Apply what waits and return it; a second process waits until the first is done, and then has nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [Lock.MIGRATING])
        try:
            names = waiting()
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [Lock.MIGRATING])
    return names


def known() -> set[str]:
    """Return every migration that this version knows, as app.name."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
