"""Benchmarks: ratios measured side by side in one run, on one broker. `python -m ops.bench` (`make bench`); the last line is one JSON object."""
