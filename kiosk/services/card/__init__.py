"""Services about the citizen's social security card."""
