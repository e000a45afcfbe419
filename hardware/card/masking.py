"""How personal data may be shown: enough for its owner, too little for a bystander."""


def mask_name(name: str) -> str:
    """Return the first character and a star for each other one; from three characters on the last one too.

    张三 → 张*, 欧阳晴 → 欧*晴, 阿卜杜拉·买买提 → 阿******提.
    """
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


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
