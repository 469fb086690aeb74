"""Checks of the seals are kept, only added; and the trail is read by action, object, Place and day."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_writers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("n_seals", models.PositiveIntegerField()),
                ("n_sealed", models.PositiveBigIntegerField()),
                ("last", models.BigIntegerField()),
                ("hash", models.CharField(blank=True, default="", max_length=64)),
                ("faults", models.JSONField(default=list)),
            ],
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["at", "id"], name="audit_event_at_8df941_idx"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["action", "at"], name="audit_event_action_dbd250_idx"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["thing", "at"], name="audit_event_thing_d3bbc9_idx"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["place", "at"], name="audit_event_place_041809_idx"),
        ),
        *(
            migrations.RunSQL(
                f"create trigger audit_check_{name} before {what} on audit_check for each {each} execute function audit_refuse()",
                f"drop trigger audit_check_{name} on audit_check",
            )
            for name, what, each in (("rows", "update or delete", "row"), ("whole", "truncate", "statement"))
        ),
    ]
