"""Who may ask: kiosks' signatures, limits, enrolment."""
