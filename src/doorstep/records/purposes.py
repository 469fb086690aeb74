"""Purposes: what the data controller allows, flow by flow. No entry, or an expired one, and the flow stays out.

`purposes.toml` has a table per flow and purpose: `[hospital.planning]` with basis, reference, expires, opt_out
(apply, not_applicable, applied_upstream) and, where the opt-out was applied upstream, applied_by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doorstep.errors import ConfigurationError
from doorstep.home import Home, read_toml

FLOWS = ("hospital", "emergency", "community", "gp", "appointments", "programme")
OPT_OUT_RULES = ("apply", "not_applicable", "applied_upstream")
PURPOSE = "planning"

FLOW_OF_TABLE: Mapping[str, str] = {
    "spell": "hospital",
    "outpatient": "hospital",
    "emergency": "emergency",
    "community": "community",
    "appointment": "appointments",
    "coded": "gp",
    "medicine": "gp",
    "cohort": "programme",
    "programme_contact": "programme",
    "caseload": "programme",
}
# A person row belongs to the flow of the source that says it.
FLOW_OF_SOURCE: Mapping[str, str] = {
    "gp": "gp",
    "cohort": "programme",
    "community": "community",
    "hospital": "hospital",
}
# Dictionary files feed no table: their flow is their profile's.
FLOW_OF_PROFILE: Mapping[str, str] = {"emis": "gp", "csds": "community", "nnhip": "programme"}


@dataclass(frozen=True)
class Purpose:
    """One permission: why one flow may be used for planning, until when, and who applies the opt-out."""

    flow: str
    basis: str
    reference: str
    expires: date
    opt_out: str
    applied_by: str = ""

    def __post_init__(self) -> None:
        """Refuse an entry that cannot be acted on."""
        where = f"purposes.toml [{self.flow}.{PURPOSE}]"
        if self.flow not in FLOWS:
            raise ConfigurationError(f"{self.flow!r} is not a flow", expected=", ".join(FLOWS), where=where)
        if self.opt_out not in OPT_OUT_RULES:
            raise ConfigurationError(f"opt_out is {self.opt_out!r}", expected=" or ".join(OPT_OUT_RULES), where=where)
        if not isinstance(self.expires, date) or isinstance(self.expires, datetime):
            raise ConfigurationError(
                f"expires is {self.expires!r}", expected="a date such as 2027-03-31, without quotes", where=where
            )
        if not self.basis or not self.reference:
            raise ConfigurationError("basis or reference is empty", expected="both in words", where=where)
        if self.opt_out == "applied_upstream" and not self.applied_by:
            raise ConfigurationError("the opt-out was applied upstream, by nobody", expected="applied_by", where=where)


def read_purposes(home: Home) -> dict[str, Purpose]:
    """Read `purposes.toml`: flow -> its planning purpose; ConfigurationError where an entry is wrong."""
    if not home.purposes_file.exists():
        return {}
    found = read_toml(home.purposes_file)
    return {flow: _purpose(flow, entry[PURPOSE]) for flow, entry in found.items() if _has_planning(flow, entry)}


def _has_planning(flow: str, entry: Any) -> bool:
    if isinstance(entry, dict) and isinstance(entry.get(PURPOSE, {}), dict):
        return PURPOSE in entry
    raise ConfigurationError(
        f"{flow} is no table", expected=f"[{flow}.{PURPOSE}] with basis, reference, expires, opt_out",
        where="purposes.toml",
    )  # fmt: skip


def _purpose(flow: str, entry: Mapping[str, Any]) -> Purpose:
    allowed = {"basis", "reference", "expires", "opt_out", "applied_by"}
    where = f"purposes.toml [{flow}.{PURPOSE}]"
    missing = sorted(allowed - {"applied_by"} - set(entry))
    if missing or set(entry) - allowed:
        raise ConfigurationError(
            f"has {', '.join(sorted(entry)) or 'nothing'}", expected=", ".join(sorted(allowed)), where=where
        )
    return Purpose(flow, **entry)


def refusal(flow: str, purposes: Mapping[str, Purpose], on: date, *, has_list: bool) -> str | None:
    """Return why a flow may not be loaded on that day and what to do, or None where it may."""
    purpose = purposes.get(flow)
    if purpose is None:
        return f"no purpose for the {flow} flow: the data controller adds [{flow}.{PURPOSE}] to purposes.toml"
    if purpose.expires < on:
        return f"the purpose of the {flow} flow ended on {purpose.expires}: renew it in purposes.toml"
    if purpose.opt_out == "apply" and not has_list:
        return (
            f"the opt-out applies to the {flow} flow and there is no cleaned list yet: "
            "run `doorstep records opt-outs FILE --dated DAY` first"
        )
    return None


def problems(home: Home, on: date) -> dict[str, str]:
    """Return flow -> why it may not be loaded on that day, for every flow that may not."""
    from doorstep.records.snapshot import current

    purposes = read_purposes(home)
    has_list = any(load.kind == "opt_out" for load in current(home).loads)
    found = {flow: refusal(flow, purposes, on, has_list=has_list) for flow in FLOWS}
    return {flow: reason for flow, reason in found.items() if reason}


def allowed_flows(home: Home, on: date) -> list[str]:
    """Return the flows that may be loaded on that day."""
    refused = problems(home, on)
    return [flow for flow in FLOWS if flow not in refused]


TEMPLATE = """\
# What the data controller allows, flow by flow. A flow without an entry, or past its date, is not loaded.
# opt_out says who applies the national data opt-out to the flow:
#   "apply"            we do, from the checking service's cleaned list (`doorstep records opt-outs FILE --dated DAY`)
#   "applied_upstream" somebody did before it reached us: say who in applied_by
#   "not_applicable"   it does not concern this flow: say why in basis
#
# [hospital.planning]
# basis = "…"
# reference = "…"
# expires = 2027-03-31
# opt_out = "applied_upstream"
# applied_by = "…"
#
# The other flows: emergency, community, gp, appointments, programme.
"""


def example(expires: date) -> str:
    """Return a `purposes.toml` for made-up data, with every flow allowed and no opt-out to apply."""
    head = "# What the data controller allows, flow by flow. See docs/explanation/planes-and-vault.md.\n"
    entry = (
        '[{flow}.planning]\nbasis = "made-up data: no person is described"\nreference = "none needed"\n'
        'expires = {expires}\nopt_out = "not_applicable"\n'
    )
    return head + "".join("\n" + entry.format(flow=flow, expires=expires.isoformat()) for flow in FLOWS)
