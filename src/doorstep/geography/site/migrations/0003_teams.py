"""A version may also be one that says which practices the teams have; only the words of what was done change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Changes no column."""

    dependencies = [("where", "0002_only_added")]
    operations = [
        migrations.AlterField(
            model_name="setversion",
            name="did",
            field=models.CharField(
                choices=[
                    ("created", "made the set"),
                    ("changed", "changed areas or names"),
                    ("recognised", "recorded who recognises an area"),
                    ("teams", "said which practices teams have"),
                    ("reasoned", "recorded a reason"),
                    ("retired", "ended the set"),
                ],
                max_length=10,
            ),
        ),
    ]
