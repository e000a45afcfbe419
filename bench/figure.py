"""One figure of a benchmark and whether it holds."""

import operator
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

COMPARISONS: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Figure:
    """A measured ``value`` in ``unit``, its ``target`` ("<= 1.15"), what it was measured ``against``, and how often."""

    figure: str
    value: float
    unit: str
    target: str
    against: str
    n: int

    @property
    def holds(self) -> bool:
        """Whether the value meets the target."""
        comparison, bound = self.target.split()
        return COMPARISONS[comparison](self.value, float(bound))

    def as_json(self) -> dict[str, Any]:
        """Return the figure as the object that ``--json`` prints."""
        fields = asdict(self)
        fields["value"] = round(self.value, 4)
        order = ("figure", "value", "unit", "target", "holds", "against", "n")
        fields["holds"] = self.holds
        return {name: fields[name] for name in order}
