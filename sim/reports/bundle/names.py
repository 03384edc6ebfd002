"""What the files of a bundle are called, and the format that they have together."""

FORMAT = 1
ABOUT, MANIFEST = "bundle.json", "manifest-sha256.txt"
CASES, RUNS, KEPT = "settings/cases.csv", "runs/runs.csv", "posterior/posterior.json"
