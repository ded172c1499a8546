"""Definitions and constraints with their labels bound to the numbers of parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from kamlab.foundation.language import say
from kamlab.foundation.nearest import nearest_hint
from kamlab.sem.syntax.entries import Compared, Defined, Statements
from kamlab.sem.syntax.expressions import Expression, Free, Name, Node, Number
from kamlab.sem.syntax.mistakes import Misread, Mistake
from kamlab.sem.syntax.parameters import Constraint, Definition
from kamlab.sem.syntax.rows import Row

Stated = TypeVar("Stated", Defined, Compared)


class Binder:
    """Binds the names in expressions to parameters, fixed values and other definitions.

    Parameters
    ----------
    rows : list of Row
    numbers : list of int
        Number of each row's parameter, -1 where it is fixed.
    statements : Statements
    """

    def __init__(self, rows: list[Row], numbers: list[int], statements: Statements) -> None:
        self.stated = statements
        self.labels: dict[str, Node] = {}
        if statements.definitions or statements.comparisons:
            self.labels = _labelled(rows, numbers)
        self.waiting = {defined.name: defined for defined in statements.definitions}
        self.bound: dict[str, Node] = {}
        self.under_way: set[str] = set()
        self.failed: dict[str, Misread] = {}
        self.mistakes: list[Mistake] = self._clashes()

    def definitions(self) -> tuple[Definition, ...]:
        """Return the definitions in the order of the text."""
        found = []
        for defined in self.stated.definitions:
            node = self._try(self._definition, defined)
            if node is not None:
                found.append(Definition(defined.name, Expression(node), defined.text))
        return tuple(found)

    def constraints(self, op: str) -> tuple[Constraint, ...]:
        """Return the constraints of a kind, `==` or `>`, in the order of the text."""
        found = []
        for compared in self.stated.comparisons:
            if compared.op == op:
                node = self._try(self._constraint, compared)
                if node is not None:
                    found.append(Constraint(compared.text, Expression(node)))
        return tuple(found)

    def _try(self, bind: Callable[[Stated], Node], stated: Stated) -> Node | None:
        try:
            return bind(stated)
        except Misread as misread:
            if misread.mistake not in self.mistakes:
                self.mistakes.append(misread.mistake)
            return None

    def _definition(self, defined: Defined) -> Node:
        name = defined.name
        if name in self.failed:
            raise self.failed[name]
        if name in self.under_way:
            raise Misread(defined.at, say("sem.circular_definition", name=name))
        if name not in self.bound:
            self.under_way.add(name)
            try:
                self.bound[name] = defined.node.bind(self._lookup)
            except Misread as misread:
                self.failed[name] = misread
                raise
            finally:
                self.under_way.discard(name)
        return self.bound[name]

    def _constraint(self, compared: Compared) -> Node:
        node = compared.node.bind(self._lookup)
        if not _has_free(node):
            raise Misread(compared.at, say("sem.constrains_nothing"))
        return node

    def _lookup(self, name: Name) -> Node:
        if name.name in self.waiting:
            return self._definition(self.waiting[name.name])
        if name.name in self.labels:
            return self.labels[name.name]
        known = [label for label in self.labels if not re.fullmatch(r"\.p\d+\.", label)]
        hint = nearest_hint(name.name, [*known, *self.waiting])
        raise Misread(name.at, say("sem.unknown_label", name=name.name, hint=hint))

    def _clashes(self) -> list[Mistake]:
        seen: set[str] = set()
        mistakes = []
        for defined in self.stated.definitions:
            if defined.name in seen or defined.name in self.labels:
                mistakes.append(Mistake(defined.at, say("sem.defined_twice", name=defined.name)))
            seen.add(defined.name)
        return mistakes


def _labelled(rows: list[Row], numbers: list[int]) -> dict[str, Node]:
    """Return what each label stands for; as in lavaan `.p3.` is the parameter of row 3."""
    labels: dict[str, Node] = {}
    for place, (row, number) in enumerate(zip(rows, numbers, strict=True), start=1):
        if not row.exogenous:
            node = Free(number) if row.free else Number(row.value)
            labels[f".p{place}."] = node
            if row.label:
                labels.setdefault(row.label, node)
    return labels


def _has_free(node: Node) -> bool:
    return isinstance(node, Free) or any(_has_free(part) for part in node.parts())
