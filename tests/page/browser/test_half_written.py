"""What is half written outlives all that happens to a page, and an order stands once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.browser.conftest import in_order

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

    from tests.page.browser.server import SeatedBrowser, TableProcess

WHY = "half a reason, and half a"
SHEET, REASON = "order-", '[name="why"]'


def begin_to_type(kenya: SeatedBrowser) -> None:
    """An order, a forecast and a note, none of them sent; the cursor stands within the reason."""
    kenya.fills("forecast", measure="exits", kind="range", low="3")
    kenya.fills("note", text="half a note")
    kenya.fills(SHEET, levers__first_contingent="400", why=WHY)
    kenya.form(SHEET).locator(REASON).evaluate("one => { one.focus(); one.setSelectionRange(5, 9) }")


def is_kept(kenya: SeatedBrowser, *, focused: bool = True) -> None:
    """All of it stands where it was typed, and so does the cursor."""
    assert kenya.value(SHEET, "why") == WHY
    assert kenya.value(SHEET, "level.levers.first_contingent") == "400"
    assert kenya.value("forecast", "low") == "3"
    assert kenya.form("forecast").locator('[name="kind"][value="range"]').is_checked()
    assert kenya.value("note", "text") == "half a note"
    if focused:
        at = "[document.activeElement.name, document.activeElement.selectionStart, document.activeElement.selectionEnd]"
        assert kenya.page.evaluate(at) == ["why", 5, 9]


def contingents(server: TableProcess) -> list[tuple[float, str]]:
    """First contingents that were ordered, each with its reason."""
    return [
        (line.data["writes"][0][2], line.data["why"])
        for line in server.lines("order")
        if line.data["writes"][0][0] == "levers.first_contingent"
    ]


def test_what_is_typed_outlives_others_orders_a_turn_and_a_reload(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["facilitator", "kenya", "united_states"]) as (facilitator, kenya, states):
        begin_to_type(kenya)
        states.orders("aircraft", levers__evacuation="1")
        kenya.part("orders").locator("text=Government of the United States").wait_for()
        is_kept(kenya)
        facilitator.presses("Tell it now: welcome")
        kenya.sees("It is 8 March 2024")
        is_kept(kenya)
        by = kenya.page.locator('[data-form="forecast"] [name="by"]')
        assert by.input_value() == "2024-03-14"
        facilitator.sends("advance", "Play turn 1")
        kenya.at_turn(2)
        is_kept(kenya)
        # What nobody has typed is of the new turn: an untouched form does not go on asking about days that are over.
        assert (by.input_value(), by.get_attribute("min")) == ("2024-03-21", "2024-03-15")
        assert "today, 15 Mar 2024" in kenya.page.inner_text('[data-form="forecast"]')
        kenya.page.reload()
        kenya.at_turn(2)
        is_kept(kenya, focused=False)


def test_an_order_typed_in_a_turn_that_is_over_is_looked_at_again_before_it_counts(
    browser: Browser, server: TableProcess
) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["facilitator", "kenya"]) as (facilitator, kenya):
        begin_to_type(kenya)
        facilitator.sends("advance", "Play turn 1")
        kenya.at_turn(2)
        assert "Turn 1 has gone on meanwhile" in kenya.sends(SHEET, "Order it")
        assert contingents(server) == []
        is_kept(kenya, focused=False)
        assert "from 15 March 2024" in kenya.sends(SHEET, "Order it")
        assert contingents(server) == [(400.0, WHY)]


def test_a_lost_connection_costs_nothing(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["kenya", "united_states"]) as (kenya, states):
        begin_to_type(kenya)
        kenya.context.set_offline(True)
        kenya.form(SHEET).get_by_role("button", name="Order it").click()
        state = kenya.page.locator("#link-state")
        state.wait_for()
        assert "What you type is kept" in state.inner_text() or "What you typed is kept" in state.inner_text()
        assert contingents(server) == []
        states.orders("meanwhile", levers__evacuation="1")
        kenya.fills(SHEET, why=f"{WHY} reason")
        assert kenya.value(SHEET, "level.levers.first_contingent") == "400"
        kenya.context.set_offline(False)
        kenya.part("orders").locator("text=Government of the United States").wait_for()
        assert "Officers of the first contingent" in kenya.sends(SHEET, "Order it")
        assert contingents(server) == [(400.0, f"{WHY} reason")]
        assert kenya.value(SHEET, "why") == "", "what is in the log is typed no longer"
        assert kenya.value("note", "text") == "half a note"


def test_a_server_that_is_killed_and_begun_again_finds_the_page_as_it_was(
    browser: Browser, server: TableProcess
) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["facilitator", "kenya"]) as (facilitator, kenya):
        begin_to_type(kenya)
        url = server.url
        server.end()
        kenya.form(SHEET).get_by_role("button", name="Order it").click()
        kenya.page.locator("#link-state").wait_for()
        assert "is kept" in kenya.page.locator("#link-state").inner_text()
        is_kept(kenya, focused=False)
        assert contingents(server) == []
        server.start()
        assert server.url == url, "links and pages that are open lead to the table again"
        kenya.page.locator("#link-state", has_text="Connected again").wait_for(state="attached")
        is_kept(kenya, focused=False)
        kenya.sends(SHEET, "Order it")
        assert contingents(server) == [(400.0, WHY)]
        facilitator.sees(WHY)

        server.end()
        kenya.page.locator("#link-state", has_text="Connection lost").wait_for()
        kenya.fills(SHEET, levers__reserve="50", why="typed while nobody was there")
        server.start()
        kenya.page.locator("#link-state", has_text="Connected again").wait_for(state="attached")
        kenya.page.reload()
        assert kenya.value(SHEET, "why") == "typed while nobody was there"
        assert "Officers on a reserve list: 50 officers" in kenya.sends(SHEET, "Order it")


def test_an_order_whose_answer_was_lost_stands_once(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["kenya"]) as (kenya,):
        begin_to_type(kenya)

        def answer_is_lost(route: Route) -> None:
            route.fetch()
            server.end()
            route.abort("connectionreset")

        kenya.page.route("**/do/order", answer_is_lost)
        kenya.form(SHEET).get_by_role("button", name="Order it").click()
        kenya.page.locator("#link-state", has_text="is kept").wait_for()
        kenya.page.unroute("**/do/order")
        assert contingents(server) == [(400.0, WHY)]
        is_kept(kenya, focused=False)
        server.start()
        kenya.page.locator("#link-state", has_text="Connected again").wait_for(state="attached")
        assert "it stands once" in kenya.sends(SHEET, "Order it")
        assert contingents(server) == [(400.0, WHY)]


def test_a_turn_whose_answer_was_lost_is_played_once(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["facilitator"]) as (facilitator,):

        def answer_is_lost(route: Route) -> None:
            route.fetch()
            route.abort("connectionreset")

        facilitator.page.route("**/do/advance", answer_is_lost)
        facilitator.form("advance").get_by_role("button", name="Play turn 1").click()
        facilitator.page.locator("#link-state", has_text="No answer came").wait_for()
        facilitator.page.unroute("**/do/advance")
        facilitator.at_turn(2)
        said = facilitator.sends("advance", "Play turn 1")
        assert "Turn 1 is played" in said
        assert "it stands once" in said
        assert len(server.lines("advance")) == 1
        assert facilitator.page.locator("#link-state").is_hidden()
        assert "Turn 2 is played" in facilitator.sends("advance", "Play turn 2")


def test_what_is_pressed_twice_is_done_once_and_new_links_lose_no_draft(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats, take

    with seats(browser, server, ["facilitator", "kenya"]) as (facilitator, kenya):
        begin_to_type(kenya)
        kenya.form(SHEET).get_by_role("button", name="Order it").dblclick()
        kenya.page.locator('[data-answer="order"] .done').wait_for()
        facilitator.page.get_by_role("button", name="Tell it now: welcome").dblclick()
        facilitator.page.locator('[data-answer="inject"] .done').wait_for()
        facilitator.form("advance").get_by_role("button", name="Play turn 1").dblclick()
        facilitator.page.locator('[data-answer="advance"] .done').wait_for()
        kenya.at_turn(2)
        assert contingents(server) == [(400.0, WHY)]
        assert [len(server.lines(kind)) for kind in ("inject", "advance")] == [1, 1]

        server.end()
        server.start("--new-links")
        kenya.page.get_by_role("heading", name="No seat").wait_for()
        assert take(kenya.context, server, "kenya").value("note", "text") == "half a note"


def test_two_tabs_of_one_role_agree(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import SeatedBrowser, seats

    with seats(browser, server, ["kenya"]) as (kenya,):
        other = SeatedBrowser(kenya.context.new_page(), "kenya")
        other.page.goto(server.url)
        begin_to_type(kenya)
        in_order(lambda: other.value(SHEET, "why"), WHY)
        is_kept(other, focused=False)
        assert "Officers of the first contingent" in other.sends(SHEET, "Order it")
        in_order(lambda: kenya.value(SHEET, "level.levers.first_contingent"), "")
        assert kenya.value(SHEET, "why") == WHY, "nobody empties a field under the hands of who types there"
        for tab in (kenya, other):
            tab.part("orders").locator(r"text=/\b400\b/").wait_for()
            assert tab.value("note", "text") == "half a note"
        assert contingents(server) == [(400.0, WHY)]


def test_a_browser_with_more_tabs_than_connections_still_sends_and_hears(
    browser: Browser, server: TableProcess
) -> None:
    from tests.page.browser.server import SeatedBrowser, seats

    with seats(browser, server, ["kenya"]) as (kenya,):
        tabs = [kenya, *(SeatedBrowser(kenya.context.new_page(), "kenya") for _ in range(6))]
        for tab in tabs[1:]:
            tab.page.goto(server.url)
        begin_to_type(tabs[-1])
        assert "Officers of the first contingent" in tabs[-1].sends(SHEET, "Order it")
        for tab in tabs:
            tab.part("orders").locator(r"text=/\b400\b/").wait_for()
        assert contingents(server) == [(400.0, WHY)]


def test_a_browser_that_takes_another_seat_sits_there_in_every_tab(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import SEATS, seats, take

    with seats(browser, server, ["kenya", "facilitator"]) as (kenya, facilitator):
        kenya.fills(SHEET, levers__pay_escrow="1", why=WHY)  # which the United States decide as well
        kenya.page.route(f"{server.url}/", lambda route: route.abort())  # this tab has not heard of it yet
        states = take(kenya.context, server, "united_states")
        assert "this seat acts for Government of the United States alone" in kenya.sends(SHEET, "Order it")
        assert server.lines("order") == []
        assert states.value(SHEET, "why") == "", "what was typed for one seat is no other's"
        kenya.page.unroute(f"{server.url}/")
        facilitator.presses("Tell it now: welcome")
        for tab in (kenya, states):
            tab.page.get_by_role("heading", level=1, name=SEATS["united_states"]).wait_for()
            tab.sees("It is 8 March 2024")
        take(kenya.context, server, "kenya")
        assert kenya.page.reload()
        assert kenya.value(SHEET, "why") == WHY
