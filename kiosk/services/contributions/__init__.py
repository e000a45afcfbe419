"""Services about insurance registration and contributions."""
