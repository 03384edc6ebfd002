"""A second opinion: the model of ``docs/ODD.md`` once more, as a plain Mesa model with one object per agent.

It was written from that page alone and shares nothing with the engine but its draws
(:mod:`sim.ensemble.engine.addressed_draws`) and its settings (:class:`sim.ensemble.cases.case.Case`).
``tests/test_second_opinion.py`` holds the two side by side, day by day.
"""
