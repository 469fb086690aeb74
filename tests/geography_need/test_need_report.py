"""The audit of the published report, and the wall round who won where."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from doorstep.cli.need import group
from doorstep.errors import DataError
from doorstep.geography import need
from doorstep.geography.need import auditing
from doorstep.geography.need.comparing import read_list
from doorstep.reference import sources

SOURCE = Path(auditing.__file__).parents[1]


@pytest.fixture(scope="module")
def audited() -> dict[str, auditing.Audited]:
    return {c.id: c for c in need.audit_report(need.rank(need.load(), need.shipped())).claims}


def test_what_does_not_hold_is_told(audited: dict[str, auditing.Audited]) -> None:
    failing = {c.id for c in audited.values() if c.verdict == "does not hold"}
    assert failing == {"economic", "mission_classes", "second_place", "case_studies", "boards"}
    assert "exactly ranks 1 to 69" in audited["economic"].found
    assert "60.0%" in audited["second_place"].found
    assert "96.8" in audited["mission_classes"].found


def test_what_can_be_computed_again_is(audited: dict[str, auditing.Audited]) -> None:
    assert "150 of 150 resolve" in audited["names"].found and "9 did not exist in 2011" in audited["names"].found
    assert audited["constituencies"].found.startswith("55 ")
    assert audited["poor_health"].found.startswith("146 of 150")
    assert audited["in_programme"].found.startswith("42 of 150") and "pproximate" in audited["in_programme"].found


def test_every_verdict_changes_when_what_it_stands_on_does(monkeypatch: pytest.MonkeyPatch) -> None:
    areas = [dict(area) for area in auditing._areas()]
    areas[0].update(in_table_2=False, lsoa21_name="Elsewhere", pcon24_name="Elsewhere")
    for area in areas[:20]:
        area["health_decile"] = 3
    monkeypatch.setattr(auditing, "_areas", lambda: tuple(areas))
    verdicts = {name: auditing._BY[name]()[0] for name in ("economic", "names", "constituencies", "health_decile")}
    assert verdicts["economic"] == "cannot be told"
    assert {verdicts[name] for name in ("names", "constituencies", "health_decile")} == {"does not hold"}
    assert auditing._added([1, 2], 3)[0] == "holds" and auditing._added([1, 2], 4)[0] == "does not hold"


def test_corrected_names_are_listed_with_what_was_printed() -> None:
    slips = need.audit_report(need.rank(need.load(), need.shipped())).slips
    assert (133, "Horde", "Horden", "County Durham 036A") in slips
    assert sum(not printed for _, printed, _, _ in slips) == 4


def test_no_code_that_ranks_draws_or_sites_knows_who_won_where() -> None:
    words = ("party", "parties", "winner", "election", "majority_2024", "labour", "conservative", "reform")
    spared = {"auditing.py", "report_claims.toml"}
    found = [
        f"{path.relative_to(SOURCE)}: {word}"
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".toml", ".jinja", ".js"} and path.name not in spared
        for word in words
        if re.search(rf"(?<![a-z]){word}", path.read_text(encoding="utf-8").casefold())  # and no RetireForm
    ]
    assert found == []
    columns = {c.casefold() for s in sources() for c in s.columns}
    assert not [c for c in columns for word in words if word in c]


def test_a_list_is_read_by_code_or_name_and_a_stranger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("rank,lsoa_name\n1,East Lindsey 010A\n2,St Helens 009A\n", encoding="utf-8")
    assert read_list(path)[0] == "E01026048"
    path.write_text("lsoa21\nE01026048\nE01999999\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 3"):
        read_list(path)


def test_the_verbs_write_what_they_print(tmp_path: Path) -> None:
    out = tmp_path / "halton.csv"
    said = CliRunner().invoke(group, ["rank", "--within", "Halton", "--draws", "20", "--top", "3", "--out", str(out)])
    assert said.exit_code == 0, said.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 80 and {r["ltla24_name"] for r in rows} == {"Halton"}
    assert [int(r["rank"]) for r in rows] == sorted(int(r["rank"]) for r in rows)
    assert rows[0]["lsoa21"] in said.output
    listed = pq.read_table(SOURCE.parent / "reference" / "data" / "report_150.parquet").to_pylist()
    path = tmp_path / "list.csv"
    path.write_text("lsoa21\n" + "\n".join(r["lsoa21"] for r in listed), encoding="utf-8")
    compared = CliRunner().invoke(group, ["compare", str(path), "--json"])
    assert '"n_listed": 150' in compared.output
