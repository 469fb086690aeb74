"""The reference manual of who is found: every kind of definition, and the columns that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doorstep.planning.definitions import (
    Activity,
    DeficitCount,
    Definition,
    Scheme,
    Shelf,
    Tally,
    WeightedSum,
    shipped,
)
from doorstep.planning.engine.columns import person_columns
from doorstep.planning.engine.needs import makes
from doorstep.planning.manual_parts import caveats, head, rule, window_words

# Page -> its title, what it opens with, and its chapters: title and the field of the shelf.
PAGES: Mapping[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "registers.md": (
        "Registers, statuses and recorded values",
        "Read from coded entries of the GP record. An entry without a date counts as earlier than any dated one.",
        (
            ("Registers", "registers"),
            ("Further conditions", "conditions"),
            ("Statuses", "statuses"),
            ("Recorded values", "values"),
            ("Deficits", "deficits"),
        ),
    ),
    "measures.md": (
        "Scores, counts and activity",
        "Read from stays, attendances, appointments, contacts and medicines, and added up from registers.",
        (
            ("Scores of diagnoses", "diagnosis_scores"),
            ("Counts of conditions", "tallies"),
            ("Weighted sums", "weighted"),
            ("Activity", "activities"),
            ("Monthly history", "histories"),
        ),
    ),
    "cohorts.md": (
        "Flags, groups, cohorts and segments",
        "Made of other columns by rules that a Place can copy and change. Nobody is enrolled by one: they find people "
        "for a clinician to look at.",
        (
            ("The national group", "groups"),
            ("Cohorts", "cohorts"),
            ("Flags", "flags"),
            ("Segmentations", "schemes"),
        ),
    ),
}
_WORDS = {"VARCHAR": "text", "BOOLEAN": "yes/no", "DATE": "a day"}
_ENDS = {
    "on": "the day",
    "band": "its band",
    "flag": "why it may not be used",
    "count": "how many deficits",
    "deficits": "which deficits, a bit each",
}
_PERSON = {
    "person_id": "pseudonym",
    "age": "whole years on the day; a birthday counts on its day",
    "sex": "'1' male, '2' female, '9' indeterminate",
    "ethnicity": "category A to S of the 16",
    "ethnic_group": "'White', 'Black', 'Asian', 'Mixed', 'Other', 'Not known'",
    "lsoa21": "home area, 2021 edition",
    "imd_decile": "2025 index of deprivation, 1 most deprived",
    "imd_quintile": "1 most deprived to 5",
    "practice": "practice of registration",
    "is_alive": "alive on the day",
    "is_registered": "with a practice of the Place on the day",
    "died_on": "day of death",
    "registered_until": "last day with a practice of the Place, where that is over",
    "risk_score": "the Place's own score where it has one, else hfrs",
    "risk_band": "'low', 'intermediate', 'high'",
    "in_national_group": "the national target group",
    "why": "why somebody is in the national group or not, in a few words",
}


def pages() -> dict[str, str]:
    """Return the pages of definitions and of columns, by file name."""
    made = {name: "\n".join(_page(name)).rstrip() + "\n" for name in PAGES}
    return made | {"columns.md": "\n".join(_columns()).rstrip() + "\n"}


def _page(name: str) -> Iterator[str]:
    shelf = shipped()
    title, opening, chapters = PAGES[name]
    yield from (f"# {title}", "", "Written from the definition files in `doorstep/reference/data/definitions`.")
    yield opening
    n_signed = sum(d.is_reviewed for d in shelf.all)
    yield f"Signed by a named clinician: {n_signed} of {len(shelf.all)} definitions."
    yield ""
    yield from (f"- {chapter}: {_links(_of(shelf, place))}" for chapter, place in chapters)
    for chapter, place in chapters:
        yield from ("", f"## {chapter}", "")
        for definition in _of(shelf, place):
            yield from (*head(definition), *rule(definition), *caveats(definition))


def _of(shelf: Shelf, place: str) -> tuple[Definition, ...]:
    found: tuple[Definition, ...] = getattr(shelf, place)
    return found


def _links(definitions: tuple[Definition, ...]) -> str:
    return ", ".join(f"[{d.id}](#{d.id})" for d in definitions)


def _columns() -> Iterator[str]:
    shelf = shipped()
    everything = shelf.switched_on({d.id for d in shelf.all})
    owners = {name: d for d in shelf.all for name in makes(d)}
    yield from ("# Columns of the person table", "")
    yield "Written from the definition files, in the order of the table. A rule may ask any of them but `person_id`,"
    yield "`why` and days; it may also ask for a single deficit, as in `efi_has_falls`. A column is not there where its"
    yield "definition is off or its code lists are not installed: `doorstep population build` says which and why."
    yield from ("", "| column | kind | can be not known | what it is |", "|---|---|---|---|")
    for name, kind in person_columns(everything).items():
        made = owners.get(name)
        unknown = "yes" if _may_be_unknown(name, kind, made) else "no"
        yield f"| `{name}` | {_WORDS.get(kind, 'number')} | {unknown} | {_PERSON.get(name) or _own_words(name, made)} |"


def _may_be_unknown(name: str, kind: str, made: Definition | None) -> bool:
    """Ask whether a column is ever null, as the docstrings of the kinds say."""
    if isinstance(made, DeficitCount):
        return name.endswith("_band")
    always = isinstance(made, Activity | Tally | WeightedSum | Scheme) or name in ("person_id", "ethnic_group", "why")
    return kind != "BOOLEAN" and not always


def _own_words(name: str, made: Definition | None) -> str:
    if made is None:
        return f"the group if conditions were counted by `{name.removeprefix('in_national_group_by_')}`"
    page = next(p for p, (_, _, chapters) in PAGES.items() for _, place in chapters if made in _of(shipped(), place))
    off = "" if made.is_on and made.status != "recalled" else " (off unless opted in)"
    detail = _detail(name, made)
    return f"[{made.id}]({page}#{made.id}): {made.title}{f'; {detail}' if detail else ''}{off}"


def _detail(name: str, made: Definition) -> str:
    """Return what one of several columns of a definition says."""
    end = name.removeprefix(made.id).removeprefix("_")
    if isinstance(made, Activity):
        return next(window_words(w) for w in made.spans if w.suffix == end)
    if end.endswith("m_ago"):
        return f"how many coded deficits {end.removeprefix('count_').removesuffix('m_ago')} months before"
    return _ENDS.get(end, "")
