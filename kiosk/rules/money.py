"""Money: yuan as Decimal with two places."""

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def to_fen(amount: Decimal) -> Decimal:
    """Round an amount half-up to the fen.

    >>> to_fen(Decimal("12.345"))
    Decimal('12.35')
    """
    return amount.quantize(FEN, ROUND_HALF_UP)
