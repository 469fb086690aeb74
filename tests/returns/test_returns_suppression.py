"""Which numbers of a return are hidden, and what a reader can still work out."""

from __future__ import annotations

import pytest
from return_files import CASELOAD, DAYS, EVENTS, PEOPLE, STAYS, figures

from doorstep.errors import DataError, UsageError
from doorstep.returns import METRICS
from doorstep.returns.layout import PARTITIONS
from doorstep.returns.printed import Suppressed, cell_values, lines_of, printed_lines, rate
from doorstep.returns.suppression import METHODS, apply_suppression, table_of, worked_out_in
from doorstep.statistics import disclosure

ROUND = (1000, *[100] * 10, 500, 100, 100, 100, 100, 100, 200, 200, 200, 200, 100, 100)


def only(line: tuple[int, ...]) -> dict[str, object]:
    """Figures in which O1a is this line and no other number is small."""
    counts = dict.fromkeys(METRICS, ROUND) | {"O1a": line}
    return {"counts": counts, "caseload": 1000, "caseload_line": ROUND}


def test_primary_suppression_hides_every_number_below_six_and_no_other() -> None:
    small = {
        (name, c)
        for name, line in (*((m, EVENTS) for m in METRICS if m not in ("O2b", "O3")), ("O2b", STAYS), ("O3", DAYS))
        for c, n in enumerate(line)
        if n < 6
    }
    assert apply_suppression(figures()).hidden == small
    assert min(*PEOPLE, *CASELOAD) >= 6


def test_a_single_hidden_cell_of_a_breakdown_is_worked_out() -> None:
    # ages 18-19 4 of a total of 200: 200 - 196 = 4
    line = (200, 4, 36, *[20] * 8, 100, *[20] * 5, 40, 40, 40, 40, 20, 20)
    found = apply_suppression(figures(**only(line)))
    assert found.hidden == {("O1a", 1)}
    assert found.sentence == "1 of 1 suppressed cells can be worked out by subtraction"


def test_two_hidden_cells_that_could_be_several_numbers_are_not_worked_out() -> None:
    line = (200, 4, 3, 33, *[20] * 6, 40, 100, *[20] * 5, 40, 40, 40, 40, 20, 20)
    found = apply_suppression(figures(**only(line)))
    assert found.sentence == "0 of 2 suppressed cells can be worked out by subtraction"


def test_secondary_suppression_leaves_nought_to_five_possible_for_each_hidden_cell() -> None:
    line = (200, 4, 36, *[20] * 8, 97, 20, 30, 30, 3, 20, 40, 40, 40, 40, 35, 5)
    made = figures(**only(line))
    found = apply_suppression(made, "secondary")
    assert disclosure.audit(table_of(lines_of(made)), found.hidden) == ()
    assert found.hidden > apply_suppression(made).hidden
    assert found.sentence.startswith(f"0 of {len(found.hidden)} ")


def test_bed_days_do_not_give_back_hidden_stays() -> None:
    # 2 stays at 18-19 are hidden; their 8 bed days, printed, would say that there was one at least
    stays = (100, 2, 18, *[10] * 8, 50, *[10] * 5, *[20] * 4, 10, 10)
    counts = dict.fromkeys(METRICS, ROUND) | {"O2b": stays, "O3": tuple(4 * n for n in stays)}
    made = figures(counts=counts, caseload=1000, caseload_line=ROUND)
    found = apply_suppression(made, "secondary")
    assert apply_suppression(made).hidden == {("O2b", 1)}
    assert ("O3", 1) in found.hidden
    assert found.sentence.startswith(f"0 of {len(found.hidden)} ")


def test_the_printed_file_alone_tells_as_much_as_the_sentence_says() -> None:
    made = figures(**only((200, 4, 36, *[20] * 8, 97, 20, 30, 30, 3, 20, 40, 40, 40, 40, 35, 5)))
    for method in METHODS:
        found = apply_suppression(made, method)
        n, m = worked_out_in(printed_lines(made, found))
        assert found.sentence.startswith(f"{n} of {m} ")


def test_what_an_earlier_version_gave_away_cannot_be_taken_back() -> None:
    line = (200, 4, 36, *[20] * 8, 100, *[20] * 5, 40, 40, 40, 40, 20, 20)
    made = figures(**only(line))
    sent = printed_lines(made, apply_suppression(made))
    alone = apply_suppression(made, "secondary")
    after = apply_suppression(made, "secondary", [sent])
    assert alone.sentence == (
        "0 of 2 suppressed cells can be worked out by subtraction; numbers of 6 or more hidden to protect the others: 1"
    )
    assert "1 of " in after.sentence
    assert "knowing 1 earlier version of the month" in after.sentence
    assert "; still exposed by an earlier version: " in after.sentence


def test_a_caseload_without_breakdown_is_one_number() -> None:
    found = apply_suppression(figures(caseload=4, caseload_line=()))
    assert {cell for cell in found.hidden if cell[0] == "P1"} == {("P1", 0)}


def test_rates_give_nothing_back() -> None:
    line = (200, 4, 36, *[20] * 8, 100, *[20] * 5, 40, 40, 40, 40, 20, 20)
    made = figures(**only(line))
    values = cell_values(printed_lines(made, apply_suppression(made)))
    assert (values["E6"], values["E8"]) == ("*", 0)
    hidden_people = cell_values(printed_lines(made, Suppressed(frozenset({("patients", 2)}))))
    assert (hidden_people["F6"], hidden_people["F7"], hidden_people["F8"]) == (36, "*", 0)


@pytest.mark.parametrize(("count", "people", "wanted"), [(3, 12, 250.0), ("*", 12, 0), (3, "*", 0), (3, 0, 0)])
def test_the_rate_is_the_templates(count: object, people: object, wanted: float) -> None:
    assert rate(count, people) == wanted


def test_all_three_breakdowns_add_up_to_the_total() -> None:
    assert [sum(PEOPLE[i] for i in cells) for cells in PARTITIONS] == [1000] * 3


def test_figures_that_break_their_own_rules_are_not_suppressed() -> None:
    with pytest.raises(DataError, match="adds up to"):
        apply_suppression(figures(**only((201, *ROUND[1:]))), "secondary")


def test_there_are_two_methods() -> None:
    with pytest.raises(UsageError, match="rounding"):
        apply_suppression(figures(), "rounding")  # type: ignore[arg-type]
