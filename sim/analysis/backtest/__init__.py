"""Predictions of worlds that lived the record about the time after it, from a file, and their scores."""
