"""`doorstep population`: build the person table, count it, and explain one person."""

from __future__ import annotations

import click

from doorstep.cli.population_verbs.build import build_command
from doorstep.cli.population_verbs.changes import changes_command
from doorstep.cli.population_verbs.explain import explain_command
from doorstep.cli.population_verbs.risk import risk_group
from doorstep.cli.population_verbs.summary import summary_command
from doorstep.cli.population_verbs.update import update_command


@click.group()
def group() -> None:
    """Build the person table: who, and why."""


for _verb in (build_command, update_command, changes_command, explain_command, risk_group, summary_command):
    group.add_command(_verb)
