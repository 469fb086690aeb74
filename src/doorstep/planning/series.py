"""Where a series breaks: what two builds were made with that differs, other than what had arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Facts = Mapping[str, Any]


def breaks(old: Facts, new: Facts) -> list[str]:
    """Return a sentence for each choice, definition, cohort or Place that differs between two provenances.

    Numbers from before and after such a change are not of one series; rows that came late are no break.
    """
    return [f"break in series: {change}" for change in _changes(old, new)]


def _changes(old: Facts, new: Facts) -> Iterator[str]:
    yield from _choices(old, new)
    if old.get("baseline_on") != new.get("baseline_on"):
        yield f"the baseline moved from {old.get('baseline_on')} to {new.get('baseline_on')}"
    for what in ("name", "definition"):
        before, after = (facts.get("cohort", {}).get(what) for facts in (old, new))
        if before != after:
            yield f"the cohort's {what} changed from {before} to {after}"
    if old.get("metric_set") != new.get("metric_set"):
        yield f"the metric set changed from {old.get('metric_set')} to {new.get('metric_set')}"
    else:
        yield from _definitions(old, new)
    places = [facts.get("place_definition", {}).get("hash") for facts in (old, new)]
    if places[0] != places[1]:
        yield "the Place's practices or areas changed"


def _choices(old: Facts, new: Facts) -> Iterator[str]:
    before = {choice["id"]: choice["option"] for choice in old.get("choices", ())}
    for choice in new.get("choices", ()):
        was = before.get(choice["id"])
        if was != choice["option"]:
            yield f"the choice {choice['id']} changed from {was} to {choice['option']}"


def _definitions(old: Facts, new: Facts) -> Iterator[str]:
    before = {d["metric"]: d for d in old.get("definitions", ())}
    for definition in new.get("definitions", ()):
        was = before.get(definition["metric"], {})
        if was.get("sha256") != definition["sha256"]:
            yield f"the definition of {definition['metric']} changed from {was.get('ref')} to {definition['ref']}"
