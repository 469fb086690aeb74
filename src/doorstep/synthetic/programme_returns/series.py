"""The true figures of each Place: drawn by cell of age, ethnic group and fifth, so that every breakdown adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from doorstep.errors import UsageError
from doorstep.reference import places
from doorstep.returns import METRICS, Figures
from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.programme_returns.cast import cast, plants, slugs
from doorstep.synthetic.programme_returns.parameters import Parameters
from doorstep.synthetic.programme_returns.people import People, people
from doorstep.synthetic.programme_returns.rates import Rate, constants, rates, rhythm
from doorstep.synthetic.programme_returns.reselecting import Reselected, reselected
from doorstep.synthetic.streams import Streams

_SOURCE = {"O3": "O2b", "O4.1": "O5a", "O4.2": "O5a", "O4.3": "O5a", "O4.4": "O5a"}  # counted from the events of others


@dataclass(frozen=True)
class PlaceSeries:
    """One Place's true figures: arrays (months, 23) in the order of COLUMNS, by metric, of patients and the caseload.

    `underlying` is by metric the true rate per 1,000 people in each month, without rhythm and chance: what the same
    people would have in an average month.
    """

    slug: str
    name: str
    months: tuple[date, ...]
    counts: dict[str, Ints]
    patients: Ints
    caseload: Ints
    underlying: dict[str, Floats]

    def figures(self) -> Iterator[Figures]:
        """Yield each month as `Figures`; the series must have every metric."""
        for i, month in enumerate(self.months):
            counts = {metric: _line(self.counts[metric][i]) for metric in METRICS}
            caseload = _line(self.caseload[i])
            yield Figures(self.name, month, counts, _line(self.patients[i]), caseload[0], caseload)


def figures(parameters: Parameters, only: Iterable[str] | None = None) -> Iterator[Figures]:
    """Yield the true figures of every Place and month, or of the Places named (slugs), Place by Place."""
    for series in simulate(parameters, only):
        yield from series.figures()


def simulate(
    parameters: Parameters, only: Iterable[str] | None = None, metrics: Iterable[str] = METRICS
) -> Iterator[PlaceSeries]:
    """Yield the true series of each Place, in the order of the return's list.

    A Place's numbers are the same whether the others or the other metrics are drawn or not, and an earlier month's are
    the same in a longer window of the same first month. Raises UsageError for a Place or a metric that is not there.
    """
    wanted, taking_part = set(metrics), slugs(parameters)
    who = taking_part if only is None else tuple(only)
    for name, unknown in (("metric", wanted - set(METRICS)), ("Place taking part", set(who) - set(taking_part))):
        if unknown:
            raise UsageError(f"there is no {name} {sorted(unknown)[0]!r}")
    for slug in who:
        yield _series(slug, parameters, wanted)


def _series(slug: str, parameters: Parameters, wanted: set[str]) -> PlaceSeries:
    whole, again, planted = people(slug, parameters), None, plants(parameters)
    part = cast(parameters).part(slug)
    if part == "regression_to_the_mean" and part in planted:
        again = reselected(slug, parameters, int(whole.patients[0].sum()), planted[part])
        whole = People(again.patients, np.minimum(whole.caseload, again.patients), whole.need)
    drawn = _Place(slug, parameters, whole, again)
    first = planted["joined_late"] if part == "joined_late" and part in planted else 0
    events = {m: drawn.events(m) for m in METRICS if m in wanted}
    return PlaceSeries(
        slug,
        places.find(slug).name,
        parameters.window[first:],
        {m: margins(found)[first:] for m, found in events.items()},
        margins(whole.patients)[first:],
        margins(whole.caseload)[first:],
        {m: drawn.underlying(m)[first:] for m in events},
    )


def margins(cells: Ints) -> Ints:
    """Add cells (months, 10, 6, 6) up to the return's 23 columns."""
    total = cells.sum(axis=(1, 2, 3))[:, None]
    return np.concatenate([total, cells.sum(axis=(2, 3)), cells.sum(axis=(1, 3)), cells.sum(axis=(1, 2))], axis=1)


def _line(values: Ints) -> tuple[int, ...]:
    return tuple(values.tolist())


class _Place:
    """One Place while it is drawn; every metric has its own stream of random numbers."""

    def __init__(self, slug: str, parameters: Parameters, whole: People, again: Reselected | None) -> None:
        self.slug, self.parameters, self.people, self.again = slug, parameters, whole, again
        self.streams = Streams(parameters.seed)
        self._drawn: dict[str, Ints] = {}

    def events(self, metric: str) -> Ints:
        """Return the events of a metric by month and cell."""
        if metric not in self._drawn:
            self._drawn[metric] = self._bed_days() if metric == "O3" else self._events(metric)
        return self._drawn[metric]

    def _events(self, metric: str) -> Ints:
        if metric.startswith("O4"):
            return self._ambulances()[metric]
        if self.again is not None and metric in self.again.events:
            return self.again.events[metric]
        rate = rates()[metric]
        chance = self._mean(rate) * self._varying(rate)[:, None, None, None]
        found = self.streams(f"{metric} {self.slug}").poisson(chance * self.people.patients)
        ratio = self._ratio(metric)
        if (ratio < 1).any():  # of what would have happened, some does not: with no change the numbers are the others
            rng = self.streams(f"change {self.slug}")
            return np.asarray(rng.binomial(found, ratio[:, None, None, None]))
        return np.asarray(found)

    def _mean(self, rate: Rate) -> Floats:
        """Return the rate a person by month and cell, without rhythm and chance: (months, 10, 1, 6)."""
        by_cell = rate.by_age_and_fifth[None, :, None, :] * self.parameters.level * self._own_level(rate)
        return np.asarray(by_cell * self.people.need[:, None, None, None])

    def _own_level(self, rate: Rate) -> float:
        """Return by how much this Place differs from others."""
        return float(_gamma(rate.places * self.parameters.dispersion, self.streams(f"level {rate.metric} {self.slug}")))

    def _varying(self, rate: Rate) -> Floats:
        """Return each month's rhythm times what moves all of the Place's events of that month together."""
        rng = self.streams(f"months {rate.metric} {self.slug}")
        moved = [_gamma(rate.months * self.parameters.dispersion, rng) for _ in self.parameters.window]
        return np.asarray(rhythm(rate.kind, self.parameters.window) * np.array(moved))

    def _ratio(self, metric: str) -> Floats:
        """Return by month which share of a metric's events happens."""
        ratio, at = np.ones(self.parameters.months), plants(self.parameters).get("true_change")
        change = self.parameters.change
        if change and change.metric == metric and at is not None and self._is("true_change"):
            ratio[at:] = change.ratio
        return ratio

    def _is(self, part: str) -> bool:
        return cast(self.parameters).of_part.get(part) == self.slug

    def _bed_days(self) -> Ints:
        """Draw one night and more for each stay."""
        given, stays = constants()["bed_days"], self.events("O2b")
        mean = np.array(given["by_age"])[None, :, None, None]
        chance = np.broadcast_to(given["shape"] / (given["shape"] + mean), stays.shape)
        found = stays.copy()
        some = stays > 0
        rng = self.streams(f"O3 {self.slug}")
        found[some] += rng.negative_binomial(given["shape"] * stays[some], chance[some])
        return found

    def _ambulances(self) -> dict[str, Ints]:
        """Draw which type 1 attendances came by ambulance, by acuity."""
        acuity, attendances = constants()["ambulance"]["acuity"], self.events("O5a")
        left, rest = attendances.copy(), np.ones((1, 10, 1, 1))
        for metric, share in self._acuity_shares(acuity):
            self._drawn[metric] = self.streams(f"{metric} {self.slug}").binomial(left, share / rest)
            left, rest = left - self._drawn[metric], rest - share
        return self._drawn

    @staticmethod
    def _acuity_shares(acuity: dict[str, float]) -> Iterator[tuple[str, Floats]]:
        by_ambulance = np.array(constants()["ambulance"]["by_age"])[None, :, None, None]
        yield from ((metric, by_ambulance * share) for metric, share in acuity.items())

    def underlying(self, metric: str) -> Floats:
        """Return the true rate per 1,000 people a month, without rhythm and chance."""
        patients = self.people.patients.sum(axis=(1, 2, 3))
        return np.asarray(1000 * self._expected(metric) / np.maximum(patients, 1))

    def _expected(self, metric: str) -> Floats:
        """Return the mean number of events by month."""
        source = _SOURCE.get(metric, metric)
        if self.again is not None and source in self.again.expected and source == metric:
            return self.again.expected[source]
        each = self._each(metric)
        if self.again is not None and source in self.again.expected:
            held = self.events(source).sum(axis=0)  # as their ages are: the people's own rates are not kept by cell
            return np.asarray(self.again.expected[source] * (held * each).sum() / max(held.sum(), 1))
        mean = self._mean(rates()[source]) * each * self.people.patients
        return np.asarray(mean.sum(axis=(1, 2, 3)) * self._ratio(source))

    def _each(self, metric: str) -> Floats:
        """Return how many of a metric one event of its source makes on average, by age."""
        if metric == "O3":
            return 1 + np.array(constants()["bed_days"]["by_age"])[:, None, None]
        if metric.startswith("O4"):
            given = constants()["ambulance"]
            return np.asarray(np.array(given["by_age"])[:, None, None] * given["acuity"][metric])
        return np.ones((10, 1, 1))


def _gamma(variation: float, rng: np.random.Generator) -> float:
    """Draw a factor of mean 1 and this coefficient of variation."""
    return float(rng.gamma(1 / variation**2, variation**2)) if variation > 0 else 1.0
