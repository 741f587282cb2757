"""How late steps are carried out, as a histogram that monitoring asks for."""

from collections import Counter
from collections.abc import Sequence

BOUNDS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 86400.0)
"""Upper bounds of the histogram's buckets, in seconds."""


class Lateness:
    """What this process has carried out since it began."""

    def __init__(self) -> None:
        self._counts: Counter[float] = Counter()
        self._sum_s = 0.0

    def note(self, seconds: float) -> None:
        """A step was carried out so long after it was due."""
        late = max(0.0, seconds)
        self._sum_s += late
        self._counts[next((bound for bound in BOUNDS_S if late <= bound), float("inf"))] += 1

    def histogram(self) -> tuple[Sequence[tuple[str, float]], float]:
        """How many steps were at most so late, by each bound as Prometheus writes it; and the seconds of all."""
        total, buckets = 0, list[tuple[str, float]]()
        for bound in (*BOUNDS_S, float("inf")):
            total += self._counts[bound]
            buckets.append(("+Inf" if bound == float("inf") else str(bound), float(total)))
        return buckets, self._sum_s
