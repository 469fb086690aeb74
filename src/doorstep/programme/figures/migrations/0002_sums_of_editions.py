"""Sums over Places are stored with each edition; lines are found by the editions they begin and end with."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("figures", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.CharField(max_length=8)),
                ("month", models.DateField()),
                (
                    "places",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("received_on", models.DateField()),
                ("events", models.BigIntegerField(null=True)),
                ("events_low", models.BigIntegerField()),
                ("events_high", models.BigIntegerField(null=True)),
                ("patients", models.BigIntegerField(null=True)),
                ("patients_low", models.BigIntegerField(null=True)),
                ("patients_high", models.BigIntegerField(null=True)),
                ("stays_low", models.BigIntegerField(null=True)),
                ("n_left_out", models.PositiveIntegerField()),
                ("n_hidden", models.PositiveIntegerField()),
                ("n_sent_hidden", models.PositiveIntegerField()),
                ("n_shown_before", models.PositiveIntegerField()),
                ("n_withheld", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="safeline",
            index=models.Index(fields=["since"], name="figures_saf_since_73e125_idx"),
        ),
        migrations.AddIndex(
            model_name="safeline",
            index=models.Index(fields=["until"], name="figures_saf_until_9b24ed_idx"),
        ),
        migrations.AddIndex(
            model_name="safeline",
            index=models.Index(
                condition=models.Q(("withheld", ""), _negated=True), fields=["month"], name="lines_withheld"
            ),
        ),
        migrations.AddField(
            model_name="monthsum",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sums", to="figures.edition"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthsum",
            constraint=models.UniqueConstraint(fields=("edition", "line", "month"), name="one_sum_once"),
        ),
    ]
