"""Facts: what was reported and what was decided, with their wire forms. No I/O anywhere in this package."""
