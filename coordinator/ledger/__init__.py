"""The one load -> decide -> append loop, and what an operator may append beside it. Everything true here was read back from the ledger."""
