"""The oracles of risk models: performance by group, and the decision curve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from oracle_kit import Comparison, Family, column, compare, number, read

from doorstep.statistics.risk import decision_curve, model_performance, performance_by

METRICS = (
    "n",
    "events",
    "mean_risk",
    "obs_exp_ratio",
    "calibration_in_the_large",
    "calibration_slope",
    "auc",
    "brier",
    "scaled_brier",
)


def metrics(folder: Path) -> Iterator[Comparison]:
    """Calibration, discrimination and accuracy of everybody and of each group."""
    people = read(folder, "risk_input")
    risk, had = column(people, "risk"), column(people, "y")
    found = {"all": model_performance(risk, had)}
    found |= {f"imd_{k}": v for k, v in performance_by(risk, had, [row["imd_quintile"] for row in people]).items()}
    found |= performance_by(risk, had, [row["ethnicity"] for row in people])
    for row in read(folder, "risk_metrics_expected"):
        p = found[row["subgroup"]]
        estimates = (p.observed_to_expected, p.in_the_large, p.slope, p.auc)
        got = [p.n, p.n_events, p.mean_risk, *(float(e.value) for e in estimates), p.brier, p.scaled_brier]
        yield compare("risk_metrics", row["subgroup"], got, [number(row[name]) for name in METRICS])


def decisions(folder: Path) -> Iterator[Comparison]:
    """The decision curve."""
    people, rows = read(folder, "risk_input"), read(folder, "risk_decision_curve_expected")
    found = decision_curve(column(people, "risk"), column(people, "y"), column(rows, "threshold"))
    for name, got in (
        ("tp", found.true_positives),
        ("fp", found.false_positives),
        ("net_benefit_model", found.net_benefit),
        ("net_benefit_all", found.net_benefit_all),
        ("sensitivity", found.sensitivity),
        ("specificity", found.specificity),
        ("ppv", found.ppv),
        ("flagged", found.n_flagged),
    ):
        yield compare("risk_decision_curve", name, got, column(rows, name))


FAMILIES: tuple[Family, ...] = (metrics, decisions)
