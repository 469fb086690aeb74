"""Packs that are asked for and not made yet."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("figures", "0002_sums_of_editions"),
        ("scorecard", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Wanted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(blank=True, default="", max_length=80)),
                ("at", models.DateTimeField()),
                ("is_of_publishing", models.BooleanField(default=False)),
                ("n_tries", models.PositiveSmallIntegerField(default=0)),
                ("why", models.CharField(blank=True, default="", max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="figures.edition"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("edition", "place"), name="one_pack_wanted_once")],
            },
        ),
    ]
