"""What is written for people: pages, briefs, and the registers as tables."""
