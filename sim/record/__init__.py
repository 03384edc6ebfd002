"""The documented record: facts with their dates, numbers and sources, read from ``seeds/`` and checked."""

from sim.record.facts import Fact, Grade, Record, Use, load

__all__ = ["Fact", "Grade", "Record", "Use", "load"]
