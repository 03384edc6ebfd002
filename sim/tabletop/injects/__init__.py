"""Master scenario events lists: what the facilitator brings to the table, when it is due, and its files."""

from sim.tabletop.injects.inject import Inject, MasterList, Read, day_written, when_due
from sim.tabletop.injects.kept_list import list_of_plain, plain_of, plain_row
from sim.tabletop.injects.list_file import (
    check_list,
    list_path,
    mistakes_of,
    packaged_lists,
    read,
    read_list,
    write_list,
)
from sim.tabletop.injects.schedule import day_of, due, event_of, watch_of

__all__ = [
    "Inject",
    "MasterList",
    "Read",
    "check_list",
    "day_of",
    "day_written",
    "due",
    "event_of",
    "list_of_plain",
    "list_path",
    "mistakes_of",
    "packaged_lists",
    "plain_of",
    "plain_row",
    "read",
    "read_list",
    "watch_of",
    "when_due",
    "write_list",
]
