"""When a row cannot be placed: the dates each table must have, and the orders that cannot be.

A coded entry is lifelong: one with an impossible date still says that the person has the condition, so it loads without
a date and with a warning. An appointment that is only booked may lie ahead; one that took place may not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """For one lake table: `must` dates refuse a row where blank or wrong, `real` ones only where wrong.

    `past` dates may not lie after the day the file arrived; `order` is (later, earlier, words) triples; `unless` is SQL
    over the table's columns that lifts `past`.
    """

    must: tuple[str, ...] = ()
    real: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    order: tuple[tuple[str, str, str], ...] = ()
    unless: str = ""
    lenient: tuple[str, ...] = ()


RULES: dict[str, Rules] = {
    "person": Rules(),
    "spell": Rules(
        must=("admitted_on",),
        real=("discharged_on",),
        past=("admitted_on", "discharged_on"),
        order=(("discharged_on", "admitted_on", "discharged before admission"),),
    ),
    "outpatient": Rules(must=("appointment_on",), past=("appointment_on",)),
    "emergency": Rules(must=("arrived_on",), past=("arrived_on",)),
    "community": Rules(must=("contact_on",), past=("contact_on",)),
    "appointment": Rules(
        must=("appointment_on",), past=("appointment_on",), unless="coalesce(v_status, '') IN ('Booked', 'Cancelled')"
    ),
    "coded": Rules(lenient=("recorded_on",)),
    "medicine": Rules(must=("issued_on",), past=("issued_on",)),
    "cohort": Rules(
        must=("identified_on",),
        real=("left_on",),
        past=("identified_on",),
        order=(("left_on", "identified_on", "left before being identified"),),
    ),
    "programme_contact": Rules(must=("contact_on",), past=("contact_on",)),
    "caseload": Rules(
        must=("opened_on",),
        real=("closed_on",),
        past=("opened_on",),
        order=(("closed_on", "opened_on", "closed before it was opened"),),
    ),
}

# Fact identifiers a row cannot do without (the person apart); a spell or attendance may lack its provider.
IDENTIFIERS: dict[str, tuple[str, ...]] = {
    "spell": ("spell_id",),
    "outpatient": ("appointment_id",),
    "emergency": ("attendance_id",),
    "community": ("referral_id", "contact_id"),
    "appointment": ("appointment_id",),
    "coded": ("entry_id",),
    "medicine": ("issue_id",),
}
