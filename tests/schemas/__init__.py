"""Tests of the contracts: the check, the golden bytes, and other readers of Avro."""
