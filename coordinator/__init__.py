"""Decisions: the pure core, the ledger, the agent and the doors."""
