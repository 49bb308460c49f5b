"""The key store, on memory and on PostgreSQL, and erasure."""
