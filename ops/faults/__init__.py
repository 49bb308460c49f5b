"""Faults on purpose: real processes, real signals, real brokers; afterwards every invariant that applies is checked and counted.

`python -m ops.faults --seed 1 --seconds 120` (`make faults`). The last line is one JSON object.
"""
