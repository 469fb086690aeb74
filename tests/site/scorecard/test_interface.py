"""The interface for programs: tokens, the matrix behind them, limits, problems, and the description that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from scorecard_kit import publish, shelved

pytestmark = pytest.mark.usefixtures("db", "shelf")
EXHIBIT = "/api/v1/made-up/croydon/O2b/"


@pytest.fixture
def shelf() -> Iterator[None]:
    with shelved():
        yield


@pytest.fixture
def coach(member: Any) -> Any:
    publish()
    return member("coach")


@pytest.fixture
def program() -> Any:
    from django.test import Client

    return Client(enforce_csrf_checks=True)


def token(owner: Any, *, scopes: tuple[str, ...] = ("figure.read",), days: int = 30) -> Any:
    from django.utils import timezone

    from doorstep.programme.api import actions

    until = timezone.localdate() + timedelta(days=days)
    return actions.make(owner=owner.person, name="monthly report", scopes=scopes, expires_on=until)


def bearer(text: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {text}"}


def is_problem(answer: Any, status: int) -> bool:
    body = answer.json()
    return (answer.status_code, answer["Content-Type"], body["status"]) == (status, "application/problem+json", status)


def test_a_token_opens_the_interface_for_a_program(coach: Any, program: Any) -> None:
    _, text = token(coach)
    answer = program.get(EXHIBIT, **bearer(text))
    assert answer.status_code == 200
    assert answer.json()["heading"] == "O2b at croydon"
    assert "Set-Cookie" not in answer


def test_a_token_opens_nothing_but_the_interface(coach: Any, program: Any) -> None:
    _, text = token(coach)
    for address in ("/account", "/account/tokens", "/scorecard/", "/api/"):
        assert program.get(address, **bearer(text))["Location"].startswith("/log-in")


def test_the_text_of_a_token_is_kept_nowhere(coach: Any) -> None:
    import hashlib

    from doorstep.programme.api.models import Token

    made, text = token(coach)
    row = Token.objects.filter(pk=made.pk).values().get()
    assert row["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert text not in str(row)
    assert len(text.removeprefix("doorstep_")) == 43  # 256 bits in base64


def test_no_token_a_wrong_one_an_expired_one_and_a_revoked_one_are_refused(coach: Any, program: Any) -> None:
    from django.utils import timezone

    from doorstep.programme.api import actions
    from doorstep.programme.api.models import Token

    made, text = token(coach)
    other, expired = token(coach)
    Token.objects.filter(pk=other.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1), made_at=timezone.now() - timedelta(days=9)
    )
    assert is_problem(program.get(EXHIBIT), 401)
    assert program.get(EXHIBIT)["WWW-Authenticate"] == "Bearer"
    assert is_problem(program.get(EXHIBIT, **bearer("doorstep_made-up")), 401)
    assert is_problem(program.get(EXHIBIT, HTTP_AUTHORIZATION=f"Basic {text}"), 401)
    assert is_problem(program.get(EXHIBIT, **bearer(expired)), 401)
    actions.revoke(token_id=made.pk, by=coach.person)
    assert is_problem(program.get(EXHIBIT, **bearer(text)), 401)


def test_a_bad_token_is_refused_even_beside_a_good_log_in(coach: Any) -> None:
    assert coach.get(EXHIBIT).status_code == 200
    assert is_problem(coach.get(EXHIBIT, **bearer("doorstep_made-up")), 401)


def test_the_last_day_of_a_token_is_valid(coach: Any, program: Any) -> None:
    _, text = token(coach, days=0)
    assert program.get(EXHIBIT, **bearer(text)).status_code == 200


def test_the_matrix_holds_for_the_owner_of_a_token_as_it_is_today(coach: Any, program: Any) -> None:
    from django.utils import timezone

    from doorstep.web.accounts import actions

    _, text = token(coach)
    held = coach.person.assignments.get()
    actions.assign(user=coach.person, role="administrator", by=None, starts_on=held.starts_on)
    held.starts_on, held.ends_on = held.starts_on - timedelta(days=9), timezone.localdate() - timedelta(days=1)
    held.save()
    answer = program.get(EXHIBIT, **bearer(text))
    assert is_problem(answer, 403)
    assert "croydon" not in answer.content.decode()
    coach.person.is_active = False
    coach.person.save()
    assert is_problem(program.get(EXHIBIT, **bearer(text)), 401)


def enrolled_anew(person: Any) -> None:
    """Let a person who lost everything in again, by an administrator's link."""
    from django.contrib.auth.hashers import make_password
    from django_otp.oath import totp

    from doorstep.web.accounts import enrolment

    link, key = enrolment.new_link(user=person, by=None), enrolment.new_key()
    code = f"{totp(bytes.fromhex(key)):06d}"
    assert enrolment.enrol(secret_of_link=link, password_hash=make_password("x"), key=key, code=code)


def closed_and_opened(person: Any) -> None:
    from doorstep.web.accounts import actions
    from doorstep.web.accounts.models import User

    other = User.objects.create(email="other@example.org", name="Other")
    actions.deactivate(user=person, by=other)
    actions.activate(user=person, by=other)


@pytest.mark.parametrize("ended", [enrolled_anew, closed_and_opened])
def test_who_had_the_account_before_is_out_of_it_by_token_too(coach: Any, program: Any, ended: Any) -> None:
    from doorstep.web.audit.models import Event

    made, text = token(coach)
    assert program.get(EXHIBIT, **bearer(text)).status_code == 200
    ended(coach.person)
    assert is_problem(program.get(EXHIBIT, **bearer(text)), 401)
    assert Event.objects.filter(action="revoke", thing="token", thing_id=str(made.pk)).count() == 1


def test_a_token_without_the_scope_is_refused(coach: Any, program: Any) -> None:
    from doorstep.programme.api.models import Token

    made, text = token(coach)
    Token.objects.filter(pk=made.pk).update(scopes=["quality.read"])
    answer = program.get(EXHIBIT, **bearer(text))
    assert is_problem(answer, 403)
    assert "insufficient_scope" in answer["WWW-Authenticate"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_only_get_is_answered(coach: Any, program: Any, method: str) -> None:
    _, text = token(coach)
    answer = getattr(program, method)(EXHIBIT, **bearer(text))
    assert is_problem(answer, 405)
    assert "GET" in answer["Allow"]
    assert is_problem(getattr(program, method)(EXHIBIT), 401)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/api/v1/no-such/", "There is no exhibit called"),
        ("/api/v1/made-up/croydon/", "needs place and metric"),
        ("/api/v1/made-up/atlantis/O2b/", "no Place called"),
        (EXHIBIT + "?edition=7", "the newest is 1"),
        ("/api/v1/made-up-month/O2b/2026-04/", "There is no exhibit called"),
    ],
)
def test_what_is_not_there_is_a_problem_in_words(coach: Any, address: str, words: str) -> None:
    answer = coach.get(address)
    assert is_problem(answer, 404)
    assert words in answer.json()["detail"]


def test_an_address_outside_the_shelf_is_a_problem_too(coach: Any) -> None:
    assert is_problem(coach.get("/api/v1/a/b/c/d/e"), 404)


def test_too_many_questions_in_a_minute_are_refused_token_by_token(coach: Any, program: Any) -> None:
    from django.test.utils import override_settings

    (_, first), (_, second) = token(coach), token(coach)
    with override_settings(API_PER_MINUTE=2):
        codes = [program.get(EXHIBIT, **bearer(first)).status_code for _ in range(3)]
        refused = program.get(EXHIBIT, **bearer(first))
        assert codes == [200, 200, 429]
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert program.get(EXHIBIT, **bearer(second)).status_code == 200


def test_a_new_minute_counts_from_one_and_old_minutes_go() -> None:
    from datetime import UTC, datetime

    from doorstep.programme.api import actions
    from doorstep.programme.api.models import Minute

    noon = datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC)
    assert [actions.count("a", noon), actions.count("a", noon), actions.count("b", noon)] == [1, 2, 1]
    assert actions.count("a", noon + timedelta(minutes=1)) == 1
    assert sorted(Minute.objects.values_list("asker", "n")) == [("a", 1), ("b", 1)]


def test_a_token_never_outlives_a_year_nor_sees_more_than_its_owner(coach: Any, member: Any) -> None:
    from doorstep.errors import UsageError

    with pytest.raises(UsageError, match="would end on"):
        token(coach, days=366)
    with pytest.raises(UsageError, match="would end on"):
        token(coach, days=-1)
    with pytest.raises(UsageError, match="roles do not allow"):
        token(coach, scopes=("as_sent.read",))
    with pytest.raises(UsageError, match="roles do not allow"):
        token(member("administrator"))
    with pytest.raises(UsageError, match="roles do not allow"):
        token(coach, scopes=())


def test_a_person_makes_a_token_on_a_page_sees_it_once_and_revokes_it(coach: Any, program: Any) -> None:
    import re

    from doorstep.programme.api.models import Token
    from doorstep.web.audit.models import Event

    page = coach.post("/account/tokens", {"name": "report", "scopes": ["figure.read"], "days": "30"}).content.decode()
    text = re.search(r"doorstep_[\w-]{43}", page)
    assert text
    assert program.get(EXHIBIT, **bearer(text[0])).status_code == 200
    assert text[0] not in coach.get("/account/tokens").content.decode()
    made = Token.objects.get()
    assert coach.post(f"/account/tokens/{made.pk}/revoke")["Location"] == "/account/tokens"
    assert is_problem(program.get(EXHIBIT, **bearer(text[0])), 401)
    assert list(Event.objects.filter(thing="token").values_list("action", flat=True)) == ["make", "revoke"]
    assert not any(text[0] in str(event) for event in Event.objects.values())


def test_a_form_with_faults_makes_no_token(coach: Any) -> None:
    from doorstep.programme.api.models import Token

    page = coach.post("/account/tokens", {"name": "", "scopes": ["as_sent.read"], "days": "9999"})
    assert page.status_code == 422
    assert page.content.decode().count("nhsuk-error-message") == 3
    assert not Token.objects.exists()


def test_nobody_revokes_the_token_of_another(coach: Any, member: Any) -> None:
    made, _ = token(coach)
    assert member("coach").post(f"/account/tokens/{made.pk}/revoke").status_code == 404
    made.refresh_from_db()
    assert made.is_valid


def test_the_description_keeps_the_standard_and_lists_every_exhibit_of_the_shelf(coach: Any) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator, validate

    told = coach.get("/api/v1/openapi.json").json()
    validate(told, cls=OpenAPIV31SpecValidator)
    assert "/made-up/{place}/{metric}/" in told["paths"]
    assert "/made-up-month/{metric}/{month}/" not in told["paths"]  # on a Place's own installation only
    assert all(set(path) == {"get"} for path in told["paths"].values())
    assert told["components"]["securitySchemes"]["session"]["name"] in coach.cookies


@pytest.mark.parametrize(
    ("address", "path"),
    [(EXHIBIT, "/made-up/{place}/{metric}/"), ("/api/v1/made-up-all/", "/made-up-all/"), ("/api/v1/", "/")],
)
def test_each_answer_fits_its_schema(coach: Any, address: str, path: str) -> None:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    told = coach.get("/api/v1/openapi.json").json()
    schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    check = Draft202012Validator({**schema, "components": told["components"]})
    answer = coach.get(address).json()
    assert list(check.iter_errors(answer)) == []
    assert list(check.iter_errors({**answer, "more": 1}))


def test_a_problem_fits_its_schema_too(coach: Any) -> None:
    from jsonschema import Draft202012Validator

    told = coach.get("/api/v1/openapi.json").json()
    check = Draft202012Validator({"$ref": "#/components/schemas/Problem", "components": told["components"]})
    assert check.is_valid(coach.get("/api/v1/no-such/").json())


def test_the_page_for_people_loads_nothing_from_elsewhere(coach: Any) -> None:
    page = coach.get("/api/").content.decode()
    assert "/made-up/{place}/{metric}/" in page
    assert "https://" not in page
