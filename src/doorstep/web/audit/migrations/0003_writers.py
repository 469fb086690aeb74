"""Each transaction that writes an event says so with a lock until it ends, before the event gets its number."""

from django.db import migrations

# For each statement, not each row: it runs before the row's number is drawn. 7305044 is `locks.Lock.WRITING_EVENTS`.
_FUNCTION = """
create function audit_writing() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7305044);
    return null;
end $$
"""
_TRIGGER = (
    "create trigger audit_event_writing before insert on audit_event "
    "for each statement execute function audit_writing()"
)


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(_FUNCTION, "drop function audit_writing()"),
        migrations.RunSQL(_TRIGGER, "drop trigger audit_event_writing on audit_event"),
    ]
