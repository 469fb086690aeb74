"""`doorstep backup` and `doorstep restore`: the site's whole database in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from doorstep.cli.output import json_option, n_of, report
from doorstep.cli.serve_site import database_option, site
from doorstep.errors import DataError

if TYPE_CHECKING:
    from doorstep.web.backup.files import Manifest


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write; it must not exist.")
@database_option
@json_option
def backup(out: Path, database: Path | None, as_json: bool) -> int:
    """Copy the site's whole database into one file, while the site runs.

    The file holds password hashes and authenticator secrets, and it is not encrypted: keep it on encrypted storage.
    """
    from doorstep.web.backup import making

    with site(folder=database, must_exist=True) as found:
        from doorstep.web.audit import actions as audit  # Django must be set up before a model is imported

        audit.seal()
        made = making.make(found.url, out, role=found.settings.role)
    rows = sum(one.rows for one in made.tables.values())
    lines = [
        f"{n_of(rows, 'row')} of {n_of(len(made.tables), 'table')}, newest audit seal {made.newest_seal or 'none'}",
        f"wrote {out}: not encrypted, keep it on encrypted storage",
    ]
    report(as_json, {**_facts(made), "wrote": str(out)}, lines)
    return 0


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@database_option
@json_option
def restore(file: Path, database: Path | None, as_json: bool) -> int:
    """Put a backup back into an empty database, and check every row and the audit trail.

    Everything happens in one transaction: cut off at any moment, the database is empty as before.
    """
    from doorstep.web import migrating
    from doorstep.web.backup import restoring

    with site(folder=database) as found:
        from doorstep.web.audit import actions as audit

        made = restoring.restore(found.url, file, role=found.settings.role, known_migrations=migrating.known())
        verdict = audit.verify(holds=made.newest_seal)
        waiting = migrating.waiting()
    if verdict.faults:
        raise DataError(
            f"the rows are as they were, and their audit trail is broken: {'; '.join(verdict.faults[:3])}",
            where=str(file),
            do="the trail was broken before the backup: find out when, with an older backup",
        )
    lines = [
        f"restored {n_of(sum(one.rows for one in made.tables.values()), 'row')} of {n_of(len(made.tables), 'table')},"
        f" each table as it was on {made.made_at}",
        f"the audit trail verifies: {n_of(verdict.n_seals, 'seal')} over {n_of(verdict.n_sealed, 'event')}",
        *(["next: `doorstep migrate`, this version has newer tables"] if waiting else []),
    ]
    report(as_json, {**_facts(made), "seals": verdict.n_seals, "waiting": waiting}, lines)
    return 0


def _facts(made: Manifest) -> dict[str, object]:
    tables = {name: {"rows": one.rows, "sha256": one.sha256} for name, one in made.tables.items()}
    return {"made_at": made.made_at, "role": made.role, "newest_seal": made.newest_seal, "tables": tables}
