"""The icons of all screens: glyphs of Material Symbols Rounded in a font of their own."""

from pathlib import Path

FONT = "Icons"
FONT_FILE = Path(__file__).with_name("icons.ttf")
"""Made by ``python -m tools.icons`` of what is listed here; its licence is in NOTICE."""

ICONS = {
    # The machine's own buttons and signs.
    "back": "arrow_back",
    "home": "home",
    "staff": "support_agent",
    "finish": "logout",
    "language": "language",
    "elder": "format_size",
    "aloud": "volume_up",
    "settings": "tune",
    "search": "search",
    "yes": "check",
    "no": "close",
    "plus": "add",
    "minus": "remove",
    "next": "chevron_right",
    "previous": "chevron_left",
    "erase": "backspace",
    "behalf": "supervisor_account",
    "notice": "campaign",
    "ready": "check_circle",
    "trouble": "warning",
    "phone": "call",
    "elsewhere": "directions",
    "time": "schedule",
    "fee": "payments",
    "paper": "receipt_long",
    # What services are about.
    "badge": "badge",
    "benefits": "account_balance_wallet",
    "bell": "mail",
    "bereavement": "diversity_1",
    "calculate": "calculate",
    "calendar": "calendar_month",
    "card": "credit_card",
    "card-new": "add_card",
    "card-lost": "credit_card_off",
    "card-ready": "credit_score",
    "certificate": "verified",
    "compass": "explore",
    "contributions": "payments",
    "document": "description",
    "farm": "agriculture",
    "face": "how_to_reg",
    "guide": "menu_book",
    "helmet": "engineering",
    "key": "key",
    "letters": "contact_phone",
    "lock": "lock_reset",
    "opinion": "rate_review",
    "place": "place",
    "print": "print",
    "progress": "pending_actions",
    "question": "quiz",
    "record": "fact_check",
    "release": "lock_open",
    "renew": "autorenew",
    "scan": "qr_code_scanner",
    "self-employed": "storefront",
    "sunset": "elderly",
    "transfer": "swap_horiz",
    "unit": "apartment",
    "work": "work",
}
"""The glyph of each icon, by the name that Material Symbols gives it; their order is that of the codes in the font."""

FIRST_CODE = 0xE000
CODES = {name: chr(FIRST_CODE + place) for place, name in enumerate(ICONS)}
