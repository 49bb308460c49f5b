"""Synthetic demand: units, people and a day of the network, calibrated on published figures. Pure: the seed decides everything, no clock is read.

Reading order: `figures` (what is published and what is assumed), `chance`, `units`, `people`, `calls`, `answers`, `day` (the reactive day), `tally`.
"""
