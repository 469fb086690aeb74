"""Checks across files and months: what one workbook by itself cannot show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import JULY, JUNE, MAY, client_of, codes, figures, send, sign_off, workbook

pytestmark = pytest.mark.usefixtures("register")
CROSS = ("cohort-jump", "went-silent", "part-silent", "unchanged", "implausible-change", "patients-changed")


def crossed(submission: Any) -> list[str]:
    return [code for code in codes(submission) if code in CROSS]


@pytest.fixture
def june(people: Any, tmp_path: Path) -> Any:
    made = send(workbook(tmp_path, figures(month=JUNE)), people["sam"]).submission
    sign_off(made, people)
    return made


def july(people: Any, tmp_path: Path, **totals: Any) -> Any:
    return send(workbook(tmp_path, figures(**totals)), people["sam"]).submission


def test_a_month_like_the_one_before_has_nothing_to_note(june: Any, people: Any, tmp_path: Path) -> None:
    assert codes(july(people, tmp_path)) == []


def test_without_a_month_before_it_says_so(people: Any, tmp_path: Path) -> None:
    assert codes(july(people, tmp_path)) == ["not-compared"]


def test_a_cohort_that_jumps_is_noted_unless_the_log_has_a_break(june: Any, people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions import actions

    assert "cohort-jump" in crossed(july(people, tmp_path, patients=9000))
    words = "The cohort's rule changed to two conditions"
    actions.log(kind="break", words=words, month_from=JULY, place="sefton", by=people["ana"])
    assert "cohort-jump" not in crossed(july(people, tmp_path, patients=9060))


def test_a_caseload_that_grows_is_usual_and_one_that_falls_is_noted(june: Any, people: Any, tmp_path: Path) -> None:
    assert crossed(july(people, tmp_path, caseload=2400)) == []
    assert crossed(july(people, tmp_path, caseload=900)) == ["cohort-jump"]


def test_a_small_metric_that_is_hidden_this_month_is_chance(people: Any, tmp_path: Path) -> None:
    parts = frozenset(("O4.4", column) for column in range(1, 23))
    for total, noted in ((12, []), (24, ["went-silent"])):
        month = {12: (MAY, JUNE), 24: (JUNE, JULY)}[total]
        first = send(workbook(tmp_path, figures(month=month[0], O4_4=total), parts), people["sam"]).submission
        sign_off(first, people)
        hidden = workbook(tmp_path, figures(month=month[1], O4_4=0), parts | {("O4.4", 0)})
        assert crossed(send(hidden, people["sam"]).submission) == noted


def test_a_break_of_another_place_excuses_nothing(june: Any, people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions import actions

    actions.log(kind="break", words="A break in Croydon only", month_from=JULY, place="croydon", by=people["ana"])
    assert "cohort-jump" in crossed(july(people, tmp_path, patients=9000))


def test_a_metric_that_goes_silent_is_noted(june: Any, people: Any, tmp_path: Path) -> None:
    hidden = frozenset(("O6b", column) for column in range(23))
    content = workbook(tmp_path, figures(O6b=0), hidden)
    assert crossed(send(content, people["sam"]).submission) == ["went-silent"]


def test_a_metric_with_last_months_very_numbers_is_noted(june: Any, people: Any, tmp_path: Path) -> None:
    assert crossed(july(people, tmp_path, O1b=june.lines["O1b"][0])) == ["unchanged"]
    assert crossed(july(people, tmp_path, O1b=june.lines["O1b"][0] + 6)) == []


def test_a_fall_by_half_may_be_a_provider_that_sent_nothing(june: Any, people: Any, tmp_path: Path) -> None:
    assert crossed(july(people, tmp_path, O5b=630)) == ["part-silent"]  # 1,266 in June
    assert crossed(july(people, tmp_path, O5b=1150)) == []


def test_patients_that_differ_from_the_version_before_are_noted(june: Any, people: Any, tmp_path: Path) -> None:
    july(people, tmp_path)
    assert crossed(july(people, tmp_path, patients=6060)) == ["patients-changed"]


def test_a_second_version_without_one_total_of_the_first_may_be_of_another_month(people: Any, tmp_path: Path) -> None:
    from doorstep.returns import METRICS

    july(people, tmp_path)
    moved: dict[str, Any] = {metric.replace(".", "_"): 660 + 60 * i for i, metric in enumerate(METRICS)}
    assert "all-differ" not in codes(july(people, tmp_path, **moved))  # the people are the same
    others = {name: n + 6 for name, n in moved.items()}
    assert "all-differ" in codes(july(people, tmp_path, patients=6060, caseload=1206, **others))


def test_the_month_before_is_its_signed_off_version_not_a_newer_one(june: Any, people: Any, tmp_path: Path) -> None:
    send(workbook(tmp_path, figures(month=JUNE, O1a=2000)), people["sam"])
    assert crossed(july(people, tmp_path)) == []


def test_a_month_before_that_nobody_decided_about_yet_is_compared_with_too(people: Any, tmp_path: Path) -> None:
    send(workbook(tmp_path, figures(month=JUNE)), people["sam"])
    assert crossed(july(people, tmp_path, O5b=630)) == ["part-silent"]


def test_a_month_before_that_was_sent_back_is_not(june: Any, people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions import actions

    actions.decide(submission=june, verdict="sent back", why="A trust is missing", by=people["ana"])
    assert codes(july(people, tmp_path, O5b=630)) == ["not-compared"]


def test_a_total_is_judged_by_the_places_own_series(people: Any, tmp_path: Path) -> None:
    """O1a swings between 500 and 700 for twelve months: 690 is usual, 2,000 is not, though June had 700."""
    made = series(people["sam"], [500, 700] * 6)
    assert crossed(arrive(made, people, tmp_path, 690)) == []
    assert "implausible-change" in crossed(arrive(made, people, tmp_path, 1400))
    # By the month before alone 700 -> 440 is beyond chance and a third less; its own series says it is usual.
    assert crossed(arrive(made, people, tmp_path, 440)) == []


def test_with_few_months_only_the_month_before_speaks(people: Any, tmp_path: Path) -> None:
    made = series(people["sam"], [500, 700])
    assert crossed(arrive(made, people, tmp_path, 440)) == ["implausible-change"]


def test_with_six_months_a_jump_within_their_limits_says_nothing(people: Any, tmp_path: Path) -> None:
    made = series(people["sam"], [500, 700] * 3)
    assert crossed(arrive(made, people, tmp_path, 440)) == []  # a third less than June's 700, as often before
    assert crossed(arrive(made, people, tmp_path, 2400)) == ["implausible-change"]


def series(by: Any, totals: list[int]) -> date:
    """Store accepted months with these totals of O1a, and return the month after them."""
    from intake_kit import spread

    from doorstep.programme.submissions.models import Decision, Submission
    from doorstep.reference.policy import lookup_months
    from doorstep.returns.printed import LINE_IDS

    months = lookup_months()
    for n, (month, total) in enumerate(zip(months, totals, strict=False)):
        lines = {line: list(spread(660 + 12 * (n % 3) + i)) for i, line in enumerate(LINE_IDS)}
        lines |= {"O1a": list(spread(total)), "patients": list(spread(6000)), "P1": list(spread(1200))}
        one = Submission.objects.create(
            place_id="sefton", month=month, version=1, file_name="r.xlsx", file=b"", sha256=f"{n}", received_on=month,
            received_at=datetime(2027, 1, 1, tzinfo=UTC), window="first", n_faults=0, n_notes=0, lines=lines,
        )  # fmt: skip
        Decision.objects.create(submission=one, verdict="signed off", at=one.received_at, by=by)
    return months[len(totals)]


def arrive(month: date, people: Any, tmp_path: Path, total: int) -> Any:
    from doorstep.returns import METRICS

    like: dict[str, Any] = {metric.replace(".", "_"): 667 + i for i, metric in enumerate(METRICS)}
    content = workbook(tmp_path, figures(month=month, **{**like, "O1a": total}))
    return send(content, people["sam"], received_at=datetime(2027, 6, 1, 12, tzinfo=UTC)).submission


def test_another_places_numbers_are_a_fault_that_names_no_place_to_the_sender(people: Any, tmp_path: Path) -> None:
    first = send(workbook(tmp_path, figures("Croydon")), people["cara"]).submission
    second = july(people, tmp_path)
    assert "duplicate-content" in codes(second)
    assert second.n_faults == 1
    to_sender = client_of(people["sam"]).get(f"/returns/{second.pk}/").content.decode()
    assert "the same as in another Place" in to_sender.replace("&#39;", "'")
    assert "Croydon" not in to_sender
    assert str(first.pk) not in to_sender
    assert "Croydon" in client_of(people["ana"]).get(f"/returns/{second.pk}/").content.decode()


def test_another_months_numbers_are_a_fault(june: Any, people: Any, tmp_path: Path) -> None:
    same = {
        metric.replace(".", "_"): june.lines[metric][0] for metric in june.lines if metric not in ("patients", "P1")
    }
    assert "duplicate-content" in codes(july(people, tmp_path, **same))


def test_once_the_copy_is_sent_back_the_true_one_can_be_checked_again(people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions import actions
    from doorstep.programme.submissions.models import Finding

    copy = send(workbook(tmp_path, figures("Croydon")), people["cara"]).submission
    true = july(people, tmp_path)
    assert actions.check_again(submission=true, by=people["ana"]).n_faults == 1
    actions.decide(submission=copy, verdict="sent back", why="These are Sefton's numbers", by=people["ana"])
    again = actions.check_again(submission=true, by=people["ana"])
    assert again.n_faults == 0
    assert "duplicate-content" not in codes(again)
    assert Finding.objects.filter(submission=true, code="duplicate-content").count() == 2  # what was found stays
    sign_off(again, people)
