"""Figures: each module takes data and returns a matplotlib ``Figure``; nothing is drawn or set at import."""
