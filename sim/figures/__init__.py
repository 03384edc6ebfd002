"""Figures, a folder each, behind one small interface; nothing is drawn or set at import.

In a figure's folder ``draw.py`` takes data and gives a matplotlib figure, a table and the same in words, and
``figure.py`` says what of a store it is drawn from. A folder whose ``figure.py`` has a ``FIGURE`` is a figure; there
is no list to add it to (docs/EXTENDING.md).
"""
