"""Scenario discovery: in which worlds an outcome comes about, as a few limits on what was drawn (docs/DISCOVER.md)."""
