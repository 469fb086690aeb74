"""A Place with nothing but a plain list of keys and days beside its activity: from the list to a return."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from journey_homes import new_home

from doorstep.cli import main
from doorstep.planning import build_return
from doorstep.records import load
from doorstep.returns import COLUMNS
from doorstep.synthetic import Parameters, make
from doorstep.synthetic.parameters import Rates

MONTH, KNOWN = date(2026, 7, 1), date(2026, 9, 30)


def doorstep(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out + told.err


def test_a_plain_list_of_keys_becomes_the_cohort_of_a_return(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = Rates(cohort_of_adults=0.5)
    make(Parameters("Sefton", months=4, seed=2, people=600, ways=("C",), rates=rates), tmp_path / "x")
    first = sorted((tmp_path / "x" / "way_c").iterdir())[0]
    (theirs,) = first.glob("cohort*.csv")
    with theirs.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["identified_on"] < "2026-07-01" and not r["left_on"]]
    listed = {r["Der_Pseudo_NHS_Number"]: r["identified_on"] for r in rows if r["Der_Pseudo_NHS_Number"]}
    shutil.rmtree(tmp_path / "activity", ignore_errors=True)
    shutil.copytree(first, tmp_path / "activity", ignore=shutil.ignore_patterns("cohort*"))
    plain = tmp_path / "our list.csv"
    plain.write_text("Patient Ref,identified_on\n" + "".join(f"{k},{d}\n" for k, d in listed.items()))

    home = new_home(tmp_path / "home")
    load(home, [tmp_path / "activity"])
    monkeypatch.setenv("DOORSTEP_HOME", str(home.root))
    code, text = doorstep(capsys, "cohort", "import", str(plain), "--received", "2026-08-20")
    assert code >= 2 and "--key" in text
    code, text = doorstep(capsys, "cohort", "import", str(plain), "--key", "Patient Ref", "--received", "2026-08-20")
    assert code < 2, text
    assert [line.split() for line in text.splitlines() if line.startswith("local")] == [["local", str(len(listed))]]

    found = build_return(home, place="Sefton", month=MONTH, known_by=KNOWN, accept_incomplete="a list").figures
    assert found.patients[0] == len(listed) > 30
    ages = [n for (what, _), n in zip(COLUMNS, found.patients, strict=True) if what == "Age Group"]
    assert sum(ages) == len(listed) and ages[-1] > 0  # the list says no birth dates: some ages are not known
    assert found.counts["O6a"][0] > 10 and sum(found.counts[m][0] for m in ("O1a", "O1b", "O1c")) > 0


def test_a_key_and_a_mapping_are_not_both_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "l.csv"
    file.write_text("k,identified_on\n")
    code, text = doorstep(capsys, "cohort", "import", str(file), "--key", "k", "--mapping", "m.toml")
    assert code == 2 and "a mapping names the key itself" in text
