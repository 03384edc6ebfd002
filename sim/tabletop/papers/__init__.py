"""What a table prints: papers to begin with, the after-action report, two sessions side by side.

All of it is a pure function of a session's log; no world is lived here.
"""
