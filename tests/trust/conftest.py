from tests.central.conftest import (
    any_centre,
    card_records,
    centre,
    on_sqlite,
    postgres_url,
    records_engine,
)

__all__ = ["any_centre", "card_records", "centre", "on_sqlite", "postgres_url", "records_engine"]
