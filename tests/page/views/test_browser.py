"""The page in a browser: what is half written outlives everything, what changes comes by itself, anybody can use it.

The rules of axe-core are asked where AXE names its script: ``npm install --prefix DIR axe-core@4.14.1``, then
``AXE=DIR/node_modules/axe-core/axe.min.js``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser

from sim.page.ask import FormAnswer, Shown
from sim.page.views import form, join_page, page, plain_answer
from sim.tabletop.injects_due import inject_of
from sim.tabletop.session import Session
from tests.page.views.browser import CHROMIUM, Desk, Look, chromium, context_of, opened
from tests.page.views.looks import ask, refused, shown_to
from tests.tabletop.papers.story import six_turns

AXE = os.environ.get("AXE", "")
ALL = os.environ.get("CI") == "true"
"""Whether nothing may be left out."""
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
WHY = "#f-order--why"
LEVER = '[name="level.levers.insurance"]'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists() and not ALL, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def shown(_played: Path) -> dict[str, dict[str, Shown]]:
    session = Session.read(_played)
    seats = {"facilitator": "facilitator", "kenya": "kenya", "states": "united_states"}
    return {name: shown_to(session, seat) for name, seat in seats.items()}


@pytest.fixture(scope="module")
def french(_played: Path) -> str:
    """A page with long days."""
    session = Session.read(_played)
    return page(ask(session, "kenya", language="fr")).replace("8 mars 2024", "28 février 2024")


@pytest.fixture(scope="module")
def looks(
    _played: Path, shown: dict[str, dict[str, Shown]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Every page there is, with all that can stand on it."""
    session = Session.read(_played)
    folder = tmp_path_factory.mktemp("six")
    six_turns(folder)
    ended = Session.read(folder)
    wrong = {"order": refused("order", {"level.levers.insurance": "3"}, level__levers__insurance="from 0 to 1"),
             "forecast": refused("forecast", {"kind": "range", "low": "9", "high": "3"}, low="a range such as 5..20"),
             "note": FormAnswer("note", {"form": ""}, done="written down", line=9)}  # fmt: skip
    public = {name: one for name, one in shown["states"].items() if name != "try"}
    return {
        "facilitator": page(ask(session, "facilitator", shown=shown["facilitator"])),
        "kenya": page(ask(session, "kenya", shown=shown["kenya"], answers=wrong)),
        "kenya, nothing typed": page(ask(session, "kenya", shown=shown["kenya"])),
        "observer": page(ask(session, "observer", shown=public)),
        "projector": page(ask(session, "projector")),
        "projector, outlook": page(ask(session, "projector", shown={"outlook": shown["states"]["outlook"]})),
        "projector, compared": page(ask(session, "projector", shown={"compare": shown["states"]["compare"]})),
        "facilitator, ended": page(ask(ended, "facilitator", read_only="The session has ended.")),
        "kenya, ended": page(ask(ended, "kenya", read_only="The session has ended.")),
        "projector, ended": page(ask(ended, "projector")),
        "join": join_page("Government of Kenya", "/seat/abc", title="Practice"),
        "refusal": plain_answer("No seat here", "This link opens nothing.", back=True),
    }


# Nothing lies on anything else


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1280, 640), (1920, 1080), (1000, 700), (390, 844)])
def test_what_is_tried_ends_where_deciding_begins_however_far_one_has_scrolled(
    browser: Browser, looks: dict[str, str], width: int, height: int
) -> None:
    context = context_of(browser, width=width, height=height)
    look = opened(context, Desk(looks["kenya"]))
    for one in ("", "details"):
        look.page.evaluate("what => what && document.querySelectorAll(what).forEach(one => { one.open = true })", one)
        for step in range(0, 4_000, 150):
            look.page.evaluate("step => window.scrollTo(0, document.getElementById('sheet').offsetTop + step)", step)
            over = look.page.evaluate("""() => {
                const [side, decide] = ['.sheet-side', '.decide'].map(one => document.querySelector(one))
                return side.getBoundingClientRect().bottom - decide.getBoundingClientRect().top }""")
            assert over <= 1, (one, step, over)
    context.close()


def test_a_day_is_clear_of_what_happened_on_it_in_french_too(browser: Browser, french: str) -> None:
    for width, media in ((390, "screen"), (1280, "screen"), (1280, "print")):
        context = context_of(browser, width=width)
        look = opened(context, Desk(french))
        look.page.emulate_media(media=media)
        clear = look.page.evaluate("""() => [...document.querySelectorAll('.happened li')].map(one => {
            const [day, what] = one.children, text = document.createRange();
            text.selectNodeContents(day);
            return what.getBoundingClientRect().left - text.getBoundingClientRect().right })""")
        assert clear
        assert min(clear) > 3, (width, media, min(clear))
        context.close()


def test_what_is_still_missing_is_whole_on_a_narrow_screen(browser: Browser, looks: dict[str, str]) -> None:
    for width in (320, 390, 640, 1280):
        context = context_of(browser, width=width)
        look = opened(context, Desk(looks["facilitator"]))
        over = look.page.evaluate("""() => {
            const box = document.querySelector('.missing').parentElement; return box.scrollWidth - box.clientWidth }""")
        assert over <= 0, width
        context.close()


# Anybody can use it


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.skipif(not AXE and not ALL, reason="AXE does not name axe-core's script")
def test_no_rule_of_accessibility_is_broken(browser: Browser, looks: dict[str, str], dark: bool) -> None:
    script = Path(AXE).read_text(encoding="utf-8")
    for width in (1280, 390):
        context = context_of(browser, width=width, dark=dark)
        for name, html in looks.items():
            look = opened(context, Desk(html))
            look.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            look.page.evaluate(script)
            found = look.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            told = [(one["id"], node["html"][:120]) for one in found["violations"] for node in one["nodes"]]
            assert not told, (name, width, told[:3])
            look.page.close()
        context.close()


def test_nothing_runs_off_a_narrow_screen_and_nothing_is_too_small_to_hit(
    browser: Browser, looks: dict[str, str]
) -> None:
    small = """() => [...document.querySelectorAll('button, input, select, summary, nav a')].filter(one => {
        const box = one.getBoundingClientRect();
        return one.type !== 'hidden' && box.width && (box.height < 24 || box.width < 24) && !one.closest('label')
    }).map(one => one.outerHTML.slice(0, 120))"""
    for width in (320, 390, 1280):
        context = context_of(browser, width=width)
        for name, html in looks.items():
            look = opened(context, Desk(html))
            over = look.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, (name, width, over)
            look.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert look.page.evaluate(small) == [], (name, width)
            assert look.complaints == [], name
            look.page.close()
        context.close()


def test_a_projector_s_page_fits_its_screen(browser: Browser, looks: dict[str, str]) -> None:
    context = context_of(browser, width=1920, height=1080)
    for name in (one for one in looks if one.startswith("projector")):
        look = opened(context, Desk(looks[name]))
        assert look.page.evaluate("document.documentElement.scrollHeight") <= 1080
        least = look.page.evaluate("""() => Math.min(...[...document.querySelectorAll('.stage-body *, .stage-head *')]
            .filter(one => one.firstChild?.nodeType === 3 && one.textContent.trim())
            .map(one => parseFloat(getComputedStyle(one).fontSize)))""")
        assert least >= 22
    context.close()


def test_everything_can_be_reached_by_keyboard(browser: Browser, looks: dict[str, str]) -> None:
    context = context_of(browser)
    look = opened(context, Desk(looks["kenya"]))
    look.page.keyboard.press("Tab")
    assert look.page.evaluate("document.activeElement.className") == "skip"
    look.page.keyboard.press("Enter")
    assert look.page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(400):
        look.page.keyboard.press("Tab")
        at = look.page.evaluate("[document.activeElement.name, document.activeElement.textContent.trim()].join('|')")
        if at in seen and "Leave this seat" in at:
            break
        seen.add(at)
    for wanted in ("Say it", "Show a thousand futures", "Order it", "Compare on the same futures", "Leave this seat"):
        assert any(wanted in at for at in seen), wanted
    context.close()


def test_without_a_script_the_forms_are_forms(browser: Browser, looks: dict[str, str]) -> None:
    context = context_of(browser, script=False)
    desk = Desk(looks["kenya"], answer=lambda name, fields: (200, "<p>done</p>"))
    look = opened(context, desk)
    look.page.fill(LEVER, "1")
    look.page.fill(WHY, "to reassure them")
    look.page.click("text=Try on a thousand futures")
    ((name, fields),) = desk.sent
    assert name == "try"
    assert fields["why"] == ["to reassure them"]
    assert fields["turn"] == ["2"]
    context.close()


# What is half written


@pytest.fixture
def kenya(browser: Browser, session: Session) -> Iterator[tuple[Look, Desk]]:
    context = context_of(browser)
    desk = Desk(page(ask(session, "kenya")))
    yield opened(context, desk), desk
    context.close()


def told(session: Session, desk: Desk, look: Look) -> None:
    """An inject is told, and every page hears of it."""
    session.touch_inject(inject_of(session.board, "welcome"), "fire")
    desk.html = page(ask(session, "kenya"))
    look.tell(len(session.board.lines))
    look.until("document.querySelector('[data-part=told]').textContent.includes('It is 8 March 2024')")


def test_what_changes_comes_by_itself_and_leaves_what_is_being_typed(
    session: Session, kenya: tuple[Look, Desk]
) -> None:
    look, desk = kenya
    look.page.fill(WHY, "half a reason")
    look.page.focus(WHY)
    look.page.evaluate("document.querySelector('#f-order--why').setSelectionRange(2, 4)")
    told(session, desk, look)
    assert look.page.inner_text("#news") == "A new message"
    assert look.page.input_value(WHY) == "half a reason"
    assert look.page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == [
        "f-order--why",
        2,
    ]


def test_what_is_open_stays_open_and_what_has_the_focus_keeps_it(session: Session, kenya: tuple[Look, Desk]) -> None:
    look, desk = kenya
    session.order("kenya", ["insurance=1"])
    desk.html = page(ask(session, "kenya"))
    look.page.reload()
    session.branch("one", "kenya")
    session.order("kenya", ["kit_first=1"], option="one")
    desk.html = page(ask(session, "kenya"))
    look.tell(len(session.board.lines))
    look.until("document.querySelector('input[name=option][value=one]')")
    look.page.check("input[name=option][value=one]")
    look.page.focus("input[name=option][value=one]")
    session.branch("two", "kenya")
    desk.html = page(ask(session, "kenya"))
    look.tell(len(session.board.lines))
    look.until("document.querySelector('input[name=option][value=two]')")
    assert look.page.is_checked("input[name=option][value=one]")
    assert look.page.evaluate("document.activeElement.value") == "one"
    assert look.page.eval_on_selector("#f-order--on", "one => one.options.length") == 3, "choices follow, too"


def test_a_draft_outlives_a_reload_and_follows_into_another_tab(kenya: tuple[Look, Desk]) -> None:
    look, desk = kenya
    other = opened(look.page.context, desk)
    look.page.fill(WHY, "half a reason")
    look.page.fill(LEVER, "0.5")
    look.page.check("input[name=kind][value=range]")
    other.until("document.querySelector('#f-order--why').value === 'half a reason'")
    assert other.page.input_value(LEVER) == "0.5"
    assert other.page.is_checked("input[name=kind][value=range]")
    other.page.focus(WHY)
    look.page.fill(WHY, "another")
    look.page.fill(LEVER, "0.75")
    other.until("document.querySelector('[name=\"level.levers.insurance\"]').value === '0.75'")
    assert other.page.input_value(WHY) == "half a reason", "the field that has the focus is never overwritten"
    look.page.reload()
    assert look.page.input_value(WHY) == "another"
    assert look.page.input_value(LEVER) == "0.75"


def test_a_draft_is_gone_once_it_was_acknowledged(session: Session, kenya: tuple[Look, Desk]) -> None:
    look, desk = kenya
    done = form(
        "order", ask(session, "kenya", answers={"order": FormAnswer("order", {"form": ""}, done="o9: ordered")})
    )
    desk.answer = lambda name, fields: (200, done)
    look.page.fill(WHY, "a reason")
    look.page.fill(LEVER, "1")
    look.page.click("text=Order it")
    look.until("document.querySelector('[data-answer=order]').textContent.includes('o9: ordered')")
    assert look.page.input_value(WHY) == ""
    look.page.reload()
    assert look.page.input_value(LEVER) == ""


def test_what_was_refused_is_said_beside_its_field_and_nothing_is_lost(
    session: Session, kenya: tuple[Look, Desk]
) -> None:
    look, desk = kenya
    wrong = refused("order", {"why": "a reason"}, level__levers__insurance="from 0 to 1")
    said = form("order", ask(session, "kenya", answers={"order": wrong}))
    desk.answer = lambda name, fields: (422, said)
    look.page.fill(WHY, "a reason")
    look.page.click("text=Order it")
    look.until("document.querySelector('[data-answer=order] .refused')")
    assert look.page.inner_text('form[data-form="order-"] [data-wrong="level.levers.insurance"]') == "from 0 to 1"
    assert look.page.get_attribute(LEVER, "aria-invalid") == "true"
    assert look.page.input_value(WHY) == "a reason"
    desk.answer = lambda name, fields: (0, "")
    look.page.click("text=Order it")
    look.until("!document.getElementById('link-state').hidden")
    assert "kept" in look.page.inner_text("#link-state")
    assert look.page.input_value(WHY) == "a reason"
    desk.answer = lambda name, fields: (429, "")
    look.page.click("text=Order it")
    look.until("document.getElementById('link-state').textContent.includes('wait a moment')")


def test_what_was_typed_for_a_turn_that_is_over_is_not_sent_as_of_the_next(
    session: Session, kenya: tuple[Look, Desk]
) -> None:
    from sim.tabletop.turn_end import end_turn

    look, desk = kenya
    look.page.fill(WHY, "typed in turn 1")
    end_turn(session)
    desk.html = page(ask(session, "kenya"))
    desk.answer = lambda name, fields: (422, "<div class='said refused'>turn 1 was played</div>")
    look.tell(len(session.board.lines), 2)
    look.until("document.querySelector('.dateline').textContent.includes('Turn 2')")
    look.page.click("#news a")
    assert look.page.inner_text("#news") == ""
    assert look.page.evaluate("location.hash") == "#read"
    look.page.click("text=Order it")
    look.until("document.querySelector('[data-answer=order] .refused')")
    look.page.click("text=Order it")
    look.until("true")
    look.page.fill("#f-note--text", "of turn 2")
    look.page.click("text=Write it down")
    look.page.wait_for_timeout(200)
    assert [(name, fields["turn"]) for name, fields in desk.sent] == [
        ("order", ["1"]), ("order", ["2"]), ("note", ["2"]),
    ]  # fmt: skip


def test_a_lever_is_tried_by_itself_once_it_rests_and_an_answer_that_comes_late_is_dropped(
    session: Session, kenya: tuple[Look, Desk]
) -> None:
    look, desk = kenya
    look.page.fill(LEVER, "1")
    look.page.wait_for_timeout(1300)
    assert desk.sent == [], "nothing is tried before something was said"
    session.expect("kenya", "exits", "0..30")
    desk.html = page(ask(session, "kenya"))
    look.tell(len(session.board.lines))
    look.until("document.querySelector('[data-gate=open]')")
    for value in ("0.2", "0.4", "0.6"):
        look.page.fill(LEVER, value)
    look.page.wait_for_timeout(1300)
    assert [(name, fields["level.levers.insurance"]) for name, fields in desk.sent] == [("try", ["0.6"])]
    assert look.page.input_value(LEVER) == "0.6", "trying empties nothing"


# An answer stands as long as it is true


def test_that_something_must_be_said_first_goes_once_it_was_said(session: Session, kenya: tuple[Look, Desk]) -> None:
    look, desk = kenya
    desk.answer = lambda name, fields: (422, form("outlook", ask(session, "kenya", answers={"outlook": first})))
    first = refused("outlook", {}, late="Say what you expect first")
    look.page.click("text=Show a thousand futures")
    look.until("document.querySelector('[data-answer=outlook] .refused')")
    assert look.page.inner_text("#f-outlook--late-wrong") == "Say what you expect first"
    session.expect("kenya", "exits", "0..30")
    desk.html = page(ask(session, "kenya"))
    look.tell(len(session.board.lines))
    look.until("!document.querySelector('[data-answer=outlook] .refused')")
    assert look.page.inner_text("#f-outlook--late-wrong") == ""


def test_answers_of_a_turn_go_with_it_and_that_it_was_played_stays(session: Session, kenya: tuple[Look, Desk]) -> None:
    from sim.tabletop.turn_end import end_turn

    look, desk = kenya
    done = FormAnswer("outlook", {"form": ""}, done="1,000 futures from 8 March")
    wrong = refused("note", {}, text="what was observed")
    told = {"outlook": form("outlook", ask(session, "kenya", answers={"outlook": done})),
            "note": form("note", ask(session, "kenya", answers={"note": wrong}))}  # fmt: skip
    desk.answer = lambda name, fields: (200 if name == "outlook" else 422, told[name])
    for button, name in (("Show a thousand futures", "outlook"), ("Write it down", "note")):
        look.page.click(f"text={button}")
        look.until("name => document.querySelector(`[data-answer=${name}] .said`)", name)
    end_turn(session)
    desk.html = page(ask(session, "kenya"))
    look.tell(len(session.board.lines), 2)
    look.until("document.body.dataset.turn === '2'")
    assert look.page.query_selector(".said") is None
    assert look.page.inner_text("#f-note--text-wrong") == ""
    told["note"] = form("note", ask(session, "kenya", answers={"note": FormAnswer("note", {"form": ""}, done="noted")}))
    desk.answer = lambda name, fields: (200, told[name])
    look.page.click("text=Write it down")
    look.until("document.querySelector('[data-answer=note] .done')")


def test_a_mistake_goes_with_what_was_typed(session: Session, kenya: tuple[Look, Desk]) -> None:
    look, desk = kenya
    wrong = refused("forecast", {}, threshold="a number", chance="a probability")
    desk.answer = lambda name, fields: (422, form("forecast", ask(session, "kenya", answers={"forecast": wrong})))
    look.page.click("text=Say it")
    look.until("document.querySelector('[data-answer=forecast] .refused')")
    look.page.fill("#f-forecast--threshold", "5")
    assert look.page.inner_text("#f-forecast--threshold-wrong") == ""
    assert look.page.get_attribute("#f-forecast--threshold", "aria-invalid") is None
    assert look.page.inner_text("[data-answer=forecast] li") == "a probability"
    look.page.fill("#f-forecast--chance", "50")
    assert look.page.query_selector("[data-answer=forecast] .said") is None


def test_a_level_beyond_its_bounds_is_said_and_no_earlier_try_stands_for_it(
    browser: Browser, looks: dict[str, str]
) -> None:
    context = context_of(browser)
    look = opened(context, Desk(looks["kenya, nothing typed"]))
    reserve = '[name="level.levers.reserve"]'
    assert look.page.is_visible("#tried")
    look.page.fill(reserve, "5000")
    assert "to 1,000 officers" in look.page.inner_text('form [data-wrong="level.levers.reserve"]')
    assert look.page.get_attribute(reserve, "aria-invalid") == "true"
    assert not look.page.is_visible("#tried")
    look.page.fill(reserve, "500")
    assert look.page.inner_text('form [data-wrong="level.levers.reserve"]') == ""
    assert look.page.is_visible("#tried")
    context.close()


def test_that_no_answer_came_is_said_where_it_was_waited_for(kenya: tuple[Look, Desk]) -> None:
    look, desk = kenya
    desk.answer = lambda name, fields: (0, "")
    look.page.click("text=Order it")
    look.until("document.querySelector('[data-answer=order] .refused')")
    assert "No answer came" in look.page.inner_text("[data-answer=order]")


def test_news_goes_by_itself_once_it_is_read_prints_nowhere_and_is_none_to_whoever_made_it(
    session: Session, browser: Browser
) -> None:
    from sim.tabletop.turn_end import end_turn

    context = context_of(browser)
    desk = Desk(page(ask(session, "facilitator")))
    playing, looking = opened(context, desk), opened(context, desk)
    looking.page.evaluate("document.getElementById('log').scrollIntoView()")

    def played(name: str, fields: dict[str, list[str]]) -> tuple[int, str]:
        end_turn(session)
        desk.html = page(ask(session, "facilitator"))
        answer = FormAnswer("advance", {"form": ""}, done="Turn 1 is played")
        return 200, form("advance", ask(session, "facilitator", answers={"advance": answer}))

    desk.answer = played
    playing.page.click("text=Play turn 1")
    playing.until("document.querySelector('[data-answer=advance] .done')")
    playing.until("document.body.dataset.turn === '2'")
    assert playing.page.inner_text("#news") == ""
    assert playing.page.inner_text("[data-answer=advance] .done .verdict") == "✓ Turn 1 is played"
    assert playing.page.inner_text("form[data-form=advance] .first") == "Play turn 2"
    looking.tell(len(session.board.lines), 2)
    looking.until("document.getElementById('news').textContent === 'A turn was played: what changed'")
    looking.page.emulate_media(media="print")
    assert not looking.page.is_visible("#news")
    looking.page.emulate_media(media="screen")
    looking.page.evaluate("document.getElementById('read').scrollIntoView()")
    looking.until("!document.getElementById('news').textContent")
    context.close()


def test_a_slider_moves_the_number_and_says_it_in_words(kenya: tuple[Look, Desk]) -> None:
    look, _ = kenya
    lever = '[data-lever]:has([name="level.levers.insurance"])'
    assert look.page.inner_text(f"{lever} output") == "not ordered"
    look.page.focus(f"{lever} [data-slider]")
    look.page.keyboard.press("End")
    assert look.page.input_value(LEVER) == "1"
    assert look.page.inner_text(f"{lever} output") == "yes"
    assert look.page.get_attribute(f"{lever} [data-slider]", "aria-valuetext") == "yes"
    look.page.click(f"{lever} [data-clear]")
    assert look.page.input_value(LEVER) == ""
    assert look.page.inner_text(f"{lever} output") == "not ordered"


def test_a_line_that_is_lost_is_said_and_so_is_that_it_is_back(kenya: tuple[Look, Desk]) -> None:
    look, _ = kenya
    look.page.fill(WHY, "kept")
    look.page.evaluate("lines.at(-1).dispatchEvent(new Event('error'))")
    look.until("!document.getElementById('link-state').hidden")
    assert "Connection lost" in look.page.inner_text("#link-state")
    look.page.evaluate("lines.at(-1).dispatchEvent(new Event('open'))")
    look.until("document.getElementById('link-state').textContent === 'Connected again.'")
    look.until("document.getElementById('link-state').hidden")
    assert look.page.input_value(WHY) == "kept"


def test_a_page_is_loaded_anew_where_the_session_ends(session: Session, kenya: tuple[Look, Desk]) -> None:
    look, desk = kenya
    look.page.fill("#f-note--text", "for the hot wash")
    session.close()
    desk.html = page(ask(session, "kenya", read_only="The session has ended."))
    look.tell(len(session.board.lines))
    look.until("document.body.dataset.state === 'ended'")
    assert look.page.query_selector(WHY) is None
    look.until("document.querySelector('#f-note--text').value === 'for the hot wash'")  # once its script has run, too
