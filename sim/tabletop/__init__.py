"""The table: a session played by turns, its futures, and its papers."""
