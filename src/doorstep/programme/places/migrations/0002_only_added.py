"""The database itself refuses to change or delete a fact of the register."""

from django.db import migrations

_REFUSE = """
create function places_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'facts of the register are only added: % refused', tg_op;
end $$
"""


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = [("places", "0001_initial")]
    operations = [
        migrations.RunSQL(_REFUSE, "drop function places_refuse()"),
        migrations.RunSQL(
            "create trigger places_placefact_kept before update or delete on places_placefact "
            "for each row execute function places_refuse()",
            "drop trigger places_placefact_kept on places_placefact",
        ),
    ]
