"""A centre with a million rows and a kiosk that follows it, for the benchmarks of the feeds."""
