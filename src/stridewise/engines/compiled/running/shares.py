"""How the work is cut into one part a thread."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["cuts", "panel_costs"]


@lru_cache(1024)
def cuts(items: int, costs: tuple[int, ...], parts: int) -> tuple[int, ...]:
    """Where to cut ``items`` so that all parts cost the same.

    The items are stretches of equal length, and ``costs`` what one item of each costs.

    >>> cuts(10, (1,), 2), cuts(100, (4, 2), 2)
    ((0, 5, 10), (0, 38, 100))
    """
    length = items // len(costs)
    found = [0]
    for part in range(1, parts):
        left = sum(costs) * length * part / parts
        for number, cost in enumerate(costs):
            if left <= cost * length:
                found.append(number * length + round(left / cost))
                break
            left -= cost * length
    return (*found, items)


def panel_costs(groups: int, panels: int, vectors: int, last_vectors: int) -> tuple[int, ...]:
    """What the panels of all groups cost: as much as they have vectors; the last ones have fewer.

    >>> panel_costs(2, 3, 4, 1)
    (4, 4, 1, 4, 4, 1)
    """
    return ((vectors,) * (panels - 1) + (last_vectors,)) * groups
