from tests.central.conftest import any_centre, centre, on_sqlite, postgres_url

__all__ = ["any_centre", "centre", "on_sqlite", "postgres_url"]
