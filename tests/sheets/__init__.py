"""The data sheet of a case."""
