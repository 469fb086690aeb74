"""The database refuses to change, delete or empty the audit trail and its seals, whoever asks."""

from collections.abc import Iterator

from django.db import migrations

_FUNCTION = """
create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only: % of % refused', tg_op, tg_table_name;
end $$
"""
_TABLES = ("audit_event", "audit_seal")


def _triggers() -> Iterator[tuple[str, str]]:
    for table in _TABLES:
        yield (
            f"create trigger {table}_rows before update or delete on {table} for each row execute function audit_refuse()",
            f"drop trigger {table}_rows on {table}",
        )
        yield (
            f"create trigger {table}_whole before truncate on {table} for each statement execute function audit_refuse()",
            f"drop trigger {table}_whole on {table}",
        )


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(_FUNCTION, "drop function audit_refuse()"),
        *(migrations.RunSQL(forward, backward) for forward, backward in _triggers()),
    ]
