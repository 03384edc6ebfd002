"""Every seat sees what it may know, in its own page and in every part of it, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from sim.page.ask import FormAnswer, Shown
from sim.page.seats import seats_of
from sim.page.views import form, join_page, page, part, parts_of, plain_answer, situation
from sim.tabletop.board import replay
from sim.tabletop.injects_due import inject_of
from sim.tabletop.session import Session
from sim.tabletop.standing import standing_of
from tests.page.views.looks import ask, refused
from tests.tabletop.papers.story import HOSTILE, six_turns

SEATS = ("facilitator", "kenya", "haiti", "united_states", "umpire", "observer", "projector")
WATCHERS = ("observer", "projector")


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.starts: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.starts.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.starts if tag in tags]


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Six turns that were made up, with words that must not reach everybody, ended."""
    folder = tmp_path_factory.mktemp("six")
    six_turns(folder)
    return Session.read(folder)


@pytest.fixture(scope="module")
def running(six: Session, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The same before it was ended."""
    folder = tmp_path_factory.mktemp("running")
    lines = (six.folder / "session.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "session.jsonl").write_bytes(b"".join(lines[:-1]))
    return Session.read(folder)


def everything(session: Session, name: str) -> str:
    """A seat's page and all its parts."""
    look = ask(session, name)
    return page(look) + "".join(part(one, look) for one in parts_of(look.seat.kind))


def seats(session: Session) -> list[str]:
    return [seat.role for seat in seats_of(session.board)]


# Whole pages


@pytest.mark.parametrize("name", SEATS)
def test_every_seat_has_a_page_and_its_parts(running: Session, six: Session, name: str) -> None:
    for session in (running, six):
        look = ask(session, name)
        whole = page(look)
        for one in parts_of(look.seat.kind):
            assert f'data-part="{one}"' in part(one, look)
        assert "<h1>" in whole
        assert "{{" not in whole
        assert ">None<" not in whole


def test_a_part_of_another_seat_is_none_of_this_one(running: Session) -> None:
    with pytest.raises(KeyError):
        part("queue", ask(running, "kenya"))
    with pytest.raises(KeyError):
        part("try", ask(running, "observer"))


def test_nothing_in_a_page_needs_what_its_policy_forbids(running: Session, six: Session) -> None:
    for session in (running, six):
        for name in SEATS:
            tags = Tags(page(ask(session, name)))
            assert not tags.of("style"), "a sheet inside the page would be refused"
            assert all(attrs.get("src", "").startswith("/static/") for attrs in tags.of("script"))  # type: ignore[union-attr]
            assert not [attrs for _, attrs in tags.starts if "style" in attrs]
            assert not [key for _, attrs in tags.starts for key in attrs if key.startswith("on")]
            places = [attrs.get(key) or "" for _, attrs in tags.starts for key in ("href", "src", "action")]
            assert not [place for place in places if "//" in place], "everything is of the page's own server"


def test_every_field_has_a_label_and_every_id_is_there_once(running: Session) -> None:
    for name in SEATS:
        html = page(ask(running, name))
        tags = Tags(html)
        ids = [attrs["id"] for _, attrs in tags.starts if "id" in attrs]
        assert len(ids) == len(set(ids)), [one for one in ids if ids.count(one) > 1][:5]
        labelled = {attrs.get("for") for attrs in tags.of("label")}
        for attrs in tags.of("input", "select", "textarea"):
            kind = attrs.get("type")
            assert kind in ("hidden", "radio", "checkbox") or attrs.get("id") in labelled or "aria-label" in attrs, (
                attrs
            )
            for other in (attrs.get("aria-describedby") or "").split():
                assert other in ids


def test_what_is_typed_into_stands_in_no_part(running: Session) -> None:
    for name in SEATS:
        look = ask(running, name)
        for one in parts_of(look.seat.kind):
            tags = Tags(part(one, look))
            typed = [attrs for attrs in tags.of("input") if attrs.get("type") not in ("hidden", "checkbox")]
            assert not typed + tags.of("textarea"), one


def test_headings_go_down_one_step_at_a_time(running: Session, six: Session) -> None:
    for session in (running, six):
        for name in SEATS:
            levels = [int(found) for found in re.findall(r"<h([1-6])", page(ask(session, name)))]
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(after - before <= 1 for before, after in pairwise(levels)), levels


# Who knows what


def test_which_world_is_played_is_told_once_the_session_has_ended(running: Session, six: Session) -> None:
    for name in SEATS:
        before = everything(running, name)
        assert "480213" not in before
        assert "480,213" not in before
        assert "7654321" not in before
        assert "squad threshold" not in before
    for name in ("facilitator", "kenya", "haiti", "observer"):
        after = page(ask(six, name))
        assert "squad threshold" in after
        assert "480213" in after
        assert "7654321" not in after


def test_an_inject_reaches_those_to_whom_it_went(running: Session) -> None:
    for name in ("haiti", "united_states", *WATCHERS):
        said = everything(running, name)
        assert "XYZZY-LEAK" not in said
        assert "squad wants out" not in said, "nor by what happened in its turn, nor on the timeline"
        assert "XYZZY-NOTE" not in said
        assert "XYZZY-THIN" not in said
    assert "XYZZY-LEAK" in everything(running, "kenya")
    assert "XYZZY-NOTE" not in everything(running, "kenya"), "the script is the facilitator's alone"
    assert "XYZZY-NOTE" in everything(running, "facilitator")
    assert "XYZZY-COURT" in everything(running, "observer")


def test_an_inject_that_has_not_been_told_is_the_facilitator_s_alone(session: Session) -> None:
    for name in ("kenya", "united_states", "umpire", *WATCHERS):
        assert "A morning programme" not in everything(session, name)
    session.touch_inject(inject_of(session.board, "phone_in"), "fire")
    assert "A morning programme" in everything(session, "kenya")
    assert "A morning programme" not in everything(session, "united_states")


def test_the_reasons_and_forecasts_of_others_are_the_facilitator_s_alone(played: Session) -> None:
    played.order("kenya", ["kit_first=1"], why="XYZZY-WHY")
    played.branch("wait", "kenya", text="wait a week")
    played.order("kenya", ["leaders_briefed=1"], option="wait", why="XYZZY-OPTION")
    played.adopt("wait", "kenya", why="XYZZY-ADOPT")
    played.note("kenya", "XYZZY-OBSERVED")
    forecast = "Officers who leave: 0 to 30"
    for name in ("united_states", "umpire", *WATCHERS):
        said = everything(played, name)
        assert "XYZZY" not in said
        assert forecast not in said
        assert "nobody goes uninsured" not in said
        assert name in WATCHERS or "Announce only when the kit is ready" in said, "what was ordered is public"
    for name in ("kenya", "facilitator"):
        said = everything(played, name)
        for word in ("XYZZY-WHY", "XYZZY-OPTION", "XYZZY-ADOPT", "XYZZY-OBSERVED", forecast, "nobody goes uninsured"):
            assert word in said, (name, word)


def test_a_measure_that_a_seat_does_not_know_has_no_number_and_no_name_there(played: Session) -> None:
    kenyan, hidden = "Officers who have left", "Mean perceived hazard"
    for name in ("united_states", *WATCHERS):
        assert kenyan not in everything(played, name)
        assert hidden not in everything(played, name)
    assert kenyan in everything(played, "kenya")
    assert hidden not in everything(played, "kenya")
    for name in ("umpire", "facilitator"):
        assert hidden in everything(played, name)
    hazard = f"{played.board.turns[-1].days[-1]['perceived_hazard']:.3g}"
    for name in ("kenya", "united_states", *WATCHERS):
        assert hazard not in everything(played, name)


def test_what_did_something_is_told_in_the_unit_of_its_number_and_by_name(running: Session) -> None:
    board = running.board
    turn = board.turns[-1]
    rows = [
        {"id": "o1", "what": "insurance 1", "measure": "control", "with": 0.7561, "without": 0.756012},
        {"id": "o1", "what": "insurance 1", "measure": "deaths", "with": 102.31, "without": 99.62},
        {"id": f"i{board.injects['court'].entry}", "what": "The High Court hears", "measure": "control", "with": 0.756,
         "without": 0.751},
    ]  # fmt: skip
    days = [{**row, "control": 0.9 + place / 1e6, "deaths": 14.62 + place / 100} for place, row in enumerate(turn.days)]
    lines = [replace(line, data={**line.data, "because": rows, "days": days}) if line.number == turn.entry else line
             for line in board.lines]  # fmt: skip
    told = {one.name: one for one in situation.numbers(replay(lines), standing_of(replay(lines), "facilitator"))}
    assert told["control"].because == "+0.5 points by the inject court"
    assert told["deaths"].because.startswith("+3 by ")
    assert (told["deaths"].now, told["deaths"].change.lstrip("+−").isdecimal()) == ("103", True)
    still = [line if line.kind != "advance" else replace(line, data={**line.data, "days": days}) for line in lines]
    same = {one.name: one for one in situation.numbers(replay(still), standing_of(replay(still), "projector"))}
    assert (same["control"].now, same["control"].way, same["control"].delta) == ("90 %", "same", "0")
    assert not [one for one in told.values() if "e−" in one.because + one.change]


def test_what_the_facilitator_changed_by_hand_is_told_to_whoever_knows_what_is_hidden(played: Session) -> None:
    played.override([("kenya.imminence", "set", 0.4)], why="XYZZY-BLUNDER")
    for name in ("kenya", "united_states", *WATCHERS):
        assert "XYZZY-BLUNDER" not in everything(played, name)
        assert "by hand" not in everything(played, name)
    assert "XYZZY-BLUNDER" in everything(played, "facilitator")
    assert "by hand" in everything(played, "umpire")


def test_what_people_typed_is_shown_as_they_typed_it(running: Session, played: Session) -> None:
    assert HOSTILE.split(" ")[0] not in everything(running, "facilitator")
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in everything(running, "facilitator")
    played.note("kenya", '"><img src=x onerror=alert(1)>')
    played.order("kenya", ["kit_first=1"], why="</textarea><b>{{ 7 * 7 }}")
    for name in ("kenya", "facilitator"):
        said = everything(played, name)
        assert "<img src=x" not in said
        assert "{{ 7 * 7 }}" in said
        assert "</textarea><b>" not in said
    wrong = refused("order", {"why": "</textarea><script>1</script>", "level.levers.insurance": '"><i>'},
                    level__levers__insurance="</span><script>2</script>")  # fmt: skip
    said = page(ask(played, "kenya", answers={"order": wrong}))
    assert len(Tags(said).of("script")) == 1
    assert not Tags(said).of("i")


# Answers


def test_a_refusal_stands_beside_its_field_with_what_was_typed(played: Session) -> None:
    wrong = refused("order", {"level.levers.insurance": "3", "why": "to reassure them"},
                    level__levers__insurance="a number from 0 to 1", whole="it contradicts o12")  # fmt: skip
    said = page(ask(played, "kenya", answers={"order": wrong}))
    assert re.search(r'name="level\.levers\.insurance"[^>]* value="3"[^>]*aria-invalid="true"', said)
    assert 'href="#f-order--level.levers.insurance"' in said
    assert ">to reassure them</textarea>" in said
    assert "it contradicts o12" in said
    assert "Nothing was written down" in said
    alone = form("order", ask(played, "kenya", answers={"order": wrong}))
    assert 'data-mistake-of="level.levers.insurance"' in alone
    assert "<form" not in alone


def test_what_was_done_is_said_once_and_what_stood_already_too(played: Session) -> None:
    done = FormAnswer("note", {"form": ""}, done="written down", line=20)
    assert "written down" in page(ask(played, "kenya", answers={"note": done}))
    again = form("note", ask(played, "kenya", answers={"note": replace(done, again=True)}))
    assert "it stands once" in again
    assert form("note", ask(played, "kenya")).strip() == ""


def test_the_answer_for_one_role_s_sheet_stands_at_that_sheet_alone(played: Session) -> None:
    wrong = FormAnswer("order", {"form": "kenya", "role": "kenya", "why": "for Kenya"}, {"why": "too long by far"})
    said = page(ask(played, "facilitator", answers={"order": wrong}))
    assert said.count("for Kenya</textarea>") == 1
    assert 'id="f-order-kenya-why-wrong" data-wrong="why">too long by far' in said
    assert 'id="f-order-haiti-why-wrong" data-wrong="why"></span>' in said


def test_the_preview_of_an_inject_is_a_table(played: Session) -> None:
    seen = FormAnswer("inject", {"form": ""}, done="follow_up, told to nobody yet",
                  table=({"measure": "exits", "with": 12.0, "without": 9.0, "difference": 3.0},))  # fmt: skip
    said = form("inject", ask(played, "facilitator", answers={"inject": seen}))
    assert "Officers who leave" in said
    assert "+3" in said


# What a turn needs


def test_the_desk_says_what_is_missing_of_whom(session: Session) -> None:
    before = part("turn", ask(session, "facilitator"))
    assert "Government of Kenya: no forecast and no order yet" in before
    assert "Umpire" not in re.findall(r'<ul class="still">(.*?)</ul>', before, re.S)[0]
    session.expect("kenya", "exits", "0..30")
    session.order("kenya", ["insurance=1"])
    after = part("turn", ask(session, "facilitator"))
    assert "Government of Kenya: no" not in after
    assert "Government of the United States: no forecast and no order yet" in after


def test_what_a_role_finds_given_when_it_sits_down_is_no_order_of_its_own(session: Session) -> None:
    from sim.tabletop.turn_opening import open_turn

    open_turn(session)
    assert any(order.role == "kenya" for order in session.board.orders)
    assert "Government of Kenya: no forecast and no order yet" in part("turn", ask(session, "facilitator"))


def test_due_injects_come_first_and_one_that_was_told_has_no_buttons(session: Session) -> None:
    said = part("queue", ask(session, "facilitator"))
    assert said.index("welcome") < said.index("closing")
    session.touch_inject(inject_of(session.board, "welcome"), "fire")
    after = part("queue", ask(session, "facilitator"))
    told = re.findall(r"<article.*?</article>", after, re.S)
    (one,) = [article for article in told if "<h3>welcome " in article]
    assert "<button" not in one


def test_the_outlook_is_shut_until_something_was_said(session: Session) -> None:
    shut = page(ask(session, "kenya"))
    assert 'data-gate="shut"' in shut
    assert "Closed until you have said what you expect" in shut
    session.expect("kenya", "exits", "0..30")
    assert 'data-gate="open"' in part("gate", ask(session, "kenya"))
    assert 'data-gate="shut"' in part("gate", ask(session, "united_states")), "another's forecast opens nothing"


def test_a_forecast_after_one_has_looked_is_told_to_be_late(session: Session) -> None:
    shown = {"what": "outlook", "options": [], "until": "2024-03-20", "overrides": 0, "said": "", "rows": []}
    session.note_shown("united_states", shown)
    assert "kept as late" not in part("gate", ask(session, "kenya")), "what another looks at is nobody else's business"
    assert "kept as late" in part("gate", ask(session, "united_states"))
    session.note_shown("facilitator", shown)
    assert "kept as late" in part("gate", ask(session, "kenya")), "what is shown to the table everybody has seen"


def test_a_lever_says_what_stands_and_who_ordered_it(session: Session) -> None:
    session.order("united_states", ["pay_escrow=1"], why="Congress let it")
    said = page(ask(session, "kenya"))
    assert "also decided by Government of the United States" in said
    assert re.search(r"stands at <b>yes</b>.*?Government of the United States", said, re.S)
    assert 'name="level.levers.first_contingent" type="number" inputmode="decimal" min="0.0" max="1000.0"' in said


def test_options_hang_on_those_they_go_on_from(played: Session) -> None:
    played.branch("pay_and_brief", "kenya", on="pay")
    said = part("options", ask(played, "kenya"))
    outer, inner = (
        said.index("<h3>pay\n") if "<h3>pay\n" in said else said.index("<h3>pay<"),
        said.index("pay and brief"),
    )
    assert outer < inner
    assert said.count('<ul class="tree">') == 2
    assert 'form="form-compare"' in said
    assert 'form="form-compare"' not in part("options", ask(played, "observer")), "whoever only looks ticks nothing"


def test_whoever_only_looks_has_nothing_to_fill_in(running: Session) -> None:
    for name in WATCHERS:
        tags = Tags(page(ask(running, name)))
        actions = {attrs.get("action") for attrs in tags.of("form")}
        assert actions <= {"/do/language", "/leave"}


def test_once_it_has_ended_nothing_is_ordered_and_notes_are_taken(six: Session) -> None:
    look = ask(six, "kenya", read_only="The session has ended.")
    actions = {attrs.get("action") for attrs in Tags(page(look)).of("form")}
    assert actions == {"/do/note", "/do/language", "/leave"}
    assert 'href="/paper/report"' in page(look)
    assert "/do/advance" not in page(ask(six, "facilitator"))


def test_futures_are_shown_with_their_caveats(running: Session) -> None:
    rows = [{"measure": "deaths", "theory": "all", "p5": 80, "p25": 90, "p50": 100, "p75": 110, "p95": 130,
             "futures": 1000}]  # fmt: skip
    board = running.board
    shown = Shown("outlook", 9, board.today, board.today, ("deaths",), ("nothing",), {}, rows, (), (),
                  (("One future:", ("it rained",)),), {"deaths": {"nothing": tuple(float(k) for k in range(50))}},
                  ("Only worlds that agree.",), stale=True)  # fmt: skip
    said = part("outlook", ask(running, "observer", shown={"outlook": shown}))
    for words in ("Only worlds that agree.", "The table has gone on since", "90–110", "80–130", "One future:"):
        assert words in said
    assert said.count("<circle") == 50


def test_a_page_stays_light_whatever_the_log_holds(session: Session) -> None:
    reserve = [["levers.reserve", "set", 1.0]]
    for number in range(600):
        session.log.append("order", "kenya", {"day": "2024-03-08", "writes": reserve, "text": f"reserve {number}",
                                              "why": "w", "option": None, "stand_in": False})  # fmt: skip
    said = page(ask(session, "kenya"))
    assert len(said) < 150_000
    assert "reserve 599" in said
    assert "reserve 1<" not in said
    assert "and 560 earlier ones" in said
    assert "589 earlier lines" in said
    assert len(page(ask(session, "facilitator"))) < 400_000


def test_what_the_facilitator_shows_stands_on_the_projector_until_the_table_goes_on(running: Session) -> None:
    rows = [{"measure": "deaths", "theory": "all", "p5": 80, "p25": 90, "p50": 100, "p75": 110, "p95": 130,
             "futures": 1000}]  # fmt: skip
    today = running.board.today
    shown = Shown("outlook", 9, today, today, ("deaths",), ("nothing",), {}, rows, (), (), (),
                  {"deaths": {"nothing": (1.0, 2.0)}}, ("Only worlds that agree.",))  # fmt: skip
    said = page(ask(running, "projector", shown={"outlook": shown}))
    assert "80–130" in said
    assert "Only worlds that agree." in said
    assert "80–130" not in page(ask(running, "projector", shown={"outlook": replace(shown, stale=True)}))


# Without a seat


def test_the_page_of_a_link_has_one_button_and_takes_no_seat_by_itself() -> None:
    said = join_page("Government of Kenya", "/seat/abc", title="<Practice>")
    tags = Tags(said)
    assert len(tags.of("form")) == 1
    assert tags.of("form")[0] == {"method": "post", "action": "/seat/abc"}
    assert "Take the seat of Government of Kenya" in said
    assert "&lt;Practice&gt;" in said
    assert not tags.of("script")


def test_a_plain_answer_says_what_it_was_given() -> None:
    said = plain_answer("No seat", "This link <opens> nothing.")
    assert "This link &lt;opens&gt; nothing." in said
    assert not Tags(said).of("form", "script", "a")
    assert 'href="/"' in plain_answer("Too much", "Wait.", back=True)


def test_a_page_names_its_language(running: Session) -> None:
    assert '<html lang="fr">' in page(ask(running, "kenya", language="fr"))
    assert '<html lang="en">' in join_page("x", "/seat/y")


def test_all_that_a_page_loads_is_there(running: Session) -> None:
    from sim.page.views.environment import FOLDER

    sheet = (FOLDER / "static" / "page.css").read_text(encoding="utf-8")
    assert "url(" not in sheet
    scripts = sorted((FOLDER / "static").glob("*.js"))
    for path in scripts:
        script = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\b|new Function|innerHTML\s*=[^=]|\.style\b", script)
        assert f"/static/{path.name}" in page(ask(running, "kenya"))
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in scripts) < 250, "all that is hand-written"
    assert {path.name for path in (FOLDER / "static").iterdir()} == {"icon.svg", "page.css", "page.js"}
    assert isinstance(FOLDER, Path)
