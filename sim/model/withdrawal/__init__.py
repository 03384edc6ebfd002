"""Rival theories of withdrawal, one a file, behind one small interface."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.withdrawal.breach import Breach
from sim.model.withdrawal.constant import Constant
from sim.model.withdrawal.interface import Theory
from sim.model.withdrawal.prospects import Prospects
from sim.model.withdrawal.squad_threshold import SquadThreshold
from sim.model.withdrawal.threat_efficacy import ThreatEfficacy

THEORIES: Mapping[str, Theory] = {
    theory.name: theory for theory in (Constant(), ThreatEfficacy(), Prospects(), SquadThreshold(), Breach())
}
"""All theories by name, in the order T0 to T4."""
