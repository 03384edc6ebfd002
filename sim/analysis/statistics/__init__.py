"""What samples say: summaries, intervals, paired differences, how central a curve is."""
