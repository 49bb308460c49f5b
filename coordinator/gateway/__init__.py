"""The HTTP door: events in, accepted entries and views out. No personal data in logs, errors, metrics or addresses."""
