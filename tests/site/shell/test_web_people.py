"""What administrators do to other people's accounts, and what they cannot do to their own."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")


def events() -> list[str]:
    from doorstep.web.audit.models import Event

    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def test_a_role_is_given_from_today_and_ended_at_once(member: Any) -> None:
    from doorstep.web.accounts.models import Assignment

    administrator, ana = member("administrator"), member()
    assert b"no role here yet" in ana.get("/").content
    administrator.post(f"/people/{ana.person.pk}/roles", {"role": "coach", "place": ""})
    assert b"coach" in ana.get("/").content
    held = Assignment.objects.get(user=ana.person)
    administrator.post(f"/people/{ana.person.pk}/roles/{held.pk}/end")
    assert ana.person.roles_on() == ()
    assert Assignment.objects.get(pk=held.pk).given_by == administrator.person
    assert {"assign", "end role"} <= set(events())


def test_a_role_for_one_place_names_it(member: Any) -> None:
    administrator, ana = member("administrator"), member()
    page = administrator.post(f"/people/{ana.person.pk}/roles", {"role": "place_sender", "place": ""})
    assert page.status_code == 422
    assert "Choose the Place" in page.content.decode()
    administrator.post(f"/people/{ana.person.pk}/roles", {"role": "place_sender", "place": "sefton"})
    assert ana.person.places_on("place_sender") == ("sefton",)


def test_a_role_for_all_places_takes_none(member: Any) -> None:
    """Who names one believes that it keeps the person to it, and it would not."""
    administrator, ana = member("administrator"), member()
    page = administrator.post(f"/people/{ana.person.pk}/roles", {"role": "coach", "place": "sefton"})
    assert page.status_code == 422
    assert "This role is for all Places" in page.content.decode()
    assert ana.person.roles_on() == ()


@pytest.mark.parametrize("role", ["centre_king", "", "place_analyst"])
def test_a_role_that_this_installation_has_not_is_refused(member: Any, role: str) -> None:
    administrator, ana = member("administrator"), member()
    assert administrator.post(f"/people/{ana.person.pk}/roles", {"role": role}).status_code == 422
    assert ana.person.roles_on() == ()


def test_nobody_gives_themselves_a_role_or_a_link_or_closes_their_own_account(member: Any) -> None:
    administrator = member("administrator")
    member("administrator")
    own = f"/people/{administrator.person.pk}"
    assert administrator.post(f"{own}/roles", {"role": "centre_lead"}).status_code == 422
    administrator.post(f"{own}/link")
    administrator.post(f"{own}/close")
    administrator.person.refresh_from_db()
    assert administrator.person.roles_on() == ("administrator",)
    assert administrator.person.is_active
    assert administrator.person.invitations.count() == 0


def test_a_closed_account_is_out_at_once_and_may_come_back(member: Any) -> None:
    administrator, ana = member("administrator"), member("coach")
    assert ana.get("/").status_code == 200
    administrator.post(f"/people/{ana.person.pk}/close")
    assert ana.get("/").status_code == 302
    administrator.post(f"/people/{ana.person.pk}/open")
    ana.person.refresh_from_db()
    assert ana.person.is_active
    assert ana.get("/").status_code == 302  # the sessions of before stay ended


def test_the_last_administrator_stays(member: Any) -> None:
    from doorstep.errors import UsageError
    from doorstep.web.accounts import actions

    first, second = member("administrator"), member("administrator")
    first.post(f"/people/{second.person.pk}/close")
    second.person.refresh_from_db()
    assert not second.person.is_active
    held = first.person.assignments.get()
    with pytest.raises(UsageError, match="last administrator"):
        actions.end_assignment(assignment=held, on=held.starts_on, by=None)


def test_an_administrator_unlocks(member: Any) -> None:
    from doorstep.web.accounts import actions

    administrator, ana = member("administrator"), member("coach")
    for _ in range(5):
        actions.note_failure(email=ana.person.email, step="password")
    ana.person.refresh_from_db()
    assert ana.person.is_locked
    assert "Locked" in administrator.get("/people").content.decode()
    administrator.post(f"/people/{ana.person.pk}/unlock")
    ana.person.refresh_from_db()
    assert not ana.person.is_locked


def test_each_lock_lasts_twice_as_long_up_to_a_day(member: Any) -> None:
    from django.utils import timezone

    from doorstep.web.accounts import actions

    ana, minutes = member("coach").person, []
    for _ in range(9):
        for _ in range(5):
            actions.note_failure(email=ana.email, step="password")
        ana.refresh_from_db()
        minutes.append(round((ana.locked_until - timezone.now()).total_seconds() / 60))
    assert minutes == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_looking_at_an_account_is_written_down(member: Any) -> None:
    from doorstep.web.audit.models import Event

    administrator, ana = member("administrator"), member("coach")
    administrator.get(f"/people/{ana.person.pk}")
    seen = Event.objects.filter(action="read", thing="account", thing_id=str(ana.person.pk))
    assert seen.get().actor == administrator.person


def test_one_identity_of_the_provider_is_one_account(member: Any) -> None:
    administrator, ana, ben = member("administrator"), member("coach"), member("coach")
    administrator.post(f"/people/{ana.person.pk}/identity", {"subject": "9912003071"})
    administrator.post(f"/people/{ben.person.pk}/identity", {"subject": "9912003071"})
    ana.person.refresh_from_db()
    ben.person.refresh_from_db()
    assert (ana.person.oidc_subject, ben.person.oidc_subject) == ("9912003071", None)


def test_the_accounts_of_a_demo_have_each_role_once_and_log_in(db: None) -> None:
    from django.test import Client

    from doorstep.web.accounts import demo
    from doorstep.web.environment import DEMO_MARK
    from doorstep.web.matrix import matrix

    made = demo.make()
    assert demo.make() == made
    assert [one.role for one in made] == list(matrix("national").roles)
    assert all(one.password.startswith(DEMO_MARK) for one in made)
    assert demo.left_over() == len(made)
    sender = next(one for one in made if one.role == "place_sender")
    browser = Client()
    browser.post("/log-in", {"email": sender.email, "password": sender.password})
    assert browser.post("/log-in/code", {"code": sender.code()}).headers["Location"] == "/"


def test_production_refuses_the_accounts_of_a_demo() -> None:
    from django.test import Client, override_settings

    from doorstep.errors import ConfigurationError
    from doorstep.web.accounts import demo

    made = demo.make()[0]
    with override_settings(IS_PRODUCTION=True):
        with pytest.raises(ConfigurationError, match="no place in production"):
            demo.make()
        answer = Client().post("/log-in", {"email": made.email, "password": made.password})
    assert answer.status_code == 422
