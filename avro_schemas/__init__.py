"""The contracts: one schema a record and version, never edited once released. Their rules stand in README.md; `check` holds them."""
