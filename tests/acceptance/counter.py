"""Count one month of the NNHIP return from extracts as received: an independent check, standard library only.

Written from the Measurement Guide and the counting rules alone (guide.toml), for de-identified files (way A); it
knows no purposes, opt-outs or EMIS slots, and takes birth dates, not ages. Prints an id and 23 numbers a line.
    counter.py DELIVERIES 2026-03 2026-05-31 QUINTILES.csv PRACTICES.csv
Each folder of DELIVERIES has its delivery.toml; the columns of the others are lsoa21,quintile and practice.
"""

import csv
import gzip
import re
import sys
import tomllib
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

Fields = tuple[str, ...]
GUIDE = tomllib.loads(Path(__file__).with_name("guide.toml").read_text("utf-8"))
NOT_ACUTE = {code for first, last in GUIDE["not_specific_acute"] for code in range(first, last + 1)}
GROUP = {code: i for i, codes in enumerate(GUIDE["ethnic_groups"]) for code in codes}
EVER, YES = date.max, {"1", "yes", "true"}


@cache
def day(text: str, otherwise: date = date.min) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return otherwise


def facts(folder: Path, known: date, stem: str) -> list[Fields]:
    """Return the newest version of each fact that was not refused, deleted or flagged as a duplicate."""
    key, read, version = (GUIDE["files"][stem][part].split() for part in ("key", "read", "version"))
    names, k, r = [*key, *read, *version, "Der_Dupe_Flag", "Deleted"], len(key), len(key) + len(read)
    best: dict[Fields, tuple[tuple[Fields, date], str, Fields]] = {}
    arrivals = ((tomllib.loads(f.read_text("utf-8"))["received_on"], f.parent) for f in folder.glob("*/delivery.toml"))
    for came, place in sorted(a for a in arrivals if a[0] <= known):
        for path in sorted([*place.glob(f"{stem}*.csv"), *place.glob(f"{stem}*.csv.gz")]):
            with gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open() as file:
                rows = csv.reader(file)
                header = [name.lstrip("\ufeff").replace("Der_Pseudo_NHS_Number", "PERSON") for name in next(rows)]
                at = [header.index(name) if name in header else -1 for name in names]
                for row in (tuple(cells[i].strip() if i >= 0 else "" for i in at) for cells in rows):
                    days = [day(text, EVER) for text in row[k : k + GUIDE["files"][stem]["days"]]]
                    rank = tuple(v.zfill(20) for v in row[r:-2]), came
                    refused = row[-2] == "1" or days != sorted(days) or any(d > came for d in days)
                    if not refused and (row[:k] not in best or rank >= best[row[:k]][0]):
                        best[row[:k]] = rank, row[-1].lower(), row[k:r]
    return [fields for _, deleted, fields in best.values() if deleted not in {"1", "true"}]


class Person:  # of each thing, what the first source says that knows it
    def __init__(self) -> None:
        self.born, self.group, self.died = "", "", ""
        self.homes: dict[int, list[tuple[date, str]]] = {}
        self.practices: dict[int, list[tuple[str, date, date]]] = {}

    def learn(self, source: int, row: Fields) -> None:
        _, born, ethnic, lsoa, since, practice, start, end, died = row[:9]
        self.born, self.died = self.born or born, self.died or died
        self.group = self.group or (ethnic if ethnic in GROUP else "")
        if lsoa:
            self.homes.setdefault(source, []).append((day(since), lsoa))
        if practice:
            self.practices.setdefault(source, []).append((practice, day(start), day(end, EVER)))

    def age(self, on: date) -> int:  # -1 where not known; of a month or a year of birth the last day counts
        year, month = int(self.born[:4] or 9999), int(self.born[5:7] or 12)
        birthday = month, int(self.born[8:10] or monthrange(year, month)[1])
        return max(-1, on.year - year - ((on.month, on.day) < birthday))

    def is_adult(self, on: date) -> bool:
        return not 0 <= self.age(on) < 18

    def registered_until(self, first: date, place: set[str]) -> date:
        spans = next(iter(self.practices.values()), [("", date.min, EVER)])
        here = [(start, end) for practice, start, end in spans if practice in place or not practice]
        return max(end for _, end in here) if any(a <= first <= b for a, b in here) else date.min

    def columns(self, on: date, own_lsoa: str, quintile: dict[str, int]) -> tuple[int, int, int, int]:
        """Return positions among the 23: total, age, ethnic group, quintile."""
        homes = next(iter(self.homes.values()), [(date.min, own_lsoa)])
        lsoa = max((home for home in homes if home[0] <= on), default=(on, ""))[1]
        years = self.age(on)
        aged = 10 if years < 0 else 1 if years < 20 else min(years // 10, 9)
        return 0, aged, 11 + GROUP.get(self.group, 5), 16 + quintile.get(lsoa, 6)


def events(read: dict[str, list[Fields]]) -> Iterator[tuple[str, str, str, str, int]]:
    """Yield what counts in any month, for anybody: metric, person, day, the row's own LSOA, how many."""
    for start, end, method, function, _, _, lsoa, who in read["APCS"]:
        if method in GUIDE["admission_methods"] and function and int(function) not in NOT_ACUTE:
            nights = (day(end) - day(start)).days
            yield from (("O2b" if nights else "O2a", who, end, lsoa, 1), ("O3", who, end, lsoa, nights))
    for on, attended, first, specialty, procedures, _, lsoa, who in read["OPA"]:
        coded = any(c and c != "-" and not c.startswith("X99") for c in re.split(r"[|,;\s]+", procedures))
        metric = "O1c" if coded else GUIDE["first_attendance"].get(first)
        if metric and attended in {"5", "6"} and specialty not in GUIDE["not_consultant"]:
            yield metric, who, on, lsoa, 1
    for on, department, mode, acuity, _, lsoa, who in read["EC"]:
        if mode in GUIDE["emergency_ambulance"] and acuity in GUIDE["acuity_1_to_4"]:
            yield f"O4.{GUIDE['acuity_1_to_4'].index(acuity) + 1}", who, on, lsoa, 1
        if department:
            yield "O5a" if department == "01" else "O5b", who, on, lsoa, 1
    codes = {code for code, concept in read["Coding_ClinicalCode"] if concept in GUIDE["programme_codes"]}
    gp, community = ({r[9]: r[0] for r in read[stem]} for stem in ("Admin_Patient", "CYP001MPI"))
    own = {(gp.get(g), practice, day(on)) for g, practice, on, code in read["CareRecord_Observation"] if code in codes}
    for on, who, practice, *attended_gp, setting in read["appointments"]:
        if attended_gp == ["Attended", "GP"] and setting in {"General Practice", "Primary Care Network"}:
            yield from [("O6a", who, on, "", 1)] if (who, practice, day(on)) not in own else []
    yield from (("O6b", community.get(p, ""), on, "", 1) for on, p, a in read["CYP201CareContact"] if a in {"5", "6"})


def count(folder: Path, first: date, known: date, quintile: dict[str, int], place: set[str]) -> dict[str, list[int]]:
    last = first.replace(day=monthrange(first.year, first.month)[1])
    read = {stem: facts(folder, known, stem) for stem in GUIDE["files"]}
    rows = [(i, r) for i, stem in enumerate(("Admin_Patient", "cohort", "CYP001MPI")) for r in read[stem]]
    stays = [(r[1], r[-3], r[-1], r[1] if r[4] == "4" else "") for r in read["APCS"]]
    hospital = sorted([*stays, *((r[0], r[-3], r[-1], "") for r in read["OPA"] + read["EC"])], reverse=True)
    rows += [(3, (who, "", ethnic, "", "", "", "", "", died)) for _, ethnic, who, died in hospital]  # latest first
    people: defaultdict[str, Person] = defaultdict(Person)
    for source, row in rows:
        people[row[0]].learn(source, row)
    until: dict[str, date] = {}
    for who, *_, name, found, left in read["cohort"]:
        end = min(day(left, EVER), day(people[who].died, EVER), people[who].registered_until(first, place))
        if who and name in {"", "local"} and date.min < day(found) < first <= end and people[who].is_adult(first):
            until[who] = max(end, until.get(who, end))
    table = {name: [0] * 23 for name in [*GUIDE["metrics"], "patients", "P1"]}
    for metric, who, on, lsoa, n in [*(("patients", who, str(first), "", 1) for who in until), *events(read)]:
        if first <= day(on) <= min(last, until.get(who, date.min)):
            for column in people[who].columns(day(on), lsoa, quintile):
                table[metric][column] += n
    cases = ((max(day(a), first), day(b, EVER), p) for a, b, nnhip, p in read["caseload"] if nnhip in YES)
    table["P1"][0] = len({p for a, b, p in cases if p and a <= last and b >= first and people[p].is_adult(a)})
    return table


if __name__ == "__main__":
    areas, practices = (csv.DictReader(Path(path).read_text("utf-8").splitlines()) for path in sys.argv[4:6])
    fifths, ours = {row["lsoa21"]: int(row["quintile"]) for row in areas}, {row["practice"] for row in practices}
    for line, counts in count(Path(sys.argv[1]), day(f"{sys.argv[2]}-01"), day(sys.argv[3]), fifths, ours).items():
        print(line, *counts, sep=",")
