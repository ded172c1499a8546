"""The columns of a path diagram: causes left of their effects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Arrow = tuple[str, str]


def layers_of(names: Sequence[str], arrows: Iterable[Arrow]) -> dict[str, int]:
    """Return the column of each variable, counted from the left.

    Parameters
    ----------
    names : sequence of str
        In the order of the model, which decides where nothing else does.
    arrows : iterable of (cause, effect)

    Returns
    -------
    dict of str to int
        The length of the longest path that leads to a variable; outcomes that lead nowhere stand
        together in the last column. Two variables that affect each other share a column. In other
        loops, as few arrows as the greedy order of Eades, Lin and Smyth (1993) leaves go back.

    Examples
    --------
    >>> layers_of("xmyz", [("x", "m"), ("m", "y"), ("x", "y"), ("x", "z")])
    {'x': 0, 'm': 1, 'y': 2, 'z': 2}
    """
    home = _partners(names, list(arrows))
    between = {(home[a], home[b]) for a, b in arrows if home[a] != home[b]}
    sequence = _greedy_order([name for name in names if home[name] == name], between)
    place = {name: k for k, name in enumerate(sequence)}
    forward = sorted(
        ((a, b) for a, b in between if place[a] < place[b]), key=lambda arrow: place[arrow[0]]
    )
    level = dict.fromkeys(sequence, 0)
    for cause, effect in forward:
        level[effect] = max(level[effect], level[cause] + 1)
    last = max(level.values(), default=0)
    for name in {b for _, b in forward} - {a for a, _ in forward}:
        level[name] = last
    return {name: level[home[name]] for name in names}


def _partners(names: Sequence[str], arrows: list[Arrow]) -> dict[str, str]:
    """Return the first of those that affect each other, for each of them."""
    home = {name: name for name in names}
    known = set(arrows)
    for cause, effect in arrows:
        if (effect, cause) in known and home[cause] != home[effect]:
            old, new = sorted((home[cause], home[effect]), key=names.index, reverse=True)
            home = {name: new if at == old else at for name, at in home.items()}
    return home


def _greedy_order(names: list[str], arrows: set[Arrow]) -> list[str]:
    """Return an order against which few arrows go: none if there is no loop."""
    left, start, end = list(names), [], list[str]()
    while left:
        inside = [(a, b) for a, b in arrows if a in left and b in left]
        effects, causes = {b for _, b in inside}, {a for a, _ in inside}
        if sources := [name for name in left if name not in effects]:
            start += sources
            gone = sources
        elif sinks := [name for name in left if name not in causes]:
            end = sinks + end
            gone = sinks
        else:
            gone = [max(left, key=lambda name: _surplus(name, inside))]
            start += gone
        left = [name for name in left if name not in gone]
    return start + end


def _surplus(name: str, arrows: list[Arrow]) -> int:
    return sum((a == name) - (b == name) for a, b in arrows)
