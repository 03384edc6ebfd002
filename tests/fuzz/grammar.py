"""What people type, and what cats on keyboards type: words, lists, event tables and conf files for Hypothesis.

Each strategy mixes what is right, what is nearly right and what is neither, since a fault hides in the middle.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from sim.model.events import MEASURES, TARGETS
from sim.model.withdrawal import THEORIES
from sim.outcomes import OUTCOMES
from sim.settings.conf_files import conf_files
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED

with conf_files(None) as _files:
    CHOICES = _files.choices
WORLD = tuple(p for p in FIXED if not p.key.startswith(("ensemble.", "unknowns.")))
"""Settings of a world that are typed by themselves; what becomes of unknowns is chosen by its group."""
THEORETIC = tuple({p.key: p for theory in THEORIES.values() for p in theory.parameters}.values())
PARAMETERS = (*(p for p in FIXED if p.key != "unknowns.mode"), *THEORETIC)
ROWS = ("airport_assault", "us_declines", "accord_signed", "an_order", "zz")

st_one = st.sampled_from

# Text

LETTERS = "abcxyzEe0123456789.,-+()[]{}'\"\\ $:=~#/@*?%<>|;_"
odd_text = st.text(st.one_of(st_one(LETTERS), st_one("\t\n\r\x00\x1b\x7f\u200b\u202eé中𝕏\udcff")), max_size=12)
"""Text of what the grammar has a use for, with letters that nobody sees among it."""
FRAGMENTS = (
    *["range(", "choice(", "interval(", "glob(", "sort(", "shuffle(", "tag(", "int(", "float(", "bool(", "str(",
      "json_str(", "extend_list(", "reverse=true"],
    *["start=", "stop=", "step=", "include=", "exclude=", ")", "[", "]", "{", "}", ",", ":",
      "'", '"', "\\", "${officers.pool}", "${oc.env:HOME}", "${gangs.", "null", "true"],
    *["nan", "inf", "-inf", "1e400", "-0", "0.1", "1_000", "0x10", "007", "1e1", "*", "us*", "breach", "as_documented",
      "2024-03-01", "1e-9", "3", "10000000", "_", "-", ".5", "5."],
    *["%", "!!python/object:os.system", "<<", "&a", "*a"], " ", "9" * 40,
)  # fmt: skip
fragments = st.lists(st_one(FRAGMENTS), max_size=7).map("".join)
"""Pieces of Hydra's grammar in any order."""

# Numbers and values

numbers = st.one_of(
    st.integers(-3, 40),
    st.integers(-(10**20), 10**20),
    st.just(10**400),
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(0, 1, allow_nan=False),
)


def number_text(value: float) -> str:
    """A number as people write it, repr or in one of several shorter ways."""
    return repr(value) if isinstance(value, int) else f"{value:.6g}"


def fitting(parameter: Parameter) -> SearchStrategy[object]:
    """Values that a setting takes, its ends among them; those that would make a run long are left out."""
    if parameter.kind == "choice":
        return st_one(parameter.choices)
    if parameter.kind == "bool":
        return st.booleans()
    if parameter.kind == "date":
        return st_one(["2024-02-20", "2024-03-07", "2024-03-08", "2024-06-01"])
    if parameter.kind == "text":
        return st_one([outcome.name for outcome in OUTCOMES])
    low, high = parameter.bounds or (0.0, 1.0)
    low, high = max(low, -1e9), min(high, 1e9)
    if parameter.kind == "int":
        return st.one_of(st.integers(int(low), int(high)), st_one([int(low), int(high)]))
    return st.one_of(
        st.floats(low, high, allow_nan=False), st_one([low, high]), st.integers(int(-(-low // 1)), int(high))
    )


def written(value: object) -> str:
    """A value as it is typed."""
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)


junk = st.one_of(
    fragments, odd_text, numbers.map(number_text),
    st_one(["", "''", "null", "[]", "{}", "[1,[2]]", "{a: 1}", "[0.4,0.45]", "[0.9,0.4]", "{gangs: {blocs: [1,2]}}"]),
)  # fmt: skip
"""What stands behind the sign, mostly no value of anything."""
ranges = st.tuples(numbers, numbers, numbers).map(lambda r: f"range({','.join(map(number_text, r))})")
short_ranges = st.tuples(st.integers(0, 5), st.integers(6, 9), st.integers(1, 3)).map(
    lambda r: f"range({r[0]},{r[1]},{r[2]})"
)
intervals = st.tuples(numbers, numbers).map(lambda r: f"interval({number_text(r[0])},{number_text(r[1])})")


def several(value: SearchStrategy[str]) -> SearchStrategy[str]:
    """Several values of a setting, in the ways that the grammar has."""
    listed = st.lists(value, min_size=1, max_size=4).map(",".join)
    plain = st.one_of(listed, listed.map(lambda text: f"choice({text})"), short_ranges, ranges, intervals)
    return st.one_of(
        plain,
        plain.map(lambda text: f"sort({text})"),
        plain.map(lambda text: f"sort({text},reverse=true)"),
        plain.map(lambda text: f"shuffle({text})"),
        st_one(["glob(*)", "glob(us*)", "glob([us*,no*],exclude=no_s*)", "glob(zz*)"]),
    )


# Keys

fields = st_one(
    [
        "date",
        "happens",
        "set",
        "add",
        "when",
        "text",
        "facts",
        "origin",
        "hapens",
        "set.levers.foreign_troops",
        "add.kenya.slips",
        "set.haiti.mood",
    ]
)
other_keys = (
    "scenario.name scenario.story theory.name design.size design.prior design.path executor.workers "
    "ensemble.until gangs officers hydra.job.name hydra/launcher out.x gangs.branchin_ratio scenario.events levers. "
    ".levers scenario/x scenario@x unknowns unknowns.mode unknowns.range unknowns.range.gangs.branching_ratio "
    "unknowns.range.theory.threat unknowns.range.officers.pool unknowns.range.x.y unknowns.posterior unknowns.drawn"
)
keys = st.one_of(
    st_one([p.key for p in PARAMETERS]),
    st_one(sorted(CHOICES)),
    st_one(other_keys.split()),
    st.tuples(st_one(ROWS), fields).map(lambda parts: f"scenario.events.{parts[0]}.{parts[1]}"),
    st_one(ROWS).map(lambda row: f"scenario.events.{row}"),
    odd_text,
)
prefixes = st_one(["", "", "", "", "", "", "+", "++", "~"])


@st.composite
def fitting_words(draw: st.DrawFn, among: tuple[Parameter, ...] = WORLD) -> str:
    """``key=value`` with a value that the setting takes."""
    parameter = draw(st_one(among))
    return f"{parameter.key}={written(draw(fitting(parameter)))}"


@st.composite
def sweeping_words(draw: st.DrawFn) -> str:
    """Several values, most of them right, of one setting or group."""
    if draw(st.booleans()):
        group = draw(st_one(["scenario", "theory", "governments", "unknowns"]))
        return f"{group}={draw(several(st_one(CHOICES[group])))}"
    parameter = draw(st_one(WORLD))
    return f"{parameter.key}={draw(several(fitting(parameter).map(written)))}"


wild_words = st.tuples(prefixes, keys, st.one_of(junk, several(junk))).map(lambda w: f"{w[0]}{w[1]}={w[2]}")
any_words = st.one_of(
    fitting_words(PARAMETERS), sweeping_words(), wild_words, odd_text, keys.map(lambda key: f"~{key}")
)

# Event tables

levels = st_one([*TARGETS, "kenya.mood", "levers"])
amounts = st.one_of(
    st.floats(-2, 2000, allow_nan=False), numbers, st_one(["1", "${officers.pool}", "${x}", True, None])
)


@st.composite
def writes(draw: st.DrawFn) -> object:
    """What an event sets or adds, or something that looks like it."""
    tree: dict[str, dict[str, object]] = {}
    for name in draw(st.lists(levels, max_size=3)):
        group, _, level = name.partition(".")
        tree.setdefault(group, {})[level or "x"] = draw(amounts)
    return draw(st.one_of(st.just(tree), st.just(tree), junk, numbers))


conditions = st.one_of(
    st.fixed_dictionaries(
        {"measure": st_one([*MEASURES, "mood"])},
        optional={
            "above": amounts,
            "below": amounts,
            "days": st.one_of(st.integers(-1, 9), junk),
            "once": st.booleans(),
        },
    ),
    junk,
)
event_rows = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "date": st.one_of(st.dates().map(str), st_one(["2024-03-08", "2024-02-31", 20240308, None])),
            "when": conditions,
            "set": writes(),
            "add": writes(),
            "happens": st.one_of(st.booleans(), junk),
            "facts": st_one([[], ["accord_signed"], "accord_signed", [1], None]),
            "origin": st_one(["documented", "scenario", "player", "rumour", None]),
            "text": st.one_of(odd_text, st.none()),
            "hapens": st.just(False),
        },
    ),
    junk,
    numbers,
)
event_tables = st.one_of(
    st.dictionaries(st.one_of(st_one(ROWS), st.integers(0, 3)), event_rows, max_size=4), junk, numbers
)
