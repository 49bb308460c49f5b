"""Input that is wrong, huge or hostile: each has its code and its entry or its clear error, and the worker goes on. The table: `docs/bad-input.md`."""
