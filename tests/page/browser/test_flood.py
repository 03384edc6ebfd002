"""Three hundred requests at once from one browser: it is told to wait, and nobody else waits for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.page.browser.conftest import in_order

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.page.browser.server import TableProcess

FLOOD = """([path, form]) => { window.flood = Promise.all([...Array(300)].map(async () => {
    const sent = form ? {method: 'POST', body: new URLSearchParams(form), headers: {'X-Part': '1'}} : {};
    const answer = await fetch(path, sent);
    return [answer.status, answer.headers.get('Retry-After'), answer.status === 429 ? await answer.text() : ''];
})) }"""
ORDER = {"turn": "1", "form": "", "level.levers.insurance": "1", "why": "sent three hundred times"}


def test_a_flood_is_capped_and_another_seat_s_order_goes_through(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["kenya", "united_states"]) as (kenya, states):
        kenya.fills("order-", why="typed before", levers__kit_first="1")
        kenya.page.evaluate(FLOOD, ["/do/order", ORDER])
        assert "Pay held in escrow" in states.orders("in the middle of it", levers__pay_escrow="1")
        answers = kenya.page.evaluate("window.flood")
        told = Counter(status for status, _wait, _text in answers)
        assert told.keys() == {200, 429}
        assert told[200] >= 20
        for status, wait, text in answers:
            if status == 429:
                assert 1 <= int(wait) <= 60
                assert "Too much at once" in text
                assert "what you typed is kept" in text
        mine = [line for line in server.lines("order") if line.data["why"] == ORDER["why"]]
        assert len(mine) == 1, "however often it is sent, it stands once"

        # Pages are capped as forms are, and the flooded browser gets on once it has waited.
        kenya.page.evaluate(FLOOD, ["/", None])
        assert {status for status, _wait, _text in kenya.page.evaluate("window.flood")} <= {200, 429}
        states.part("orders").locator("text=/Kenya/").wait_for()
        assert kenya.value("order-", "why") == "typed before"

        def ordered() -> bool:
            kenya.form("order-").get_by_role("button", name="Order it").click()
            kenya.page.wait_for_timeout(1500)
            return any(line.data["why"] == "typed before" for line in server.lines("order"))

        in_order(ordered, True)
        in_order(lambda: kenya.value("order-", "why"), "")
