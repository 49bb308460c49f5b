"""Tests of facts and their wire forms."""
