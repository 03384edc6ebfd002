"""Futures of the other worlds: the same bits whatever the split, and worlds that agree with what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim.tabletop import other_worlds as module
from sim.tabletop.futures import Futures, SeenTurn, quantiles, seen_turns
from sim.tabletop.measures import MEASURES
from sim.tabletop.other_worlds import OtherWorlds
from sim.tabletop.worlds import Line, TableCases, played_world
from tests.tabletop.conftest import DEPART, LAST, ORDERS, TODAY, given, order, unlike

UNTIL = date(2024, 4, 10)
OPTIONS = {"nothing": [], "depart": [DEPART], "leave": [DEPART]}


def ahead(others: OtherWorlds, options: object = OPTIONS, count: int = 60, **more: object) -> Futures:
    asked = {"events": ORDERS, "today": TODAY} | more
    return others.look_ahead(options, UNTIL, count, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(("threads", "at_once"), [(1, 512), (2, 7), (3, 1000)])
def test_the_bits_do_not_depend_on_threads_or_split(
    threads: int, at_once: int, table: TableCases, futures: Futures
) -> None:
    assert unlike(futures, ahead(OtherWorlds(table, ("breach", 9), None, threads, at_once))) == []


def test_the_bits_do_not_depend_on_the_order_of_options(others: OtherWorlds, futures: Futures) -> None:
    turned = ahead(others, dict(reversed(OPTIONS.items())))
    assert unlike(futures, turned) == []
    assert turned.options == ("leave", "depart", "nothing")


def test_an_option_that_orders_the_same_is_the_same_in_every_future(futures: Futures) -> None:
    for theory in futures.theories:
        for name in MEASURES:
            depart, leave = (futures.days[option, theory][name] for option in ("depart", "leave"))
            assert np.array_equal(depart, leave, equal_nan=True), name
    assert not np.array_equal(
        futures.values("deaths", "nothing", "breach"), futures.values("deaths", "depart", "breach")
    )


def test_every_theory_has_its_equal_share_and_the_played_world_none(futures: Futures) -> None:
    assert {name: len(worlds) for name, worlds in futures.worlds.items()} == {"threat_efficacy": 30, "breach": 30}
    assert 9 not in futures.worlds["breach"]
    assert all(len(set(worlds.tolist())) == 30 for worlds in futures.worlds.values())


def test_more_futures_than_worlds_are_spread_evenly(others: OtherWorlds) -> None:
    found = ahead(others, {"nothing": []}, 600)
    often = np.bincount(found.worlds["threat_efficacy"])
    assert sorted(set(often.tolist())) == [0, 2, 3]
    runs = list(zip(found.worlds["breach"].tolist(), found.numbers["breach"].tolist(), strict=True))
    assert len(set(runs)) == len(runs) == 300
    first, second = (found.numbers["breach"] == k for k in (0, 1))
    deaths = found.days["nothing", "breach"]["deaths"]
    assert not np.array_equal(deaths[:, first], deaths[:, second])


def test_looking_ahead_leaves_the_present_as_it_was(others: OtherWorlds) -> None:
    before = {name: one.state.copy() for name, one in others.stand(ORDERS, TODAY).items()}
    ahead(others)
    for name, one in others.stand(ORDERS, TODAY).items():
        kept, now = before[name].to_arrays(), one.state.to_arrays()
        assert all(np.array_equal(kept[key], now[key], equal_nan=True) for key in kept)


def test_no_future_is_that_of_the_world_itself(table: TableCases) -> None:
    alone = OtherWorlds(table)
    found = ahead(alone, {"nothing": []}, 240)
    own, _ = table.line("breach", found.worlds["breach"]).lived(
        table.line("breach", found.worlds["breach"]).begun(), ORDERS, UNTIL.toordinal()
    )
    lived = own.days["attacks"][(TODAY - table.first_day).days :]
    assert not (found.days["nothing", "breach"]["attacks"] == lived).all(axis=0).any()


def test_another_day_has_other_luck_and_the_same_day_the_same(others: OtherWorlds) -> None:
    later = date(2024, 3, 22)
    one, again, other = (
        others.look_ahead({"nothing": []}, UNTIL, 60, events=ORDERS, today=day) for day in (TODAY, TODAY, later)
    )
    assert unlike(one, again) == []
    shared = one.days["nothing", "breach"]["attacks"][(later - TODAY).days :]
    assert not np.array_equal(shared, other.days["nothing", "breach"]["attacks"])


# --- what is kept beside a session


def test_what_is_kept_changes_no_bit_and_may_go_at_any_time(
    table: TableCases, futures: Futures, tmp_path: Path
) -> None:
    for _ in range(2):
        assert unlike(futures, ahead(OtherWorlds(table, ("breach", 9), tmp_path))) == []
    files = sorted(tmp_path.iterdir())
    assert [path.name.rsplit("-", 1)[0] for path in files] == [
        "breach-2024-03-07", "breach-2024-03-14", "threat_efficacy-2024-03-07", "threat_efficacy-2024-03-14",
    ]  # fmt: skip
    for path in files:
        path.unlink()
    assert unlike(futures, ahead(OtherWorlds(table, ("breach", 9), tmp_path))) == []


@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "foreign", "text"])
def test_a_damaged_or_foreign_file_counts_as_none(
    harm: str, table: TableCases, futures: Futures, tmp_path: Path
) -> None:
    ahead(OtherWorlds(table, ("breach", 9), tmp_path))
    files = sorted(tmp_path.iterdir())
    contents = [path.read_bytes() for path in files]
    for number, (path, content) in enumerate(zip(files, contents, strict=True)):
        middle = len(content) // 2
        harmed = {
            "empty": b"",
            "cut": content[:-1000],
            "flipped": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
            "foreign": contents[number - 1],
            "text": b"x" * 500,
        }[harm]
        path.write_bytes(harmed)
    assert unlike(futures, ahead(OtherWorlds(table, ("breach", 9), tmp_path))) == []


def test_days_are_lived_on_from_the_latest_that_is_kept(
    table: TableCases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    OtherWorlds(table, None, tmp_path).stand(ORDERS, TODAY)
    begun, lived = [], []
    usual = Line.lived
    monkeypatch.setattr(Line, "begun", lambda self, *_: begun.append(self))
    monkeypatch.setattr(Line, "lived", lambda self, at, *more: lived.append(at.day) or usual(self, at, *more))
    later = date(2024, 3, 25)
    found = OtherWorlds(table, None, tmp_path).stand(ORDERS, later)
    assert not begun
    assert lived == [TODAY.toordinal() - 1] * 2
    monkeypatch.undo()
    anew = OtherWorlds(table).stand(ORDERS, later)
    for name in table.theories:
        kept, fresh = found[name].state.to_arrays(), anew[name].state.to_arrays()
        assert all(np.array_equal(kept[key], fresh[key], equal_nan=True) for key in fresh)
        assert all(np.array_equal(found[name].days[key], anew[name].days[key], equal_nan=True) for key in MEASURES)


def test_of_other_orders_so_far_nothing_is_taken(table: TableCases, tmp_path: Path) -> None:
    others = OtherWorlds(table, None, tmp_path)
    others.stand(ORDERS, TODAY)
    undone = others.stand(ORDERS[1:], TODAY)["breach"].state
    fresh = OtherWorlds(table).stand(ORDERS[1:], TODAY)["breach"].state
    assert np.array_equal(undone.pay_escrow, fresh.pay_escrow)
    assert not undone.pay_escrow.any()


def test_a_folder_that_takes_no_file_costs_time_alone(table: TableCases, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert OtherWorlds(table, None, blocked).stand([], table.first_day)


def test_an_override_does_not_reach_the_others(others: OtherWorlds, table: TableCases) -> None:
    umpires = given(order(date(2024, 3, 10), "levers.gang_truce"), override=True)
    assert (others.stand([*ORDERS, umpires], TODAY)["breach"].state.gang_truce == 0).all()
    assert played_world(table, "breach", 9, [*ORDERS, umpires], TODAY).state.gang_truce[0] == 1
    found = ahead(others, events=[*ORDERS, umpires])
    assert found.overrides == 1
    assert "1 override of the facilitator: in the played world alone." in found.notes


# --- worlds that agree with what was seen


def seen_of(table: TableCases, until: date = TODAY) -> tuple[SeenTurn, ...]:
    days = played_world(table, "breach", 9, ORDERS, until).days
    return seen_turns(days, [table.first_day, date(2024, 3, 12)], until)


def test_what_was_seen_is_told_by_turns(table: TableCases) -> None:
    days = played_world(table, "breach", 9, ORDERS, TODAY).days
    first, second = seen_of(table)
    assert (first.first, first.last, second.first, second.last) == (
        date(2024, 3, 8), date(2024, 3, 11), date(2024, 3, 12), date(2024, 3, 14),
    )  # fmt: skip
    assert first.deaths + second.deaths == days.loc[table.first_day :, "deaths"].sum()


def test_worlds_that_agree_are_kept_while_enough_remain(
    others: OtherWorlds, table: TableCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = seen_of(table)
    loose = others.agreeing(seen, ORDERS, TODAY)
    assert not loose.conditioned
    assert loose.sentence.startswith("Not conditioned on what was seen: fewer than 200")
    assert len(loose.places["breach"]) == 119
    monkeypatch.setattr(module, "FEWEST", 5)
    kept = others.agreeing(seen, ORDERS, TODAY)
    assert kept.conditioned
    assert 5 <= kept.counts["breach"][0] < kept.counts["breach"][1] == 120
    assert str(kept.counts["breach"][0]) in kept.sentence
    standing = others.stand(ORDERS, TODAY)["breach"]
    told = sum(turn.deaths for turn in seen)
    deaths = standing.days["deaths"].sum(axis=0)[kept.places["breach"]]
    assert (np.abs(deaths - told) <= 0.2 * told).all()
    found = ahead(others, agreement=kept)
    assert set(found.worlds["breach"]) <= set(table.worlds("breach")[kept.places["breach"]])
    assert kept.sentence in found.notes


def test_nobody_is_left_out_before_anything_was_seen(others: OtherWorlds, table: TableCases) -> None:
    found = others.agreeing((), ORDERS, table.first_day)
    assert not found.conditioned
    assert "Nothing has been seen yet" in found.sentence


# --- faults, and what is said


def test_a_run_that_fails_costs_no_neighbour(
    others: OtherWorlds, futures: Futures, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, bad = Line.going_on, int(futures.worlds["breach"][4])

    def going_on(self: Line, *given: object) -> object:
        if self.case.theory == "breach" and bad in self.worlds:
            raise FloatingPointError("no number")
        return usual(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Line, "going_on", going_on)
    found = ahead(others)
    assert found.failed == {"nothing": 1, "depart": 1, "leave": 1}
    assert f"breach, world {bad}: FloatingPointError: no number" in found.messages
    assert np.isnan(found.values("deaths", "nothing", "breach")[4])
    rest = np.delete(np.arange(30), 4)
    mine, whole = (one.values("deaths", "nothing", "breach")[rest] for one in (found, futures))
    assert np.array_equal(mine, whole)
    assert "3 runs failed and count in nothing." in found.notes
    assert set(found.bands("deaths", "nothing").groupby("theory")["runs"].first().to_dict().items()) == {
        ("", 59), ("breach", 29), ("threat_efficacy", 30),
    }  # fmt: skip


def test_bands_weigh_theories_alike(futures: Futures) -> None:
    short = replace(
        futures, fault={key: np.where(np.arange(30) < 25 * (key[1] == "breach"), 1, 0) for key in futures.fault}
    )
    band = short.bands("deaths", "nothing").set_index(["theory", "day"]).loc[("", UNTIL)]
    few, many = (short.values("deaths", "nothing", name) for name in ("breach", "threat_efficacy"))
    few = few[~np.isnan(few)]
    assert len(few) == 5
    values = np.concatenate([np.repeat(few, 6), many])
    assert band["median"] == np.sort(values)[len(values) // 2 - 1]


def test_quantiles_are_values_that_some_run_has() -> None:
    values = np.array([[4.0, 1.0, 3.0, 2.0]])
    assert quantiles(values, np.ones(4), [0.25, 0.5, 0.51]).ravel().tolist() == [1, 2, 3]
    assert quantiles(values, np.array([3.0, 1, 1, 1]), [0.5, 0.51]).ravel().tolist() == [3, 4]


def test_the_table_has_a_row_a_future(futures: Futures) -> None:
    table = futures.table(["deaths", "available"])
    assert len(table) == 180
    assert table.columns.tolist() == ["option", "theory", "world", "future", "failed", "deaths", "available"]
    deaths = futures.days["depart", "breach"]["deaths"].sum(axis=0)
    rows = table[(table["option"] == "depart") & (table["theory"] == "breach")]
    assert rows["deaths"].to_numpy() == pytest.approx(deaths)


def test_days_beyond_the_session_are_refused(others: OtherWorlds, table: TableCases) -> None:
    with pytest.raises(ValueError, match="until"):
        others.look_ahead({}, date(2024, 6, 1), today=TODAY)
    with pytest.raises(ValueError, match="before the first day"):
        others.stand([], date(2024, 3, 1))
    assert others.look_ahead({"depart": [DEPART]}, LAST, 4, today=TODAY).options == ("nothing", "depart")
