"""`make demo`: a synthetic day of a network, played through the gateway on real Kafka and PostgreSQL, shown live, and verified.

Reading order: `place` (a network of its own, started and ended), `door` (the gateway, spoken to), `player` (the day), `screen` (what is seen),
`repetition` (the same seed gives the same ledger), `verification` (what must hold afterwards), `comparison` (what the matching gained), `summary`, `__main__`.
"""
