"""Sealing and opening."""
