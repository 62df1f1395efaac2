"""How the store came to its present form, one step a file; `db/migrate.py` runs them."""
