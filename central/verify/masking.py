"""What the public may see of a person: enough to compare with the paper, not enough to learn."""


def masked_name(name: str) -> str:
    """Return 王* for two characters, 王*国 for more."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_id_number(id_number: str) -> str:
    """Return the first six and the last four characters of an ID number."""
    return id_number[:6] + "*" * 8 + id_number[-4:]


def masked_card_number(number: str) -> str:
    """Return the first and the last four characters of a card number."""
    return number[:1] + "*" * (len(number) - 5) + number[-4:]
