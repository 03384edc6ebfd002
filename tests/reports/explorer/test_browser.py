"""The explorer in a real browser: what it shows is what `tabletop compare` says, and anybody can work it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

import sim
from sim.model.withdrawal import THEORIES
from sim.reports import comparison_numbers as told
from tests.browser import chromium, violations
from tests.reports.explorer.conftest import OUTCOMES, Made

SETTINGS = (
    ("pay_escrow", "exits_by_end", "breach"),
    ("kit_first", "available_on_target", "all"),
    ("pay_escrow,insurance,kit_first", "exits_by_end", "threat_efficacy"),
    ("first_contingent,foreign_troops", "available_on_target", "squad_threshold"),
    ("pay_escrow,insurance,kit_first,leaders_briefed,first_contingent,foreign_troops", "exits_by_end", "all"),
)
AT_ONCE = 100
"""Milliseconds in which a lever that is moved has been drawn."""
VOTES = [theory for theory in THEORIES if theory != "constant"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def opened(browser: Browser, made: Made):
    """``opened("#levers=…", width=390, …)``: the page from its file, with what it complains of and what it asks for."""
    contexts = []

    def open_page(address: str = "", width: int = 1280, of: Made = made, **more) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(of.path.as_uri() + address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def link(levers: str, outcome: str, theory: str) -> str:
    return f"#levers={levers}&outcome={outcome}&theory={theory}"


def cells(page: Page) -> dict[str, list[str]]:
    """The table of what the levers change, by the head of each row."""
    rows = page.locator("#t-gaps tbody tr").all()
    return {row.locator("th").inner_text().lstrip("▸ "): row.locator("td").all_inner_texts() for row in rows}


def shown(page: Page) -> tuple[list[str], str, str]:
    """The levers, the outcome and the theory that are chosen."""
    checked = "boxes => boxes.filter(box => box.checked).map(box => box.value)"
    levers = page.eval_on_selector_all("input[name=lever]", checked)
    (outcome,) = page.eval_on_selector_all("input[name=outcome]", checked)
    (theory,) = page.eval_on_selector_all("input[name=theory]", checked)
    return levers, outcome, theory


# Its numbers


@pytest.mark.parametrize("setting", SETTINGS, ids=[f"{levers} {theory}" for levers, _, theory in SETTINGS])
def test_what_it_shows_is_what_a_comparison_says(made: Made, opened, setting) -> None:
    levers, outcome, theory = setting
    name = f"as_documented · {levers.replace(',', ' + ')}"
    compared = sim.compare(made.store, outcomes=[outcome], baseline="as_documented", only=[name])
    (world,) = compared.others
    page = opened(link(*setting))
    table = cells(page)
    for of, one in compared.of(world, outcome):
        head = next(head for head in table if head.startswith(f"{THEORIES[of].number} "))
        assert table[head][:4] == [*told.levels(one), told.interval(one), told.shares(one)]
    verdict = compared.verdict(world, outcome)
    together = table["the theories together"][2]
    assert together.partition("(")[2].startswith(told.reach(verdict))
    said = page.locator("#said").inner_text()
    if theory == "all":
        assert told.reach(verdict) in said
    else:
        assert told.interval(dict(compared.of(world, outcome))[theory]) in said
        assert f"{THEORIES[theory].number} " in said
    assert page.complaints == []


def test_with_nothing_pulled_it_tells_the_median_world(opened, made: Made) -> None:
    page = opened(link("", "exits_by_end", "breach"))
    place = [theory["key"] for theory in made.data["theories"]].index("breach")
    assert f"{made.data['quantiles'][0][place][0][2]} in the median world" in page.locator("#said").inner_text()
    assert page.locator("#worlds svg").count() == 0
    assert page.locator("#dots circle").count() == 12, "of few worlds each is a dot"
    assert "Each dot is one world" in page.locator("#dots-caption").inner_text()
    assert "Pull a lever" in page.locator("#t-gaps").inner_text()


def test_dots_stand_where_the_worlds_are(opened, made: Made) -> None:
    page = opened(link("kit_first", "exits_by_end", "prospects"))
    place = [theory["key"] for theory in made.data["theories"]].index("prospects")
    gaps = made.data["gaps"][0][place][4]
    counts = [page.locator(f"#worlds circle.{kind}").count() for kind in ("good", "level", "bad")]
    assert counts == [sum(gap < 0 for gap in gaps), sum(gap == 0 for gap in gaps), sum(gap > 0 for gap in gaps)]
    page.locator("#t-dots").evaluate("table => table.closest('details').open = true")
    quantiles = made.data["quantiles"][0][place]
    columns = [
        [row.locator("td").nth(column).inner_text() for row in page.locator("#t-dots tbody tr").all()]
        for column in (0, 1)
    ]
    assert columns == [quantiles[0], quantiles[4]]


def x_of(page: Page, drawing: str) -> Callable[[float], float]:
    """Where a value stands in a drawing, by the first and the last of its axis's numbers."""
    ends = page.eval_on_selector_all(
        f"#{drawing} .tick",
        "ticks => ticks.map(tick => [Number(tick.textContent.replace('−', '-')), +tick.getAttribute('x')])",
    )
    (low, first), (high, last) = ends[0], ends[-1]
    return lambda value: first + (value - low) / (high - low) * (last - first)


@pytest.mark.parametrize("theory", ["all", "prospects"])
def test_the_triangle_is_at_the_median_that_is_written(opened, of_one: Made, made: Made, theory) -> None:
    for of in (of_one, made):
        page = opened(link("kit_first", "exits_by_end", theory), of=of)
        at = x_of(page, "dots")
        titles = [one for one in page.locator("#dots .head").all_text_contents() if "median" in one]
        drawn = page.eval_on_selector_all(
            "#dots .median", "all => all.map(one => parseFloat(one.getAttribute('d').slice(1)))"
        )
        assert drawn == [pytest.approx(at(float(title.rpartition("median ")[2])), abs=0.6) for title in titles]
        assert len(drawn) == 2


@pytest.mark.parametrize("width", [390, 1280])
def test_dots_stand_at_their_values_and_stay_in_their_row(opened, made: Made, enough: Made, width) -> None:
    for of, levers in ((made, "pay_escrow,kit_first"), (made, "kit_first"), (enough, "pay_escrow")):
        page = opened(link(levers, "exits_by_end", "breach"), of=of, width=width)
        place = [theory["key"] for theory in of.data["theories"]].index("breach")
        bit = {lever["key"]: 1 << number for number, lever in enumerate(of.data["levers"])}
        at, values = x_of(page, "dots"), of.data["dots"][0][place][sum(bit[one] for one in levers.split(","))]
        drawn = page.eval_on_selector_all(
            "#dots .done", "all => all.map(one => ['cx', 'cy', 'r'].map(name => +one.getAttribute(name)))"
        )
        across = sorted(x for x, _, _ in drawn)
        diameter = drawn[0][2] / 0.42
        assert max(abs(x - at(value)) for x, value in zip(across, values, strict=True)) <= 1.5 * diameter
        assert max(y for _, y, _ in drawn) - min(y for _, y, _ in drawn) <= 80


@pytest.mark.parametrize("width", [390, 1280])
def test_no_dot_is_cut_off_at_an_edge_and_no_text_lies_on_a_mark(opened, of_one: Made, made: Made, width) -> None:
    for of, theory in ((of_one, "all"), (of_one, "breach"), (made, "all")):
        page = opened(link("pay_escrow,kit_first", "exits_by_end", theory), of=of, width=width)
        reach = """svgs => svgs.flatMap(svg => [...svg.querySelectorAll("circle, text")].map(one => {
          const [box, all] = [one.getBBox(), svg.viewBox.baseVal];
          return [box.x, box.y, all.width - box.x - box.width, all.height - box.y - box.height];
        }))"""
        for box in page.eval_on_selector_all("#dots svg, #worlds svg, #gaps svg", reach):
            assert min(box) > -1, box
        names, marks = (
            [page.eval_on_selector_all(f"#gaps {kind}", "all => all.map(one => { const b = one.getBBox(); "
                                                        "return [b.x, b.y, b.x + b.width, b.y + b.height] })")][0]
            for kind in (".head, .name", "circle, .span")
        )  # fmt: skip
        touching = [
            (name, mark) for name in names for mark in marks
            if name[0] < mark[2] and mark[0] < name[2] and name[1] + 2 < mark[3] and mark[1] < name[3] - 2
        ]  # fmt: skip
        assert touching == []


# How much it can tell


def test_few_worlds_are_said_to_be_few(opened, of_one: Made, no_effect: Made, enough: Made) -> None:
    one = opened(link("kit_first", "exits_by_end", "all"), of=of_one)
    assert "does not show how likely" in one.locator("#few").inner_text()
    assert "every" not in one.locator("#said").inner_text()
    assert "better in all 4 worlds" in one.locator("#said").inner_text()
    alone = opened(link("", "exits_by_end", "breach"), of=of_one)
    assert "in the one world that was run" in alone.locator("#said").inner_text()
    assert "20 worlds under each theory are few" in opened(of=no_effect).locator("#few").inner_text()
    assert opened(of=enough).locator("#few").count() == 0


def test_a_lever_without_effect_is_said_to_have_none(opened, no_effect: Made) -> None:
    page = opened(link("us_support", "exits_by_end", "all"), of=no_effect)
    said = page.locator("#said").inner_text()
    assert "the same in all 80 worlds. No effect is seen under any theory" in said
    assert "cannot tell" not in said
    assert "change by" not in said
    assert page.locator("#worlds .tick").all_text_contents() == ["0"], "an axis of one value has one number"
    one = opened(link("us_support", "exits_by_end", "breach"), of=no_effect).locator("#said").inner_text()
    assert one.endswith("the same in all 20 worlds.")


# Working it


def test_a_link_shows_the_same_setting(opened) -> None:
    setting = ("pay_escrow,foreign_troops", "available_on_target", "prospects")
    page = opened(link(*setting))
    assert shown(page) == (setting[0].split(","), *setting[1:])
    page.locator("input[value=kit_first]").check()
    page.locator("input[value=exits_by_end]").check()
    said = page.locator("#said").inner_text()
    again = opened(page.evaluate("location.hash"))
    assert shown(again) == (["pay_escrow", "kit_first", "foreign_troops"], "exits_by_end", "prospects")
    assert again.locator("#said").inner_text() == said
    page.evaluate("location.hash = '#levers=insurance&outcome=exits_by_end&theory=breach'")
    page.wait_for_function("document.querySelector('input[value=insurance]').checked")
    assert shown(page) == (["insurance"], "exits_by_end", "breach")


def test_a_link_with_words_that_the_page_lacks_says_so_and_shows_the_rest(opened) -> None:
    page = opened("#levers=kit_first,<b>bribes&outcome=joy&theory=gravity")
    assert shown(page)[0] == ["kit_first"]
    note = page.locator("#note")
    assert note.is_visible()
    assert "<b>bribes, joy, gravity" in note.inner_text()
    assert page.locator("#note b").count() == 0
    assert page.complaints == []


def test_it_is_worked_by_keys_alone(opened) -> None:
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert shown(page)[0] == ["pay_escrow"]
    assert "pay held in escrow" in page.locator("#said").inner_text()
    for _ in range(8):  # five levers more, two buttons, the outcomes
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert shown(page)[1] == OUTCOMES[1]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert shown(page)[2] == VOTES[0]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_buttons_pull_all_and_none(opened) -> None:
    page = opened()
    page.get_by_role("button", name="Pull all").click()
    assert len(shown(page)[0]) == 6
    page.get_by_role("button", name="Pull none").click()
    assert shown(page)[0] == []


def test_what_changes_is_announced(opened) -> None:
    page = opened()
    status = page.get_by_role("status")
    before = status.inner_text()
    page.get_by_role("checkbox", name="kit").check()
    assert status.inner_text() != before
    assert status.get_attribute("aria-live") == "polite"
    for drawing in ("dots", "worlds", "gaps", "weeks"):
        picture = page.locator(f"#{drawing} svg")
        assert picture.get_attribute("role") == "img"
        assert len(picture.get_attribute("aria-label") or "") > 30


def test_a_lever_that_is_moved_is_drawn_at_once(opened) -> None:
    page = opened(link("", "exits_by_end", "all"))
    took = page.evaluate(
        """() => {
          const took = [];
          for (let round = 0; round < 5; round++) {
            for (const box of document.querySelectorAll("input[name=lever]")) {
              const began = performance.now();
              box.click();
              document.body.getBoundingClientRect(); // laid out, too
              took.push(performance.now() - began);
            }
          }
          return took.sort((one, other) => one - other);
        }"""
    )
    assert took[int(0.9 * len(took))] < AT_ONCE, took


# Looking at it


def test_nothing_is_fetched(opened, made: Made) -> None:
    page = opened()
    for box in page.locator("#choices input").all():
        box.check()
    page.wait_for_timeout(200)
    assert page.requests == [made.path.as_uri()]
    assert page.complaints == []
    refused = page.evaluate("fetch('https://example.org/').then(() => 'gone', () => 'refused')")
    assert refused == "refused", "its policy lets nothing leave, whoever asks"


@pytest.mark.parametrize("look", [
    {}, {"width": 390}, {"color_scheme": "dark"}, {"width": 390, "color_scheme": "dark"}, {"forced_colors": "active"},
], ids=["wide", "narrow", "dark", "narrow and dark", "forced colours"])  # fmt: skip
def test_everybody_can_read_and_work_it(opened, look) -> None:
    page = opened(link("pay_escrow,kit_first", "exits_by_end", "all"), **look)
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is read without scrolling sideways"


def test_a_drawing_is_told_without_colour(opened) -> None:
    page = opened(link("kit_first", "exits_by_end", "breach"))
    fills = page.evaluate(
        """() => ["open", "done"].map(kind => getComputedStyle(document.querySelector(`#dots .${kind}`)).fill)"""
    )
    assert fills[0] == "rgb(255, 255, 255)", "what is open is empty"
    assert fills[1] != fills[0]


def test_on_paper_stands_what_was_chosen_and_nothing_to_press(opened) -> None:
    page = opened(link("kit_first", "exits_by_end", "breach"))
    page.emulate_media(media="print")
    assert page.locator("#choices").is_hidden()
    assert page.locator("#brief").is_hidden()
    assert "announce only when the kit is ready" in page.locator("#shown").inner_text()
    assert page.locator("#shown").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#made li").first.is_visible(), "how it was computed goes with it"
    assert page.locator("#assumed td").first.is_hidden(), "what fills many sheets does only if it was opened"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#made li").first.is_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_without_script_it_says_why_nothing_is_drawn(opened) -> None:
    page = opened(java_script_enabled=False)
    assert page.locator("noscript .note").is_visible()
