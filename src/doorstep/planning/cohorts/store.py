"""Where a Place's cohorts lie on disk: the rule, each run, the newest membership, and what was frozen.

`planning/cohorts/<name>/definition.toml`, `runs/<day>.parquet` with `runs/<day>.json`, `membership.parquet`, and
`frozen.parquet` with `frozen.json`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning.definitions import CohortRule, file_hash, read_definition
from doorstep.planning.person_file import replace_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# One row is one stay in the cohort, both days included; left_on is null while in it.
COLUMNS = "person_id, identified_on, source, left_on, reason"
EMPTY = """
select null::varchar as person_id, null::date as identified_on, null::varchar as source, null::date as left_on,
       null::varchar as reason
where false
"""


@dataclass(frozen=True)
class Run:
    """One evaluation of a rule: the membership after it, and what it was made from."""

    path: Path
    meta: dict[str, Any]

    @property
    def as_at(self) -> date:
        """The day that the rule was asked about."""
        return date.fromisoformat(self.meta["as_at"])

    @property
    def known_by(self) -> date:
        """What was known by this day went into it."""
        return date.fromisoformat(self.meta["known_by"])

    def check(self) -> None:
        """Raise NotWhatItClaimsError where the file was changed since."""
        _check(self.path, self.meta["sha256"])


@dataclass(frozen=True)
class CohortFolder:
    """The files of one cohort; nothing is created until written. Raises UsageError for a name that is no file name."""

    root: Path
    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_ -]{0,62}", self.name):
            raise UsageError(f"the name {self.name!r}", expected="letters, digits, blanks, - and _", where="cohort")

    @classmethod
    def of(cls, home: Home, name: str) -> CohortFolder:
        """Return the folder of a cohort of this home."""
        return cls(home.planning / "cohorts" / name, name)

    @property
    def definition_file(self) -> Path:
        """The rule, where the cohort has one."""
        return self.root / "definition.toml"

    @property
    def membership_file(self) -> Path:
        """The membership after the newest run."""
        return self.root / "membership.parquet"

    @property
    def frozen_file(self) -> Path:
        """The members on the day the cohort was frozen."""
        return self.root / "frozen.parquet"

    def definition(self) -> CohortRule:
        """Return the rule; UsageError where there is none."""
        if not self.definition_file.exists():
            raise UsageError(
                f"the cohort {self.name} has no rule",
                expected="a cohort made by `doorstep cohort define FILE.toml`",
                do="see `doorstep cohort list`; a list that was loaded has members but no rule to run",
            )
        return read_definition(CohortRule, self.definition_file, name=self.name)

    def runs(self) -> list[Run]:
        """Return the runs, oldest day first."""
        found = sorted((self.root / "runs").glob("*.json"))
        return [Run(p.with_suffix(".parquet"), json.loads(p.read_text(encoding="utf-8"))) for p in found]

    def frozen(self) -> dict[str, Any] | None:
        """Return who froze it, when, and what; None where it is not frozen.

        Raises NotWhatItClaimsError where the frozen file was changed.
        """
        path = self.root / "frozen.json"
        if not path.exists():
            return None
        meta: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _check(self.frozen_file, meta["sha256"])
        return meta

    def write_run(self, con: DuckDBPyConnection, table: str, meta: dict[str, Any]) -> None:
        """Keep the membership in `table` as the run of a day, and as the newest membership."""
        path = self.root / "runs" / f"{meta['as_at']}.parquet"
        digest = write_table(con, table, path)
        replace_text(path.with_suffix(".json"), json.dumps({**meta, "sha256": digest}, indent=1))
        write_table(con, table, self.membership_file)

    def write_frozen(self, con: DuckDBPyConnection, table: str, meta: dict[str, Any]) -> dict[str, Any]:
        """Keep the members in `table` for good. Raises ConfigurationError where something is frozen already."""
        if found := self.frozen():
            raise ConfigurationError(
                f"{self.name} was frozen for {found['on']} by {found['signed_by']}",
                expected="a cohort that is not frozen yet",
                where=str(self.frozen_file),
                do="define a new cohort under another id; what is frozen is never replaced",
            )
        digest = write_table(con, table, self.frozen_file)
        kept = {**meta, "sha256": digest}
        replace_text(self.root / "frozen.json", json.dumps(kept, indent=1))
        for name in ("frozen.parquet", "frozen.json"):
            (self.root / name).chmod(0o444)
        return kept


def folders(home: Home) -> list[CohortFolder]:
    """Return every cohort that has a folder in this home, by name."""
    root = home.planning / "cohorts"
    return [CohortFolder(p, p.name) for p in sorted(root.glob("*")) if p.is_dir()]


def write_table(con: DuckDBPyConnection, table: str, path: Path) -> str:
    """Write a membership table so that a reader finds the old file or the new; return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    ordered = con.sql(f"select {COLUMNS} from {table} order by person_id, identified_on")
    ordered.write_parquet(str(draft), compression="zstd")
    draft.replace(path)
    return file_hash(path)


def _check(path: Path, sha256: str) -> None:
    if not path.exists() or file_hash(path) != sha256:
        raise NotWhatItClaimsError(
            "the membership is missing or was changed", expected=f"SHA-256 {sha256}", where=str(path)
        )
