"""The oracles of impact: models, matching, balancing, series, differences, staggered starts and E-values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from oracle_kit import Comparison, Family, Row, column, compare, compare_labels, grouped, number, read

from doorstep.statistics.impact import (
    Regression,
    Staggered,
    balance_by_entropy,
    balance_table,
    difference_in_differences,
    e_value,
    fit_regression,
    match_coarsened,
    match_nearest,
    propensity_scores,
    rate_ratio,
    segmented_series,
    staggered_effects,
)
from doorstep.statistics.impact.staggered import Control, MethodName
from doorstep.statistics.results import Floats

COVARIATES = ("age", "female", "imd", "ltc", "prior_adm")
MODEL_ERRORS = {
    "model": "model",
    "HC0": "HC0",
    "HC1": "HC1",
    "cluster_HC0_noadj": "cluster HC0",
    "cluster_HC0_G/(G-1)": "cluster",
    "cluster_HC1_G/(G-1)*(n-1)/(n-k)": "cluster HC1",
}
MODEL_FAMILIES = {"negbin_nb2": "negative binomial", "quasipoisson": "quasi-poisson"}
CONTROLS: dict[str, Control] = {"nevertreated": "never", "notyettreated": "not yet"}
METHODS: dict[str, MethodName] = {"dr": "dr", "ipw": "ipw", "reg": "reg"}


class _People:
    """The simulated people, by column."""

    def __init__(self, folder: Path) -> None:
        self.rows = read(folder, "impact_persons_input")
        self.treated = self["treated"]
        self.covariates = {name: self[name] for name in COVARIATES}
        self.practice = [row["practice"] for row in self.rows]

    def __getitem__(self, name: str) -> Floats:
        return column(self.rows, name)


def regressions(folder: Path) -> Iterator[Comparison]:
    """Coefficients and every kind of standard error of the four families."""
    people = _People(folder)
    for (model, kind), rows in grouped(read(folder, "impact_glm_expected"), "model", "vcov").items():
        if kind in MODEL_ERRORS:
            yield from _regression(people, model, kind, rows)
        elif kind == "theta":
            found = _model(people, model, "model", COVARIATES)
            yield compare("impact_glm", f"{model} theta", 1 / found.alpha, column(rows, "estimate"), rtol=_rtol(model))
        else:
            found = _model(people, model, "model", COVARIATES)
            yield compare("impact_glm", f"{model} dispersion", found.dispersion, column(rows, "estimate"), rtol=1e-7)


def _regression(people: _People, model: str, kind: str, rows: list[Row]) -> Iterator[Comparison]:
    terms = [row["term"] for row in rows]
    found = _model(people, model, kind, tuple(term for term in terms if term in COVARIATES))
    what, rtol = f"{model} {kind}", _rtol(model)
    yield compare_labels("impact_glm", f"{what} terms", found.terms, terms)
    yield compare("impact_glm", what, found.coefficients, column(rows, "estimate"), rtol=rtol)
    yield compare("impact_glm", f"{what} error", found.standard_errors, column(rows, "std_error"), rtol=rtol)
    ratios = [found.ratio(term, comparison="a unit less").value for term in terms]
    yield compare("impact_glm", f"{what} ratio", ratios, column(rows, "rate_ratio"), rtol=rtol)


def _rtol(model: str) -> float:
    """The reference stops the negative binomial's turns early, at a change of 1e-8 in the deviance."""
    return 1e-6 if model == "negbin_nb2" else 1e-7


def _model(people: _People, model: str, kind: str, covariates: tuple[str, ...]) -> Regression:
    logit = model == "logit"
    clustered = kind.startswith("cluster")
    return fit_regression(
        people["died" if logit else "emergency_admissions"],
        {"treated": people.treated, **{name: people[name] for name in covariates}},
        family=MODEL_FAMILIES.get(model, model),  # type: ignore[arg-type]
        exposure=None if logit else people["exposure_years"],
        clusters=people.practice if clustered else None,
        errors=MODEL_ERRORS[kind],  # type: ignore[arg-type]
    )


def propensities(folder: Path) -> Iterator[Comparison]:
    """Propensity scores by a logit model."""
    people = _People(folder)
    found = propensity_scores(people.treated, people.covariates)
    yield compare("impact_ps", "score", found.score, column(read(folder, "impact_ps_expected"), "ps"))


def pairs(folder: Path) -> Iterator[Comparison]:
    """Greedy pairs, without and with a caliper: the very same people."""
    people, score = _People(folder), column(read(folder, "impact_ps_expected"), "ps")
    rows = read(folder, "impact_match_nearest_ps_expected")
    plain = match_nearest(score, people.treated, scale="propensity", caliper=None, order=people["person"])
    near = match_nearest(score, people.treated, order=people["person"])
    for name, found in (("matched_person", plain), ("matched_person_logit_caliper", near)):
        person = people["person"]
        mates = {int(person[a]): str(int(person[b])) for a, b in found.pairs}
        got = [mates.get(int(number(row["treated_person"])), "") for row in rows]
        yield compare_labels("impact_match_nearest_ps", name, got, [row[name] for row in rows])
    everybody = [str(int(p)) for p in people["person"][people.treated == 1]]
    yield compare_labels(
        "impact_match_nearest_ps", "treated", sorted(everybody), sorted(r["treated_person"] for r in rows)
    )


def _coarse(people: _People) -> dict[str, Floats]:
    return {
        "age": np.floor(people["age"] / 10),
        "female": people["female"],
        "imd": np.ceil(people["imd"] / 2),
        "ltc": np.minimum(people["ltc"], 3),
    }


def weights(folder: Path) -> Iterator[Comparison]:
    """Weights by coarsened exact matching and by entropy balancing."""
    people = _People(folder)
    exact = match_coarsened(people.treated, _coarse(people))
    yield compare("impact_cem", "weight", exact.weights, column(read(folder, "impact_cem_expected"), "weight"))
    entropy = balance_by_entropy(people.treated, people.covariates)
    expected = column(read(folder, "impact_entropy_balance_expected"), "eb_weight")
    yield compare("impact_entropy_balance", "weight", entropy.weights, expected, rtol=1e-6)


def balances(folder: Path) -> Iterator[Comparison]:
    """Standardised differences before, after matching and after balancing."""
    people, rows = _People(folder), read(folder, "impact_balance_expected")
    covariates = {row["covariate"]: people[row["covariate"]] for row in rows}
    score = column(read(folder, "impact_ps_expected"), "ps")
    matched = match_nearest(score, people.treated, scale="propensity", caliper=None).weights
    entropy = balance_by_entropy(people.treated, covariates).weights
    for weight, mean, smd in (
        (None, "mean_control", "smd_pooled"),
        (matched, "matched_mean_control", "matched_smd_pooled"),
        (entropy, "eb_mean_control", "eb_smd_pooled"),
    ):
        found = balance_table(people.treated, covariates, weight)
        yield compare("impact_balance", mean, found.mean_comparison, column(rows, mean))
        yield compare("impact_balance", smd, found.difference, column(rows, smd))
        yield compare("impact_balance", f"mean_treated, {mean}", found.mean_treated, column(rows, "mean_treated"))


def weighted_ratios(folder: Path) -> Iterator[Comparison]:
    """Rate ratios of each design, clustered by practice."""
    people = _People(folder)
    score = column(read(folder, "impact_ps_expected"), "ps")
    designs = {
        "unadjusted": np.ones(len(people.rows)),
        "nearest_ps_matched": match_nearest(score, people.treated, scale="propensity", caliper=None).weights,
        "entropy_balanced": balance_by_entropy(people.treated, people.covariates).weights,
        "exact_stratum_weights": match_coarsened(people.treated, _coarse(people)).weights,
    }
    for row in read(folder, "impact_weighted_rr_expected"):
        weight = designs[row["design"]]
        found = rate_ratio(
            people["emergency_admissions"],
            people["exposure_years"],
            people.treated,
            comparison="people without the service",
            weights=weight,
            clusters=people.practice,
            errors="cluster",
        )
        got = [
            int((weight > 0).sum()),
            np.log(found.value),
            found.standard_error,
            found.value,
            found.lower,
            found.upper,
        ]
        expected = [number(row[n]) for n in ("n_used", "log_rr", "se_cluster", "rr", "lower95", "upper95")]
        yield compare("impact_weighted_rr", row["design"], got, expected, rtol=1e-7)


def series(folder: Path) -> Iterator[Comparison]:
    """The segmented series with Newey-West errors."""
    rows, expected = read(folder, "its_input"), read(folder, "its_expected")
    found = segmented_series(column(rows, "y"), int((column(rows, "post") == 0).sum()), errors="newey-west")
    yield compare("its", "estimate", found.coefficients, column(expected, "estimate"))
    yield compare("its", "se_ols", found.ordinary_standard_errors, column(expected, "se_ols"))
    yield compare("its", "se_newey_west_lag3", found.standard_errors, column(expected, "se_newey_west_lag3"))


def two_periods(folder: Path) -> Iterator[Comparison]:
    """Two groups, two periods, clustered on the unit."""
    rows, expected = read(folder, "did2x2_input"), read(folder, "did2x2_expected")
    found = difference_in_differences(*(column(rows, name) for name in ("y", "treated", "post", "unit")))
    yield compare("did2x2", "estimate", found.coefficients, column(expected, "estimate"))
    yield compare("did2x2", "se_ols", found.ordinary_standard_errors, column(expected, "se_ols"))
    yield compare("did2x2", "se_cluster_HC1", found.standard_errors, column(expected, "se_cluster_HC1"))


def _staggered(folder: Path, control: str, method: str, covariates: str) -> Staggered:
    rows = read(folder, "staggered_did_input")
    return staggered_effects(
        *(column(rows, name) for name in ("y", "unit", "period", "first_treated")),
        covariates={} if covariates == "none" else {covariates: column(rows, covariates)},
        control=CONTROLS[control],
        method=METHODS[method],
    )


def staggered_cells(folder: Path) -> Iterator[Comparison]:
    """Effects by group and period."""
    expected = read(folder, "staggered_did_attgt_expected")
    for key, rows in grouped(expected, "control_group", "est_method", "covariates").items():
        found, what = _staggered(folder, *key), " ".join(key)
        cells = [f"{g:g} {t:g}" for g, t in zip(found.group, found.period, strict=True)]
        at = [cells.index(f"{row['group']} {row['period']}") for row in rows]
        yield compare_labels("staggered_did_attgt", f"{what} cells", sorted(cells), sorted(cells[i] for i in at))
        yield compare("staggered_did_attgt", what, found.estimate.value[at], column(rows, "att"), rtol=1e-6)
        yield compare("staggered_did_attgt", f"{what} se", found.standard_error[at], column(rows, "se"), rtol=1e-6)


def staggered_aggregates(folder: Path) -> Iterator[Comparison]:
    """Effects put together in four ways."""
    expected = read(folder, "staggered_did_aggregate_expected")
    for key, rows in grouped(expected, "control_group", "est_method", "covariates").items():
        found = _staggered(folder, *key)
        for (kind,), part in grouped(rows, "type").items():
            yield from _aggregate(found, kind, part, " ".join(key))


def _aggregate(found: Staggered, kind: str, rows: list[Row], key: str) -> Iterator[Comparison]:
    total = found.aggregate(kind)  # type: ignore[arg-type]
    values = dict(zip((f"{level:g}" for level in total.levels), total.estimate.value, strict=True))
    errors = dict(zip(values, total.standard_error, strict=True))
    values["overall"], errors["overall"] = total.overall.value, total.overall.standard_error
    what = f"{kind} {key}"
    if kind == "group":
        overall = [row for row in rows if row["level"] == "overall"]
        yield compare("staggered_did_aggregate", f"{what} se near", errors["overall"], column(overall, "se"), rtol=0.01)
        errors["overall"] = _with_the_references_slip(found)
    levels = [row["level"] for row in rows]
    yield compare_labels("staggered_did_aggregate", f"{what} levels", sorted(values), sorted(levels))
    yield compare("staggered_did_aggregate", what, [values[n] for n in levels], column(rows, "att"), rtol=1e-6)
    yield compare("staggered_did_aggregate", f"{what} se", [errors[n] for n in levels], column(rows, "se"), rtol=1e-6)


def _with_the_references_slip(found: Staggered) -> float:
    """Return the standard error of the overall effect by group as the reference computes it.

    The group sizes are estimates, so each group's membership enters the influence function. The reference looks the
    memberships up by the first cells, which are all of the first group, in place of one per group, and so nearly loses
    that part of the error. We use the right memberships, and agree with drawing units anew (tested); with the slip put
    in, everything else must agree.
    """
    after = found.period >= found.group
    groups, first = found.panel.groups, found.panel.first
    parts = [after & (found.group == group) for group in groups]
    values = np.array([found.estimate.value[part].mean() for part in parts])
    influence = np.column_stack([found.influence[:, part].mean(axis=1) for part in parts])
    share = np.array([(first == group).mean() for group in groups])
    of_cells = found.group[: len(groups)]
    surprise = (first[:, None] == of_cells[None, :]) - share
    weight = share / share.sum()
    slip = (surprise - np.outer(surprise.sum(axis=1), weight)) @ values / share.sum()
    total = influence @ weight + slip
    return float(np.sqrt((total**2).sum()) / len(total))


def e_values(folder: Path) -> Iterator[Comparison]:
    """E-values of rate ratios, of their limits, and of hazard ratios of common outcomes."""
    rows = read(folder, "evalue_expected")
    ratio, lower, upper = (column(rows, name) for name in ("rr", "lower", "upper"))
    found = e_value(ratio, lower, upper)
    yield compare("evalue", "e_value", found.value, column(rows, "e_value"))
    yield compare("evalue", "e_value_ci", found.limit, column(rows, "e_value_ci"))
    common = e_value(ratio, lower, upper, kind="hazard ratio of a common outcome")
    yield compare("evalue", "e_value_hr_common", common.value, column(rows, "e_value_hr_common"))


IMPACT: tuple[Callable[[Path], Iterator[Comparison]], ...] = (
    regressions,
    propensities,
    pairs,
    weights,
    balances,
    weighted_ratios,
    series,
    two_periods,
    staggered_cells,
    staggered_aggregates,
    e_values,
)
FAMILIES: tuple[Family, ...] = IMPACT
