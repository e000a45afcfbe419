"""How personal data may be shown: enough for its owner, too little for a bystander."""

from text.line_breaks import clusters


def mask_name(name: str) -> str:
    """Return the first character and a star for each other one; from three characters on the last one too.

    A letter and the accents that stand on it are one character.

    张三 → 张*, 欧阳晴 → 欧*晴, 阿卜杜拉·买买提 → 阿******提.
    """
    seen = clusters(name)
    if len(seen) <= 2:
        return "".join(seen[:1]) + "*"
    return seen[0] + "*" * (len(seen) - 2) + seen[-1]


def mask_id_number(number: str) -> str:
    """Return the first six and the last four of 18 characters; stars only for any other length."""
    if len(number) != 18:
        return "*" * len(number)
    return f"{number[:6]}********{number[-4:]}"


def mask_card_number(number: str) -> str:
    """Return the first two and the last three characters: A1024575X → A1****75X."""
    if len(number) != 9:
        return "*" * len(number)
    return f"{number[:2]}****{number[-3:]}"
