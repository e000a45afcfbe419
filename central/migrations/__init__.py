"""The steps that build the central tables, run by Alembic."""
