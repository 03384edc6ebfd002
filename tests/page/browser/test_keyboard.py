"""A player who has no mouse: from the link to an order, by the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.browser.conftest import in_order

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.page.browser.server import TableProcess

MOST_STEPS = 150


def tab_to(page: Page, what: str) -> None:
    """Press the tabulator until the focus, which has to be seen, is where a selector says."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            seen = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            assert page.evaluate(seen), f"the focus on {what} is not seen"
            assert page.evaluate("document.activeElement.checkVisibility()")
            return
    raise AssertionError(f"{what} is not reached")


def test_a_player_without_a_mouse_expects_tries_and_orders(browser: Browser, server: TableProcess) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(server.links["kenya"])
    tab_to(page, "button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")

    # Past the head, and to the forecast
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, '[name="measure"]')
    page.keyboard.type("Officers who leave")
    tab_to(page, '[name="kind"]')
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "range"
    for field, typed in {"low": "5", "high": "40"}.items():
        tab_to(page, f'[name="{field}"]')
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.locator('[data-answer="forecast"] .done').wait_for()
    page.locator("[data-gate=open]").wait_for()

    # A lever by its slider, tried without being ordered
    tab_to(page, '.lever:has([name="level.levers.insurance"]) [data-slider]')
    page.keyboard.press("End")
    assert page.input_value('[name="level.levers.insurance"]') == "1"
    tab_to(page, "[data-try]")
    page.keyboard.press("Space")
    page.locator('[data-part="try"] .sentence').first.wait_for()
    assert server.lines("order") == []
    assert page.evaluate("document.activeElement.matches('[data-try]')"), "what comes leaves the focus where it is"

    # The order
    tab_to(page, '#form-order- [name="why"]')
    page.keyboard.type("by keyboard")
    tab_to(page, "#form-order- .decide button.first")
    page.keyboard.press("Enter")
    in_order(lambda: [(line.data["why"], line.data["writes"]) for line in server.lines("order")],
             [("by keyboard", [["levers.insurance", "set", 1.0]])])  # fmt: skip
    page.locator('[data-answer="order"] .done').wait_for()
    said = [(line.data["measure"], line.data["low"], line.data["high"]) for line in server.lines("forecast")]
    assert said == [("exits", 5.0, 40.0)]
    context.close()
