"""Bugs planted on purpose, each of which a named check of the project must catch. `python -m tests.planted` counts them."""
