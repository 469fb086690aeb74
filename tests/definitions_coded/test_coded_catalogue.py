"""What coded entries can show: every condition of the catalogue has a definition that says what it is."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from doorstep import reference
from doorstep.planning.definitions import Definition, Register, shipped
from doorstep.planning.engine.columns import offered
from doorstep.planning.engine.needs import lists_of

PACK = Path(__file__).resolve().parents[2] / "packs" / "gm-sde"
SHELF = shipped()
CODED: tuple[Definition, ...] = (*SHELF.code_rules, *SHELF.values, *SHELF.deficits)

# Conditions whose definition has another name than the catalogue's, and those that no code list decides.
RENAMED = {
    "frailty": "frailty_coded", "adhd": "adhd_dx_only", "parkinsons_disease": "parkinsons_disease_dx_only",
    "asthma": "asthma_dx_only", "atrial_fibrillation": "atrial_fibrillation_dx_only", "copd": "copd_dx_only",
    "epilepsy": "epilepsy_dx_only", "learning_disability": "learning_disability_dx_only",
    "serious_mental_illness": "serious_mental_illness_dx_only", "osteoporosis": "osteoporosis_dx_only",
    "non_diabetic_hyperglycaemia": "non_diabetic_hyperglycaemia_dx_only", "obesity": "obesity_dx_only",
}  # fmt: skip
COUNTED = {"polypharmacy"}


def shipped_lists() -> dict[str, str]:
    table = pq.read_table(reference.table("codes"), columns=["list_id", "system"])
    return dict(zip(table["list_id"].to_pylist(), table["system"].to_pylist(), strict=True))


def packed_lists() -> set[str]:
    return {path.stem for path in PACK.glob("*.csv")}


def test_each_of_the_38_conditions_has_a_definition() -> None:
    conditions = pq.read_table(reference.table("conditions"), columns=["condition_id"])["condition_id"].to_pylist()
    assert len(conditions) == 38
    ids = {d.id for d in CODED}
    assert [c for c in conditions if RENAMED.get(c, c) not in ids and c not in COUNTED] == []


def test_a_definition_reads_the_lists_that_the_catalogue_names_for_its_condition() -> None:
    by_id = {d.id: d for d in CODED}
    for row in pq.read_table(reference.table("conditions")).to_pylist():
        named = {name for name in row["codelists"] or () if name}
        definition = by_id.get(RENAMED.get(row["condition_id"], row["condition_id"]))
        if definition is not None:
            assert named <= set(lists_of(definition)), row["condition_id"]


@pytest.mark.parametrize("definition", CODED, ids=lambda d: d.id)
def test_every_list_that_is_asked_for_ships_or_is_packed(definition: Definition) -> None:
    known = {*shipped_lists(), *packed_lists()}
    absent = set(lists_of(definition)) - known
    assert absent == ({"efi2"} if definition.id == "efi2" else set())  # a supplier's own code: nobody publishes it


def test_every_list_of_gp_codes_that_ships_is_asked_for() -> None:
    asked = {name for d in SHELF.all for name in lists_of(d)}
    ships = {name for name, system in shipped_lists().items() if system == "snomedct"}
    assert ships - asked == set()


def test_definitions_made_of_packed_lists_say_so() -> None:
    for definition in CODED:
        if packed_lists() & set(lists_of(definition)):
            assert any("separate pack" in caveat for caveat in definition.caveats), definition.id


def test_lists_of_2020_and_2021_are_owned_up_to() -> None:
    listed = pq.read_table(reference.table("codelists")).to_pylist()
    old = {
        row["list_id"] for row in listed if row["shipped"] and row["version"].rsplit("/", 1)[-1][:4] in ("2020", "2021")
    }
    assert {"atrial_fibrillation", "rheumatoid_arthritis", "adhd", "autism"} <= old
    for definition in CODED:
        if isinstance(definition, Register) and old & set(definition.any_of[0].lists):
            assert any("2020" in c or "2021" in c for c in definition.caveats), definition.id


def test_nothing_is_signed_by_a_clinician_yet() -> None:
    assert [d.id for d in CODED if d.is_reviewed] == []


def test_what_cannot_be_computed_is_left_out_with_its_reason() -> None:
    left = offered(SHELF, [name for name, system in shipped_lists().items() if system == "snomedct"]).left_out
    packed = {d.id for d in CODED if packed_lists() & set(lists_of(d))}
    assert packed | {"efi2"} <= set(left)
    assert left["anxiety"] == "no code list anxiety is installed"
    assert "housebound" not in left and "cfs" not in left
