"""Mistakes are said beside their fields, with nothing lost; and all of it works without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.browser.conftest import in_order

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.page.browser.server import SeatedBrowser, TableProcess

PLAYER: tuple[tuple[str, str, dict[str, str], dict[str, str]], ...] = (
    ("order-", "Order it", {"why": "nothing else"}, {"": "Set at least one level"}),
    ("order-", "Try on a thousand futures", {"why": "nothing else"}, {"": "Set at least one level"}),
    ("order-", "Try on a thousand futures", {"levers__insurance": "1"}, {"": "Say what you expect first"}),
    ("order-", "Put it on the table", {"name": "two words", "levers__insurance": "1"}, {"name": "letters, digits"}),
    ("forecast", "Say it", {"kind": "range", "low": "9", "high": "3"}, {"low": "the lower end"}),
    ("forecast", "Say it", {"kind": "chance", "threshold": "", "chance": ""},
     {"threshold": "a number", "chance": "from 0 to 100"}),
    ("outlook", "Show a thousand futures", {}, {"late": "Say what you expect first"}),
    ("choose", "Choose it", {"why": "none is there"}, {"option": "which option"}),
    ("note", "Write it down", {"owner": "the desk"}, {"text": "what was observed"}),
)  # fmt: skip
"""Form, button, what is typed, and the mistake that is said at each field."""
FACILITATOR: tuple[tuple[str, str, dict[str, str], dict[str, str]], ...] = (
    ("inject", "Do it", {"act": "postpone"}, {"id": "which inject"}),
    ("inject", "Do it", {"id": "closing", "act": "postpone", "day": ""}, {"day": "the day to which"}),
    ("inject_add", "Put it on the list", {"id": "Two Words", "text": "Exercise."}, {"id": "small letters"}),
    ("inject_add", "Put it on the list", {"id": "welcome", "text": ""}, {"text": "what is read out"}),
    ("override", "Change the played world", {"kenya__imminence": "0.4"}, {"why": "needs a reason"}),
    ("undo", "Take it back", {"why": "no line"}, {"line": "which line"}),
)  # fmt: skip


def refuses(seat: SeatedBrowser, form: str, button: str, typed: dict[str, str], wrong: dict[str, str]) -> None:
    """A form is refused: each mistake at its own field, the focus on what was said, everything as it was typed."""
    said = seat.sends(form, button, **typed)
    assert "Nothing was written down" in said, (form, typed)
    box = seat.form(form)
    for field, right in wrong.items():
        assert right in said, (form, field, said)
        if not field:
            continue
        where = box.locator(f'[data-wrong="{field}"]')
        in_order(lambda where=where, right=right: right in where.inner_text(), True)
        one = box.locator(f'[name="{field}"]').first
        assert one.get_attribute("aria-invalid") == "true", (form, field)
        described = str(one.get_attribute("aria-describedby") or "").split()
        assert where.get_attribute("id") in described, (form, field, "a reader hears it at the field")
    focus = "[document.activeElement.matches('[data-answer]'), document.activeElement.textContent.includes('Nothing')]"
    in_order(lambda: seat.page.evaluate(focus), [True, True])
    for name, value in typed.items():
        name = f"level.{name.replace('__', '.')}" if "__" in name else name
        one = box.locator(f'[name="{name}"]')
        kept = one.first.evaluate("one => one.type") == "radio" or one.input_value() == value
        assert kept, (form, name)


def test_each_mistake_stands_at_its_field_and_nothing_is_lost(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["facilitator", "kenya"]) as (facilitator, kenya):
        before = len(server.session.log.entries)
        for one in PLAYER:
            refuses(kenya, *one)
        for one in FACILITATOR:
            refuses(facilitator, *one)
        assert len(server.session.log.entries) == before, "what is refused leaves no line"

        # The way back to a field is a link, and what is right is taken with the rest as it was.
        refuses(kenya, "order-", "Put it on the table", {"name": "not so!"}, {"name": "letters"})
        kenya.page.get_by_role("link", name="letters, digits").first.click()
        assert kenya.page.evaluate("document.activeElement.name") == "name"
        kenya.page.keyboard.press("ControlOrMeta+a")
        kenya.page.keyboard.type("cover")
        assert "cover: an option of Government of Kenya" in kenya.sends("order-", "Put it on the table")
        assert kenya.form("order-").locator("[aria-invalid]").count() == 0


def test_a_whole_turn_is_played_without_a_script(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats, unfold

    def sends(seat: SeatedBrowser, form: str, button: str, **fields: str) -> None:
        pressed = seat.fills(form, **fields).get_by_role("button", name=button, exact=True)
        unfold(pressed)
        pressed.click()
        seat.page.wait_for_load_state()

    with seats(browser, server, ["facilitator", "kenya"], java_script_enabled=False) as (facilitator, kenya):
        facilitator.page.get_by_role("button", name="Tell it now: welcome").click()
        facilitator.sees("welcome to everybody, told")
        kenya.page.reload()
        kenya.sees("It is 8 March 2024")

        sends(kenya, "outlook", "Show a thousand futures")
        kenya.sees("Nothing was written down", "Say what you expect first")
        sends(kenya, "forecast", "Say it", measure="exits", kind="chance", threshold="20", chance="60")
        kenya.sees("Officers who leave, at least 20 by 14 Mar 2024: 60 %")
        sends(kenya, "outlook", "Show a thousand futures")
        kenya.sees("Of 1,000 futures, every theory an equal share")
        sends(kenya, "order-", "Try on a thousand futures", levers__insurance="1", why="to see")
        kenya.sees("What you tried")

        # A mistake: the page comes back with it, with what was typed, and without a line.
        sends(kenya, "order-", "Put it on the table", name="two words", levers__insurance="1", why="cover first")
        kenya.sees("Nothing was written down", "letters, digits")
        assert kenya.value("order-", "why") == "cover first"
        assert kenya.value("order-", "name") == "two words"
        assert kenya.value("order-", "level.levers.insurance") == "1"
        sends(kenya, "order-", "Order it")
        kenya.sees("Government of Kenya, from 8 March 2024: Life and injury insurance signed: yes")
        assert kenya.value("order-", "why") == ""
        kenya.page.reload()
        kenya.sees_not("✓ o")

        sends(facilitator, "advance", "Play turn 1")
        facilitator.sees("Turn 1 is played")
        facilitator.at_turn(2)
        kenya.page.reload()
        kenya.at_turn(2)
        sends(kenya, "note", "Write it down", text="it went without a script")
        kenya.sees("noted")
        kinds = [line.kind for line in server.session.log.entries if line.by in ("kenya", "facilitator")]
        assert kinds.count("order") == 2, "the one that was sent, and what Kenya finds given"
        assert [kind for kind in kinds[1:] if kind != "order"] == [
            "inject", "forecast", "shown", "shown", "advance", "note",
        ]  # fmt: skip
