"""Pages about people and their data: privacy, the second step, the team, the help desk, the profile."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, codes, store
from core.codes import desk
from core.errors import SettingWrong
from core.people import persons, second_step, sessions, team
from core.permissions import Role
from core.privacy import declaration
from db import tables
from pages import menu
from pages.front import privacy
from pages.parts import i18n, visit
from pages.routes import routes
from pages.server import private_route
from tests.helpers import boxes, second_steps, worlds
from tests.pages.conftest import Opener, html, sign_in


def press(app, label: str):
    """Press a button by its label and return the page after it."""
    found = [each for each in app.button if each.label == label]
    assert found, f"no button {label!r} among {[each.label for each in app.button]}"
    return found[0].click().run()


@pytest.mark.parametrize("language", i18n.known())
def test_every_purpose_and_end_has_plain_words(language: str):
    with i18n.speaking(language):
        for one in declaration.declared():
            assert all((privacy.what(one.why), privacy.reason(one.why), privacy.until(one.until)))
            assert privacy.whose(one.whose)


def test_the_privacy_page_says_all_that_is_declared_about_people(open_app: Opener):
    shown = html(open_app("front/privacy_page.py", language="en"))
    assert all(line.what in shown.replace("&#39;", "'") for line in privacy.lines()) or "Your year of birth" in shown
    assert "Your ballot, sealed and under a random number" in shown


@pytest.mark.parametrize("language", i18n.known())
def test_no_kind_of_data_stands_twice_on_the_privacy_page(language: str):
    with i18n.speaking(language):
        lines = privacy.lines()
    named = [line.what for line in lines]

    assert len(named) == len(set(named)), sorted(one for one in named if named.count(one) > 1)


def test_the_officers_page_lists_every_column(open_app: Opener):
    shown = html(open_app("front/privacy_officer_page.py", language="en"))
    for one in declaration.declared():
        assert one.column in shown and one.table in shown


def test_the_foot_of_every_page_leads_to_privacy_contact_and_imprint(open_app: Opener):
    shown = html(open_app("front/about_page.py"))
    assert 'href="/privacy"' in shown and "mailto:budget@selo.bg" in shown and "Община Село, пл. 1" in shown


def test_an_organiser_makes_a_link_and_takes_it_back(open_app: Opener, town: worlds.Town):
    app = press(open_app("people/team_page.py", town.organiser), "Нова връзка: Експерт от общината")
    assert "/invited?link=" in html(app)
    with store.reading() as session:
        (waiting,) = team.waiting(session, town.organiser, at=clock.now())
    assert waiting.role is Role.reviewer
    back = next(each for each in app.button if each.key == f"back-{waiting.key}")
    back.click().run()
    with store.reading() as session:
        assert team.waiting(session, town.organiser, at=clock.now()) == ()


def test_who_opens_a_link_learns_which_role_it_gives(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        link = team.invite(session, town.organiser, Role.council, at=clock.now())
    assert "Общински съветник" in html(open_app("people/invited_page.py", town.resident, link=link))
    assert "вече не работи" in html(open_app("people/invited_page.py", town.resident, link="x"))


def accept(app, password: str) -> str:
    app.text_input(key="invited-password").set_value(password)
    shown = app.button(key="invited-go").click().run()
    assert not shown.exception
    return html(shown)


def test_a_role_is_taken_with_the_password_and_a_short_one_is_sent_to_the_profile(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        link = team.invite(session, town.organiser, Role.council, at=clock.now())
    app = open_app("people/invited_page.py", town.resident, link=link)
    assert "Попълни това поле" in html(app.button(key="invited-go").click().run())
    assert "поне 15 знака" in accept(app, "qV7!mZ2#kL9x") and 'href="/account"' in html(app)
    assert "Сегашната парола не съвпада" in accept(app, "druga-dalga-parola-8")
    with store.reading() as session:
        assert Role.council not in persons.actor_from(session, persons.by_id(session, town.resident.person_id)).roles

    accept(app, worlds.PASSWORD)
    with store.reading() as session:
        assert Role.council in persons.actor_from(session, persons.by_id(session, town.resident.person_id)).roles


def test_new_recovery_codes_are_for_who_has_shown_the_second_step(open_app: Opener, town: worlds.Town):
    second_steps.set_up(town, "organiser")
    app = open_app("people/account_page.py", town.organiser, shown=False)
    assert "Покажи втората стъпка" in html(app) and "new-codes-go" not in [one.key for one in app.button]

    boxes.change("UPDATE sign_in SET second_step = 1")
    app.run()
    for typed in ("000000", second_steps.codes[town.organiser.person_id][0]):
        app.text_input(key="new-codes").set_value(typed)
        app.button(key="new-codes-go").click().run()
    assert len(app.session_state["new-codes-made"]) == second_step.CODES


def test_a_wrong_password_for_a_new_recovery_code_is_said(open_app: Opener, town: worlds.Town):
    app = open_app("people/account_page.py", town.resident)
    app.text_input(key="recovery-password").set_value("не-е-тази-парола")
    assert "Сегашната парола не съвпада" in html(app.button(key="recovery-new").click().run())


@pytest.mark.parametrize("page", ["front/privacy_page.py", "front/privacy_officer_page.py"])
def test_the_privacy_pages_name_all_three_cookies(open_app: Opener, page: str):
    shown = html(open_app(page, language="en"))
    assert len(privacy.cookies()) == 3
    with i18n.speaking("en"):
        assert all(line.what in shown and line.why in shown for line in privacy.cookies())


def test_a_second_organiser_releases_codes(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        row = session.get_one(tables.Round, town.round.id)
        row.code_required = True
        (code,) = codes.make_batch(session, town.organiser, town.round.id, "Школо", 1, at=clock.now())
    own = open_app("codes/codes_page.py", town.organiser)
    assert "Пусни" not in [each.label for each in own.button]
    press(open_app("codes/codes_page.py", town.second_organiser), "Пусни")
    desk.use(store.transaction, town.resident, town.round.id, code, address="", at=clock.now())


def test_the_desk_makes_a_slip_that_logs_in_once(open_app: Opener, town: worlds.Town):
    app = open_app("codes/desk_page.py", town.organiser)
    app.text_input(key="desk-slip-form-nickname").input("resident").run()
    shown = html(press(app, "Направи бележката"))
    assert "/sign-in?link=" in shown and "data:image/svg+xml" in shown


def test_staff_set_up_the_second_step(open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    app = open_app("people/second_step_page.py", town.organiser)
    secret = html(app).split('<output class="g-num">')[1].split("</output>")[0]
    import base64

    now = clock.now()
    code = second_step.one_time_password(base64.b32decode(secret.replace(" ", "")), int(now.timestamp()) // 30)
    app.text_input(key="second-code").input(code).run()
    shown = html(press(app, "Продължи"))
    assert shown.count('class="g-slip"') == second_step.CODES


def test_a_resident_needs_no_second_step(open_app: Opener, town: worlds.Town):
    assert "не му трябва" in html(open_app("people/second_step_page.py", town.resident))


def test_the_profile_lists_sign_ins_and_ends_the_others(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        other = sessions.open_session(session, town.resident, at=clock.now(), device="phone")
    app = open_app("people/account_page.py", town.resident)
    assert "Телефон" in html(app) and "тук, сега" in html(app)
    press(app, "Излез навсякъде другаде")
    with store.reading() as session:
        assert sessions.actor_of(session, other, at=clock.now()) is None


def test_the_profile_deletes_itself_after_one_question(open_app: Opener, town: worlds.Town):
    app = press(open_app("people/account_page.py", town.resident), "Да, изтрий го")
    assert "Профилът ти е изтрит" in html(app)
    with store.reading() as session:
        assert session.get(tables.Person, town.resident.person_id) is None


@pytest.fixture
def client(town: worlds.Town) -> TestClient:
    assert town
    return TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")


def test_everybody_takes_away_her_own_data_only(client: TestClient, town: worlds.Town):
    with store.transaction() as session:
        token = sessions.open_session(session, town.resident, at=clock.now())
    client.cookies.set("glas", token)
    answer = client.get("/account/export.json", headers={"sec-fetch-site": "same-origin"})
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.text)["person"]["nickname"] == "resident"
    assert json.loads(answer.text)["person"]["area"] == town.municipality.areas[0].names.exactly("bg")
    assert "neighbour" not in answer.text and worlds.password_hash() not in answer.text and token not in answer.text
    assert client.get("/account/export.json", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_private_file_is_there_for_its_owner_only(client: TestClient, town: worlds.Town):
    address = private_route.keep(town.organiser, "codes.csv", "text/csv", b"secret")
    for who, status in (("organiser", 200), ("second_organiser", 404), ("resident", 404)):
        with store.transaction() as session:
            client.cookies.set("glas", sessions.open_session(session, getattr(town, who), at=clock.now()))
        answer = client.get(address)
        assert answer.status_code == status and answer.headers["cache-control"] == "no-store"
    private_route.forget(address)
    client.cookies.clear()
    answer = client.get(address)
    assert answer.status_code == 401 and answer.headers["cache-control"] == "no-store"


def test_who_has_a_role_but_no_second_step_is_led_to_it(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    studio = menu.entry_at("/studio")
    monkeypatch.setattr(menu, "entry_at", lambda _path: studio)
    led, way = "след втората стъпка", 'href="/second-step'
    shown = html(open_app("front/not_yours_page.py", town.organiser, shown=False))
    assert led in shown and way in shown
    shown = html(open_app("front/not_yours_page.py", town.resident))
    assert led not in shown and way not in shown


def test_the_second_step_says_what_is_wrong_at_the_server(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    def refused(*_facts: object, **_more: object) -> None:
        raise SettingWrong(name="GLAS_KEY_DIR", value="keys", problem="open_to_others")

    monkeypatch.setattr(second_step, "begin", refused)
    shown = html(open_app("people/second_step_page.py", town.organiser))
    assert "GLAS_KEY_DIR" in shown and "не му трябва" not in shown


def test_an_expired_sign_in_is_confirmed_in_place(
    client: TestClient, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    from datetime import timedelta

    now = clock.now()
    with store.transaction() as session:
        token = sessions.open_session(session, town.resident, at=now - timedelta(hours=2))
    client.cookies.set("glas", token)
    ballot = {"request_id": "r" * 32, "choices": ["p01"], "replaces": 0, "nonce": "a" * 64}
    here = {"sec-fetch-site": "same-origin"}
    vote = f"/api/rounds/{town.round.slug}/ballot"
    assert client.post(vote, json=ballot, headers=here).status_code == 401
    assert client.post("/session/again", json={"password": "wrong"}, headers=here).json()["error"] == "wrong"
    answer = client.post("/session/again", json={"password": worlds.PASSWORD}, headers=here)
    assert answer.status_code == 204 and "HttpOnly" in answer.headers["set-cookie"]
    fresh = answer.headers["set-cookie"].split(";")[0].partition("=")[2]
    assert fresh != token
    client.cookies.clear()
    client.cookies.set("glas", fresh)
    first = client.post(vote, json=ballot, headers=here)
    assert first.status_code == 201
    assert client.post(vote, json=ballot, headers=here).json()["number"] == first.json()["number"]
    client.cookies.clear()
    client.cookies.set("glas", token)
    assert client.post("/session/again", json={"password": worlds.PASSWORD}, headers=here).json()["error"] == "gone"


def test_the_password_cannot_be_guessed_over_http(client: TestClient, town: worlds.Town):
    with store.transaction() as session:
        client.cookies.set("glas", sessions.open_session(session, town.resident, at=clock.now()))
    found = [
        client.post(
            "/session/again", json={"password": f"guess-{n}"}, headers={"sec-fetch-site": "same-origin"}
        ).status_code
        for n in range(40)
    ]
    assert found.count(401) < 25 and 429 in found
    assert visit is not None and sign_in is not None


@pytest.mark.parametrize("who", ["resident", "organiser"])
def test_who_came_by_a_link_chooses_a_password_at_once(open_app: Opener, town: worlds.Town, who: str):
    with store.transaction() as session:
        session.get_one(tables.Person, town.people[who].person_id).password_hash = None
    app = open_app("people/account_page.py", town.people[who], language="en")
    assert "Choose a password" in html(app)
    assert not [each for each in app.text_input if each.key == "change-old"]
    least = 15 if who == "organiser" else 12
    assert f"at least {least} characters" in str([each.label for each in app.text_input])

    next(each for each in app.text_input if each.key == "change-password").set_value("pet-zeleni-kestena-9")
    press(app, "Change the password")

    with store.reading() as session:
        assert session.get_one(tables.Person, town.people[who].person_id).password_hash is not None


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Organisers and auditors are invited at the server: glas invite NAME --role organiser"),
        ("bg", "Организатори и одитори се канят от сървъра: glas invite NAME --role organiser"),
    ],
)
def test_the_team_says_how_one_becomes_organiser_or_auditor(
    town: worlds.Town, open_app: Opener, language: str, told: str
):
    assert told in html(open_app("people/team_page.py", town.organiser, language))
