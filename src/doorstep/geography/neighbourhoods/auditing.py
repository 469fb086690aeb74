"""Audit a set: range, recognition, shape, who is registered where, and what it does not follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from doorstep.geography.neighbourhoods.checks import GUIDANCE, Count, Team, published, team_checks, tier
from doorstep.geography.neighbourhoods.facts import UNITS, Flows, Overlap, flows, overlap
from doorstep.geography.neighbourhoods.ground import areas, pcn_of_practice, registered, residents
from doorstep.geography.neighbourhoods.model import ADMINISTRATIVE, Neighbourhood, NeighbourhoodSet

SHOWN = 5  # neighbouring units that the text names for each neighbourhood


@dataclass(frozen=True)
class Row:
    """One neighbourhood as the audit finds it.

    `patients_living` counts patients (July 2022) of any practice who live in it, `patients_of_team` those of its team's
    practices wherever they live, `own_share` the share of the first who are with the team. `pieces` are the connected
    pieces of its areas, `same_as_pcn` the network with the same practices (or, without a list of practices, the same
    areas), `range` within, small or large.
    """

    id: str
    name: str
    called: str
    residents: int
    n_areas: int
    range: str
    range_words: str
    recognition: str
    pieces: int
    patients_living: int
    patients_of_team: int
    own_share: float
    team_practices: int
    same_as_pcn: str


@dataclass(frozen=True)
class Ask:
    """One thing to do or to record: of which neighbourhood (its id; empty: of the set), of which kind, in words."""

    id: str
    kind: str
    words: str


@dataclass(frozen=True)
class Audit:
    """A whole audit; `flows` and `overlaps` are its tables, `notes` what a reader must know."""

    reference: str
    rows: tuple[Row, ...]
    checks: tuple[Count, ...]
    published: Count
    published_status: str
    flows: Flows
    overlaps: tuple[Overlap, ...]
    twice: dict[str, tuple[str, ...]]
    gaps: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def todo(self) -> list[Ask]:
        """Return what somebody should still do about the set or record of it; none of it is an error."""
        found = [ask for row in self.rows for ask in self._todo_of(row)]
        if self.twice:
            words = f"{len(self.twice)} areas are in more than one neighbourhood, first {next(iter(self.twice))}"
            found.append(Ask("", "twice", words))
        if self.gaps:
            people = residents(self.gaps)
            words = f"{len(self.gaps)} areas ({people:,} residents) are in none, first {self.gaps[0]}"
            found.append(Ask("", "gaps", words))
        return found

    def _todo_of(self, row: Row) -> Iterator[Ask]:
        if row.range != "within" and row.range_words.endswith("no reason recorded"):
            yield Ask(row.id, "range", f"{row.residents:,} residents, {row.range_words}")
        if row.recognition == ADMINISTRATIVE:
            yield Ask(row.id, "recognition", f"{ADMINISTRATIVE}, nobody is on record as recognising it")
        if row.pieces > 1:
            yield Ask(row.id, "pieces", f"does not hang together ({row.pieces} pieces)")
        if row.pieces == 0:
            yield Ask(row.id, "areas", "has no area")
        if self.flows.is_stated and not row.team_practices:
            yield Ask(row.id, "practices", "no practice of its team is recorded, and others' are")

    @property
    def asks(self) -> list[str]:
        """Return what is to do as sentences, each with the name of the neighbourhood that it is about."""
        labels = {row.id: row.name or row.id for row in self.rows}
        return [f"{labels[ask.id]}: {ask.words}" if ask.id else ask.words for ask in self.todo]

    def as_dict(self) -> dict[str, Any]:
        """Return the audit as plain data, flows and overlaps included."""
        return {
            "set": self.reference,
            "neighbourhoods": [asdict(row) for row in self.rows],
            "checks": [{"what": c.what, "n": c.n, "of": c.of, "share": c.share} for c in self.checks],
            "published": {**asdict(self.published), "status": self.published_status},
            "asks": self.asks,
            "in_several": self.twice,
            "in_none": self.gaps,
            "flows": list(flow_rows(self.flows)),
            "overlaps": [asdict(found) for found in self.overlaps],
            "notes": self.notes,
        }


def audit(made: NeighbourhoodSet) -> Audit:
    """Audit a set of neighbourhoods; nothing it finds is an error, and what is asked for is in `asks`."""
    who = flows(made)
    same = same_as_pcn(made)
    rows = tuple(_row(made, n, who, same.get(n.id, "")) for n in made.neighbourhoods)
    teams = [Team(r.residents, bool(r.name), bool(r.same_as_pcn)) for r in rows]
    benchmark = published()
    overlaps = tuple(found for kind in UNITS for found in overlap(made, kind))
    return Audit(
        made.reference, rows, tuple(team_checks(teams)), benchmark.count, benchmark.status, who, overlaps,
        made.overlaps(), made.gaps(),
        (*made.notes, GUIDANCE, *_team_words(who), *benchmark.words),
    )  # fmt: skip


def _team_words(who: Flows) -> Iterator[str]:
    if not who.is_stated:
        yield (
            "The set states no practices: a practice is taken to be of the team where most of its patients in the set "
            "live, if more than half of all its patients live in the set; patients are those of July 2022."
        )
        return
    yield "A team's practices are those that the set states; patients are those of July 2022."
    if shared := [practice for practice, ids in who.teams.items() if len(ids) > 1]:
        yield f"In more than one team, and counted for each: {', '.join(shared)}."
    if who.unlisted:
        yield f"Of a team, and without patients in the lists of July 2022: {', '.join(who.unlisted)}."


def _row(made: NeighbourhoodSet, n: Neighbourhood, who: Flows, pcn: str) -> Row:
    from doorstep.geography.shapes import parts

    people = residents(n.areas)
    stands = tier(people, [reason.text for reason in n.reasons])
    by = sorted({sign.who for sign in n.recognition})
    return Row(
        id=n.id,
        name=n.name,
        called=made.called(n),
        residents=people,
        n_areas=len(n.areas),
        range=stands.verdict,
        range_words=stands.words,
        recognition=f"recognised by {', '.join(by)}" if by else ADMINISTRATIVE,
        pieces=len(parts(n.areas)),
        patients_living=round(who.living_in(n.id)),
        patients_of_team=round(who.registered_with(n.id)),
        own_share=who.own_share(n.id),
        team_practices=len(n.practices) if who.is_stated else len(who.team_of(n.id)),
        same_as_pcn=pcn,
    )


def same_as_pcn(made: NeighbourhoodSet) -> dict[str, str]:
    """Return the network that a neighbourhood is the same as: its practices, or its main areas where none are stated.

    An area's main network is the one with which most of its patients are registered.
    """
    found = {}
    for n in made.neighbourhoods:
        known, held = (_pcn_of_practices(), n.practices) if n.practices else (_pcn_of_areas(), n.areas)
        if same := known.get(frozenset(held)):
            found[n.id] = same
    return found


@cache
def _pcn_of_practices() -> Mapping[frozenset[str], str]:
    return _turned_round(pcn_of_practice())


@cache
def _pcn_of_areas() -> Mapping[frozenset[str], str]:
    return _turned_round(_main_pcn())


def _turned_round(of: Mapping[str, str]) -> dict[frozenset[str], str]:
    members: dict[str, set[str]] = {}
    for member, unit in of.items():
        members.setdefault(unit, set()).add(member)
    return {frozenset(found): unit for unit, found in members.items()}


def _main_pcn() -> dict[str, str]:
    in_area, pcn_of, found = registered().in_area, pcn_of_practice(), {}
    for code in areas():
        held: dict[str, float] = {}
        for practice, patients in in_area.get(code, {}).items():
            if practice in pcn_of:
                held[pcn_of[practice]] = held.get(pcn_of[practice], 0.0) + patients
        if held:
            found[code] = max(held, key=lambda pcn: (held[pcn], pcn))
    return found


def flow_rows(who: Flows) -> Iterator[dict[str, Any]]:
    """Yield the matrix of practice and neighbourhood as rows; an empty neighbourhood is outside the set."""
    for practice, held in who.patients.items():
        for neighbourhood, patients in sorted(held.items()):
            yield {
                "practice": practice, "team": " ".join(who.teams.get(practice, ())), "lives_in": neighbourhood,
                "patients": round(patients, 1),
            }  # fmt: skip
