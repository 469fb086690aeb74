import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("through", models.DateField()),
                ("rules", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="SafeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.PositiveIntegerField()),
                ("until", models.PositiveIntegerField(null=True)),
                ("place", models.CharField(max_length=80)),
                ("month", models.DateField()),
                ("line", models.CharField(max_length=8)),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(null=True), size=23),
                ),
                ("lows", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=23)),
                (
                    "highs",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(null=True), size=23),
                ),
                ("version", models.PositiveSmallIntegerField(help_text="Of the submission it comes from.")),
                ("received_on", models.DateField()),
                ("n_sent_hidden", models.PositiveSmallIntegerField(default=0)),
                ("n_shown_before", models.PositiveSmallIntegerField(default=0)),
                (
                    "withheld",
                    models.CharField(blank=True, default="", help_text="Why the whole line is hidden.", max_length=200),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["line", "month", "place"], name="figures_saf_line_cf4075_idx"),
                    models.Index(fields=["place", "line", "month"], name="figures_saf_place_c661d5_idx"),
                    models.Index(fields=["month", "place"], name="figures_saf_month_8ec66b_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("place", "month", "line", "since"), name="one_line_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("place", "month", "line"),
                        name="one_line_now",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                        name="shown_before_ended",
                    ),
                ],
            },
        ),
    ]
