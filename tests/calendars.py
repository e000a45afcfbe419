"""A calendar of 2027 that nobody has arranged like this."""

DAYS = [
    ("01-01", "元旦"), ("02-05", "春节"), ("02-06", "春节"), ("02-07", "春节"), ("02-08", "春节"),
    ("04-05", "清明节"), ("05-01", "劳动节"), ("05-02", "劳动节"), ("06-09", "端午节"), ("09-15", "中秋节"),
    ("10-01", "国庆节"), ("10-02", "国庆节"), ("10-03", "国庆节"),
]  # fmt: skip
INVENTED = {
    "year": 2027,
    "status": "invented",
    "holidays": [{"date": f"2027-{day}", "name": name} for day, name in DAYS],
    "workdays": [{"date": "2027-01-16", "name": "元旦"}],
}
