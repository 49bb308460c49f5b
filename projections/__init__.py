"""Views: what people read. Pure folds over accepted entries, written to PostgreSQL in one transaction with the position they stand at.

One file and one `.sql` a view. What describes a person or says who was sent where is sealed under the case's key; keys of rows are blind.
"""
