"""Sessions that the pages are looked at with: one that has just begun, and one of which a turn was played."""

from tests.tabletop.conftest import _played, head, played, session  # noqa: F401
