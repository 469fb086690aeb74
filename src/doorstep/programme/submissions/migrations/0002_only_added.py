"""The database itself refuses to change what was received, decided or written, and to delete any of it."""

from django.db import migrations

_REFUSE = """
create function submissions_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are only added: % refused', tg_table_name, tg_op;
end $$
"""
# Of a submission the counts of findings follow the newest run of the checks; what came and when does not change.
_RECEIVED = (
    "id, place_id, month, version, file_name, file, sha256, received_on, received_at, received_by_id, lines, note"
)
_KEPT = ("submissions_finding", "submissions_decision", "submissions_logentry")


def _trigger(name: str, table: str, when: str) -> tuple[str, str]:
    return (
        f"create trigger {name} before {when} on {table} for each row execute function submissions_refuse()",
        f"drop trigger {name} on {table}",
    )


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("submissions", "0001_initial")]
    operations = [
        migrations.RunSQL(_REFUSE, "drop function submissions_refuse()"),
        *(migrations.RunSQL(*_trigger(f"{table}_kept", table, "update or delete")) for table in _KEPT),
        migrations.RunSQL(
            *_trigger("submissions_submission_kept", "submissions_submission", f"delete or update of {_RECEIVED}")
        ),
    ]
