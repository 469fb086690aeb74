"""The question as a form takes it and as an address carries it: the same question has the same address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from doorstep.geography.site.centres.sites import as_listed
from doorstep.geography.siting.solving import Aim

KINDS = {
    "library": "Libraries",
    "hospital": "Hospitals",
    "practice": "General practices",
    "area": "Spots for a new building, one in the middle of each small area",
}
HOWS = {
    "number": "A number of centres",
    "mix": "So many new and so many repurposed",
    "budget": "What a budget pays for",
}
AIMS = {
    "median": "The mean distance to the nearest centre, as short as can be",
    "covering": "As many people as can be within the coverage distance",
    "equity": "The mean distance together with that of the tenth with furthest to go",
}
WEIGHTS = {
    "need": "By need: people times their area's acute morbidity over England's",
    "people": "Each person once",
    "aged_65": "Each person aged 65 and over once",
}
DEFAULTS: dict[str, Any] = {
    "how": "number", "n": "3", "aim": "median", "within": "5", "share": "50", "weight": "need", "road_factor": "1.3",
}  # fmt: skip
MOST_CHOSEN = 100  # sites in an address: longer ones are cut by servers on the way


@dataclass(frozen=True)
class Asked:
    """A question that a form took. `fixed` are codes of sites, or spots such as 340000,390000; costs are by kind."""

    where: str
    kinds: tuple[str, ...]
    n: int | None
    new: int | None
    repurposed: int | None
    budget: float | None
    costs: tuple[tuple[str, float], ...]
    aim: Aim
    within: float
    share: float
    weight: str
    road_factor: float
    fixed: tuple[str, ...] = ()

    @property
    def how(self) -> str:
        """Which of a number, a mix and a budget says how much may be opened."""
        return "number" if self.n is not None else "budget" if self.budget is not None else "mix"

    def query(self, picks: Sequence[str] = ()) -> str:
        """Return the question as the part of an address after `?`, with sites placed by hand where there are any."""
        pairs: list[tuple[str, Any]] = [("where", self.where), *(("kinds", kind) for kind in self.kinds)]
        pairs += [("how", self.how), *self._how_much(), ("aim", self.aim), ("within", f"{self.within:g}")]
        if self.aim == "equity":
            pairs.append(("share", f"{100 * self.share:g}"))
        pairs += [("weight", self.weight), ("road_factor", f"{self.road_factor:g}")]
        pairs += [("fixed", ref) for ref in self.fixed] + [("pick", ref) for ref in picks]
        return urlencode(pairs)

    def _how_much(self) -> list[tuple[str, Any]]:
        match self.how:
            case "number":
                return [("n", self.n)]
            case "mix":
                return [("new", self.new), ("repurposed", self.repurposed)]
        return [("budget", f"{self.budget:g}"), *((f"cost_{kind}", f"{cost:g}") for kind, cost in self.costs)]


def _number(words: str, **more: Any) -> dict[str, Any]:
    return {"required": False, "error_messages": {"invalid": words}, **more}


class QuestionForm(forms.Form):
    """What the planner asks. What an address leaves out is as `DEFAULTS` says."""

    where = forms.CharField(max_length=100, error_messages={"required": "Enter a Place, a council or a system"})
    kinds = forms.MultipleChoiceField(
        choices=list(KINDS.items()),
        error_messages={"required": "Select at least one kind of site", "invalid_choice": "Select kinds of the list"},
    )
    how = forms.ChoiceField(choices=list(HOWS.items()))
    n = forms.IntegerField(**_number("Enter a whole number of centres", min_value=1, max_value=5000))
    new = forms.IntegerField(**_number("Enter a whole number of new centres", min_value=0, max_value=5000))
    repurposed = forms.IntegerField(**_number("Enter a whole number of repurposed ones", min_value=0, max_value=5000))
    budget = forms.FloatField(**_number("Enter the budget as a number", min_value=0, max_value=1e12))
    cost_library = forms.FloatField(**_number("Enter a library's cost as a number", min_value=0, max_value=1e12))
    cost_hospital = forms.FloatField(**_number("Enter a hospital's cost as a number", min_value=0, max_value=1e12))
    cost_practice = forms.FloatField(**_number("Enter a practice's cost as a number", min_value=0, max_value=1e12))
    cost_area = forms.FloatField(**_number("Enter a new building's cost as a number", min_value=0, max_value=1e12))
    aim = forms.ChoiceField(choices=list(AIMS.items()))
    within = forms.FloatField(**_number("Enter the coverage distance as a number of km", max_value=200))
    share = forms.FloatField(**_number("Enter the share as a percentage", min_value=1, max_value=99))
    weight = forms.ChoiceField(choices=list(WEIGHTS.items()))
    road_factor = forms.FloatField(**_number("Enter the road factor as a number", min_value=1, max_value=5))
    fixed = forms.Field(required=False)

    def __init__(self, data: QueryDict) -> None:
        given = data.copy()
        given.setlist("fixed", sorted(set(data.getlist("fixed"))))
        for name, value in DEFAULTS.items():
            given.setdefault(name, value)
        super().__init__(given)

    def clean_where(self) -> str:
        """Return the name as the list of names spells it."""
        return as_listed(" ".join(str(self.cleaned_data["where"]).split()))

    def clean_fixed(self) -> tuple[str, ...]:
        """Return the sites that stand."""
        return references(self.data.getlist("fixed"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way of saying how much needs, and for nothing else."""
        found = super().clean() or {}
        for name in self._needed(found):
            if found.get(name) is None and name not in self.errors:
                self.add_error(name, _LACKING[name])
        if found.get("within") is not None and found["within"] <= 0:
            self.add_error("within", "Enter a coverage distance above nought")
        if found.get("how") == "mix" and found.get("new") and "area" not in found.get("kinds", ()):
            self.add_error("kinds", "New centres need spots for a new building: select these too")
        return found

    def _needed(self, found: dict[str, Any]) -> list[str]:
        costs = [f"cost_{kind}" for kind in found.get("kinds", ())]
        of_how = {"number": ["n"], "mix": ["new", "repurposed"], "budget": ["budget", *costs]}
        shared = ["within", "road_factor", *(["share"] if found.get("aim") == "equity" else [])]
        return of_how.get(found.get("how", ""), []) + shared

    @property
    def asked(self) -> Asked:
        """The question of a form without faults; what its way of saying how much does not use is left out."""
        found = self.cleaned_data
        how = found["how"]
        kinds = tuple(kind for kind in KINDS if kind in found["kinds"])
        return Asked(
            where=found["where"],
            kinds=kinds,
            n=found["n"] if how == "number" else None,
            new=found["new"] if how == "mix" else None,
            repurposed=found["repurposed"] if how == "mix" else None,
            budget=found["budget"] if how == "budget" else None,
            costs=tuple((kind, found[f"cost_{kind}"]) for kind in kinds) if how == "budget" else (),
            aim=found["aim"],
            within=found["within"],
            share=(found["share"] or 50.0) / 100.0 if found["aim"] == "equity" else 0.5,
            weight=found["weight"],
            road_factor=found["road_factor"],
            fixed=found["fixed"],
        )


_LACKING = {
    "n": "Enter how many centres",
    "new": "Enter how many new centres, 0 for none",
    "repurposed": "Enter how many repurposed centres, 0 for none",
    "budget": "Enter the budget",
    "within": "Enter the coverage distance",
    "road_factor": "Enter the road factor",
    "share": "Enter the share of the tenth with furthest to go",
    "cost_library": "Enter what a library costs",
    "cost_hospital": "Enter what a hospital costs",
    "cost_practice": "Enter what a general practice costs",
    "cost_area": "Enter what a new building costs",
}


def references(given: Sequence[str]) -> tuple[str, ...]:
    """Return references to sites, each once, in order; ValidationError where there are too many for an address."""
    kept = tuple(sorted({one.strip() for one in given if one.strip()}))
    if len(kept) > MOST_CHOSEN:
        raise forms.ValidationError(
            f"{len(kept)} sites are chosen: at most {MOST_CHOSEN} fit in an address. Use the command with a file"
        )
    return kept
