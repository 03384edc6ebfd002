"""What the tables of this model version hold: the names of its outcomes and daily series, in the order of the columns.

A run is finished when it has every outcome named here, and the digest of a store covers these alone. An outcome that is
found and not named here was added by someone: it goes to a table of its own. Taking one in, or out, changes what a
store of this version means, and raises ``MODEL_VERSION``.
"""

from __future__ import annotations

RUNS = (
    "exits_before_surge", "exits_in_surge", "exits_surge_month", "exits_after_record", "exits_by_record_end",
    "exits_by_end", "intents_in_surge", "intents_by_end", "share_out_by_record_end", "share_out_by_end",
    "peak_daily_exits", "squads_fully_out", "max_squad_share_3d", "squad_members_3d", "largest_cascade",
    "first_report_date", "withdrawal_reports", "rumours", "reported_to_real", "available_on_target",
    "target_shortfall", "attacks", "deaths_gang", "deaths_operations", "deaths_vigilantes", "civilian_harm",
    "deaths_q4_2023", "deaths_q1_2024", "deaths_surge_week", "control_share_end", "assurance_record_end",
    "perceived_hazard_record_end", "knowable_hazard",
)  # fmt: skip
DAYS = (
    "exits", "out", "intents", "available", "casualties", "attacks", "deaths_gang", "deaths_operations",
    "deaths_vigilantes", "civilian_harm", "coalition", "control", "authority", "media", "rumour", "imminence",
    "assurance", "perceived_hazard", "reports", "denials",
)  # fmt: skip
