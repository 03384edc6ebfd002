"""The table lets nobody in but by a link, runs nobody's script, and shows as text whatever anybody types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.page.browser.conftest import in_order

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, Route

    from tests.page.browser.server import SeatedBrowser, TableProcess

HOSTILE = """"><script>window.ran = 1</script><img src=x onerror="window.ran = 2">'{{ 7 * 7 }}</textarea><h1>"""
"""What people type who mean harm, or write about HTML."""


def bytes_of(answer: APIResponse) -> tuple[int, bytes, dict[str, str]]:
    """All that an answer says; but for the time of day, which is not the table's."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status, answer.body(), headers


def test_a_wrong_an_old_and_another_s_link_get_the_same_plain_answer(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import seats

    with seats(browser, server, ["kenya"]) as (kenya,):
        ask = kenya.page.request
        right = server.links["united_states"]
        stranger = browser.new_context()
        said = [
            bytes_of(stranger.request.get(f"{server.url}{path}"))
            for path in (
                "/",
                "/events",
                "/part/told",
                "/paper/report",
                "/picture/a.png",
                "/seat/",
                "/nothing",
                "/seat/é",
            )
        ]
        said += [bytes_of(stranger.request.get(right[:-1] + ("0" if right[-1] != "0" else "1")))]
        # What is another role's is nothing to Kenya, and the answer tells nothing of what there is.
        said += [
            bytes_of(ask.get(f"{server.url}{path}")) for path in ("/paper/script", "/part/queue", "/part/overrides")
        ]
        origin = {"Origin": server.url}
        said += [bytes_of(ask.post(f"{server.url}/do/{name}", headers=origin, form={"turn": "1"})) for name in
                 ("advance", "inject", "override", "undo", "close", "nothing")]  # fmt: skip
        said += [bytes_of(stranger.request.post(f"{server.url}/do/order", headers=origin))]
        assert {one[0] for one in said} == {403}
        assert len({one[1] for one in said}) == 1
        assert len({tuple(sorted(one[2].items())) for one in said}) == 1

        before = server.links["kenya"]
        server.end()
        server.start("--new-links")
        assert server.links["kenya"] != before
        old = bytes_of(stranger.request.get(before))
        kenya.page.reload()
        assert "No seat" in kenya.page.title()
        said = [said[0], old, bytes_of(ask.get(f"{server.url}/")), bytes_of(ask.post(before, headers=origin))]
        assert len({one[1] for one in said}) == 1
        stranger.close()


def test_a_link_is_exchanged_for_a_cookie_that_no_script_reads(browser: Browser, server: TableProcess) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.links["kenya"])
    assert context.cookies() == [], "who only looks at a link, a preview say, takes no seat"
    page.get_by_role("button").click()
    page.wait_for_url(f"{server.url}/")
    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"], cookie["domain"]) == (
        True, "Strict", "/", "127.0.0.1",
    )  # fmt: skip
    assert re.fullmatch(r"table_[0-9a-f]{12}", cookie["name"])
    assert page.evaluate("document.cookie") == ""
    token = server.links["kenya"].rpartition("/")[2]
    assert token not in cookie["value"]
    assert token not in page.content()
    assert page.evaluate("document.referrer") in ("", server.links["kenya"]), "told to our own pages alone"

    page.get_by_role("button", name="Leave this seat").click()
    page.wait_for_url(f"{server.url}/leave")
    assert context.cookies() == []
    page.goto(server.url)
    assert "No seat" in page.title()
    context.close()


def test_another_site_can_neither_send_a_form_nor_frame_the_page_nor_read_it(
    browser: Browser, server: TableProcess
) -> None:
    from tests.page.browser.server import seats

    elsewhere = "http://127.0.0.1:9"  # another port is another origin, and the same site: the cookie alone would pass
    html = f"""<form method=post action="{server.url}/do/note"><input name=text value=forged><button>x</button></form>
        <iframe src="{server.url}/"></iframe>"""

    def answered(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html")

    with seats(browser, server, ["kenya"]) as (kenya,):
        context, url = kenya.context, server.url
        context.route(f"{elsewhere}/**", answered)
        page = context.new_page()
        page.goto(f"{elsewhere}/")
        assert len(page.frames) == 2
        assert "Kenya" not in page.frames[1].content(), "a page within another's is clicked through it"
        read = """async ([url, how]) => {
            try { return await (await fetch(url, how)).text() } catch { return "refused" }
        }"""
        send = {"method": "POST", "mode": "no-cors", "credentials": "include", "body": "text=forged"}
        assert page.evaluate(read, [f"{url}/", {"credentials": "include"}]) == "refused"
        assert page.evaluate(read, [f"{url}/do/note", send]) == "refused"
        page.get_by_role("button").click()
        page.wait_for_url(f"{url}/do/note")
        assert "Not from here" in page.title()
        assert server.lines("note") == []
        assert "noted" in kenya.sends("note", "Write it down", text="my own")


def test_a_page_runs_no_script_but_its_own_and_fetches_from_nowhere_else(
    browser: Browser, server: TableProcess
) -> None:
    from tests.page.browser.server import Watch, seats

    watch = Watch()
    with seats(browser, server, ["kenya"], watch) as (kenya,):
        watch.requests.clear()
        kenya.page.evaluate("""() => {
            const script = document.createElement('script'); script.textContent = 'window.ran = 1';
            const image = document.createElement('img'); image.src = 'http://127.0.0.1:9/picture.png';
            const link = document.createElement('a'); link.setAttribute('onclick', 'window.ran = 2');
            const style = document.createElement('style'); style.textContent = '* { color: red }';
            document.body.append(script, image, link, style); link.click();
            fetch('http://127.0.0.1:9/told').catch(() => {});
        }""")

        def refused() -> bool:
            kenya.page.wait_for_timeout(50)  # what the browser says is heard while it is waited for
            return len([one for one in watch.complaints if "Content Security Policy" in one]) >= 5

        in_order(refused, True)
        assert kenya.page.evaluate("window.ran") is None
        assert kenya.page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"


def test_markup_in_any_field_comes_out_as_text(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import Watch, seats

    watch = Watch()
    with seats(browser, server, ["facilitator", "kenya", "observer", "projector"], watch) as table:
        facilitator, kenya, observer, projector = table
        # Where it may stand
        kenya.sends("order-", "Order it", why=HOSTILE, levers__insurance="1")
        kenya.sends("order-", "Put it on the table", name="brief", text=HOSTILE, why=HOSTILE, levers__kit_first="1")
        kenya.sends("choose", "Choose it", option="brief", why=HOSTILE)
        kenya.sends("note", "Write it down", text=HOSTILE, tag="improvement", owner=HOSTILE)
        facilitator.sends("inject_add", "Put it on the list", id="odd", to="all", text=HOSTILE, expected=HOSTILE)
        facilitator.presses("Tell it now: odd")
        facilitator.sends("inject", "Do it", id="phone_in", act="skip", why=HOSTILE)
        facilitator.sends("override", "Change the played world", why=HOSTILE, kenya__imminence="0.4")
        facilitator.sends("note", "Write it down", text=HOSTILE)
        # Where it may not, it is said back beside its field
        assert "letters" in kenya.sends("order-", "Put it on the table", name=HOSTILE[:40])
        assert kenya.value("order-", "name") == HOSTILE[:40]
        facilitator.sends("inject_add", "Put it on the list", id=HOSTILE, text="x")
        assert facilitator.value("inject_add", "id") == HOSTILE
        # What a form is made by hand to say
        origin = {"Origin": server.url, "X-Part": "1"}
        for name, fields in ODD.items():
            answer = facilitator.page.request.post(
                f"{server.url}/do/{name}", headers=origin, form={"turn": "1", **fields}
            )
            assert answer.status == 422, name
            assert "<script>window.ran" not in answer.text(), name
            assert "<img" not in answer.text(), name

        facilitator.sends("advance", "Play turn 1")
        for seat in (facilitator, kenya, observer, projector):
            seat.at_turn(2)
        for seat in table:
            seat.page.goto(f"{server.url}/")
            assert_text_only(seat)
        facilitator.fills("close", why=HOSTILE).get_by_role("button", name="End the session").click()
        facilitator.sees("The world that was played followed the theory")
        read = {
            facilitator: ("", "paper/report", "paper/script", "paper/manual", "paper/brief"),
            kenya: ("", "paper/report", "paper/card"),
            observer: ("", "paper/report"),
        }
        for seat, paths in read.items():
            for path in paths:
                seat.page.goto(f"{server.url}/{path}")
                assert_text_only(seat, shown=path in ("", "paper/report"))
        assert watch.complaints == []


ODD: dict[str, dict[str, Any]] = {
    "order": {"role": HOSTILE, "form": HOSTILE, "level.levers.insurance": HOSTILE, f"level.{HOSTILE}": "1"},
    "option": {"role": "kenya", "name": "x", "on": HOSTILE},
    "choose": {"option": HOSTILE},
    "forecast": {"role": "kenya", "measure": HOSTILE, "kind": HOSTILE, "low": HOSTILE, "high": HOSTILE, "by": HOSTILE},
    "outlook": {"until": HOSTILE},
    "compare": {"option": HOSTILE},
    "try": {"measure": HOSTILE, "level.levers.insurance": HOSTILE},
    "inject": {"id": HOSTILE, "act": HOSTILE, "day": HOSTILE},
    "inject_add": {"id": "x", "to": HOSTILE, "objective": HOSTILE, "day": HOSTILE, "text": "x"},
    "override": {f"level.{HOSTILE}": HOSTILE, "why": HOSTILE},
    "advance": {"days": HOSTILE},
    "undo": {"line": HOSTILE},
    "note": {"text": "x", "tag": HOSTILE, "objective": HOSTILE},
    "language": {"language": HOSTILE},
}
"""By form: fields that a page offers no room for such words in."""


def assert_text_only(seat: SeatedBrowser, *, shown: bool = True) -> None:
    """What was typed stands on the page as text, and nothing of it has become a part of the page."""
    assert seat.page.locator('img[src="x"], h1:empty').count() == 0, seat
    assert seat.page.evaluate("[...document.scripts].filter(one => !one.src).length") == 0, seat
    assert seat.page.evaluate("window.ran") is None, seat
    said = " ".join(str(seat.page.locator("body").text_content()).split())
    assert not shown or HOSTILE in said, seat
    assert "49" not in re.findall(r"'(\S+)</textarea>", said), seat
