"""A model on one page: what it says, where that is from, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from kamlab.accounts.tables import table
from kamlab.foundation.claims import Claim
from kamlab.foundation.columns import column as output_column
from kamlab.foundation.language import Text, join, same, say

if TYPE_CHECKING:
    from kamlab.portfolio.declaration.model import Cell, Condition, Item, Model


@dataclass(frozen=True, repr=False)
class Card:
    """A model on one page, in the current language; made by `Model.card`."""

    model: Model

    def sections(self) -> list[tuple[Text, list[Text]]]:
        """Return the headings, each with its lines."""
        model = self.model
        low, high = model.scale.value
        scale = say("portfolio.card_scale", low=f"{low:g}", high=f"{high:g}")
        sections = [
            (say("portfolio.card_work"), [_work(model.citation)]),
            *(
                (say("portfolio.card_axis", axis=axis.label), list(_axis_lines(model, number)))
                for number, axis in enumerate(model.axes)
            ),
            (say("portfolio.card_scale_heading"), [_sourced(scale, model.scale)]),
            *((_cell_heading(cell), list(_cell_lines(cell))) for cell in model.cells),
            (say("portfolio.card_missing"), list(model.missing)),
            (say("portfolio.card_remarks"), list(model.remarks)),
        ]
        return [(heading, lines) for heading, lines in sections if lines]

    def __str__(self) -> str:
        """Return the card as plain text."""
        parts = [str(self.model.name)]
        for heading, lines in self.sections():
            parts.append("\n".join([str(heading), *(f"  {line}" for line in lines)]))
        return "\n\n".join(parts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [f"<h4>{escape(str(self.model.name))}</h4>"]
        for heading, lines in self.sections():
            listed = "".join(f"<li>{escape(str(line))}</li>" for line in lines)
            parts.append(f"<h5>{escape(str(heading))}</h5><ul>{listed}</ul>")
        return "".join(parts)


def _sourced(text: Text, claim: Claim) -> Text:
    return say("portfolio.card_sourced", text=text, origin=claim.citation)


def _work(citation: Claim) -> Text:
    words = {"text": citation.value, "origin": citation.status.label}
    return say("portfolio.card_sourced", **words)


def _axis_lines(model: Model, number: int) -> Iterator[Text]:
    axis = model.axes[number]
    yield say("portfolio.card_origin", origin=axis.origin.citation)
    if axis.is_ladder:
        for rule in axis.rules:
            needs = join([_condition(need) for need in rule.needs])
            level = model.level_label(number, rule.level)
            yield say("portfolio.card_rule", level=level, needs=needs)
        yield _sourced(say("portfolio.card_rules"), axis.measure)
        return
    items = join([_item(item) for item in axis.items])
    yield _sourced(say("portfolio.card_items", items=items), axis.measure)
    yield _sourced(say("portfolio.card_weights", weights=axis.weighting.value), axis.weighting)
    cut = axis.cut.value
    words = say(f"portfolio.card_{cut}") if isinstance(cut, str) else _numbers(cut)
    yield _sourced(say("portfolio.card_cut", cut=words), axis.cut)


def _numbers(cut: tuple[float, ...]) -> Text:
    return join([same(f"{score:g}") for score in cut])


def _item(item: Item) -> Text:
    label = column_label(item.column)
    if item.ranked:
        label = say("portfolio.card_ranked", item=label)
    if item.bounds:
        low, high = item.bounds
        label = say("portfolio.card_ranged", item=label, low=f"{low:g}", high=f"{high:g}")
    return say("portfolio.card_reversed", item=label) if item.reverse else label


def _condition(need: Condition) -> Text:
    key = need.test if need.test != "is" else "yes" if need.value else "no"
    return say(f"portfolio.need_{key}", fact=column_label(need.column), value=f"{need.value:g}")


def column_label(name: str) -> Text:
    """Return what an item's or a fact's column is called."""
    for source in ("accounts", "survey"):
        for column in table(source).columns:
            if column.name == name:
                return column.label
    return output_column(name).label


def _cell_heading(cell: Cell) -> Text:
    return say("portfolio.card_cell", cell=cell.label, origin=cell.origin.citation)


def _cell_lines(cell: Cell) -> Iterator[Text]:
    if cell.description is not None:
        yield _sourced(cell.description.value, cell.description)
    words = say("portfolio.card_prescription", text=cell.prescription.value)
    yield _sourced(words, cell.prescription)
