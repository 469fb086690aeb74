"""The database itself refuses to change or delete a set or one of its versions."""

from django.db import migrations

_REFUSE = """
create function where_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are only added: % refused', tg_table_name, tg_op;
end $$
"""
_TABLES = ("where_areaset", "where_setversion")


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("where", "0001_initial")]
    operations = [
        migrations.RunSQL(_REFUSE, "drop function where_refuse()"),
        *(
            migrations.RunSQL(
                f"create trigger {table}_kept before update or delete on {table} "
                "for each row execute function where_refuse()",
                f"drop trigger {table}_kept on {table}",
            )
            for table in _TABLES
        ),
    ]
