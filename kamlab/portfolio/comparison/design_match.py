"""Is a relationship run as its context asks: `match_design` and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.columns import column
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.foundation.results import Result
from kamlab.portfolio.comparison.matching import Matched, efforts, match_accounts, of_cells
from kamlab.portfolio.portfolio import Portfolio

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VERDICTS = ("match", "over_design", "under_design", "wrong_side")
HATCHES = ("", "////", "....", "xxxx")
SOURCE = "M. Bensaou, Sloan Management Review 40(4), 1999"


def design_claims() -> tuple[Claim, Claim]:
    """Return the notion of over-design and under-design, and our rule for it."""
    return (
        Claim(say("portfolio.design_notion"), Status.RECALLED, SOURCE),
        Claim(say("portfolio.design_rule"), Status.DESIGN),
    )


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DesignMatch(Result):
    """The cell that the context asks for beside the one practised; made by `match_design`."""

    recommended: Portfolio
    practised: Portfolio

    @cached_property
    def matched(self) -> Matched:
        """The accounts of both portfolios, with their cells."""
        return match_accounts((self.recommended, self.practised))

    @property
    def title(self) -> Text:
        """What is set beside what."""
        return say("portfolio.design_title")

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The verdicts in words."""
        return column("design_verdict").values

    @property
    def notes(self) -> tuple[Text, ...]:
        """Where the two cells and the verdict come from, and who has none."""
        boards = {"recommended": self.recommended, "practised": self.practised}
        notes = [say("portfolio.design_models", **{k: b.model.name for k, b in boards.items()})]
        for claim in design_claims():
            notes.append(say("portfolio.claimed", claim=claim.value, citation=claim.citation))
        if without := int((~self._both).sum()):
            notes.append(say("portfolio.design_unscored", count=without))
        return tuple(notes)

    @property
    def _both(self) -> np.ndarray:
        return np.asarray(self.matched.placed.all(axis=1))

    @property
    def _verdicts(self) -> np.ndarray:
        """Return each account's verdict, None without one."""
        names = [cell.name for cell in self.recommended.model.cells]
        number = [names.index(cell.name) for cell in self.practised.model.cells]
        asked, done = self.matched.cells[:, 0], np.array([*number, -1])[self.matched.cells[:, 1]]
        effort = np.append(efforts(self.recommended), -1)
        cases = [~self._both, asked == done, effort[done] > effort[asked]]
        cases.append(effort[done] < effort[asked])
        choices = [None, "match", "over_design", "under_design"]
        return np.select(cases, np.array(choices, dtype=object), default="wrong_side")

    def tidy(self) -> pd.DataFrame:
        """Return one row per verdict: how many accounts, and which share of those judged."""
        counts = pd.Series(self._verdicts).value_counts().reindex(VERDICTS, fill_value=0)
        n_accounts = counts.to_numpy()
        share = n_accounts / max(int(n_accounts.sum()), 1)
        return pd.DataFrame({"term": VERDICTS, "n_accounts": n_accounts, "share": share})

    def glance(self) -> pd.DataFrame:
        """Return the accounts judged, those run as recommended, and those without a verdict."""
        counts = self.tidy().set_index("term")["n_accounts"]
        judged = int(counts.sum())
        return pd.DataFrame(
            {
                "n_accounts": [judged],
                "n_unscored": [int((~self._both).sum())],
                "share_match": [counts["match"] / judged if judged else np.nan],
                **{f"n_{name}": [int(counts[name])] for name in VERDICTS[1:]},
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account: the cell recommended, the one practised, the verdict."""
        table = self.matched.identity
        boards = {"recommended": self.recommended, "practised": self.practised}
        for (side, board), cells in zip(boards.items(), self.matched.cells.T, strict=True):
            table[f"cell_{side}"] = of_cells(board, cells, lambda cell: cell.name)
            table[f"cell_{side}_label"] = of_cells(board, cells, lambda cell: str(cell.label))
        near = [
            self.matched.values(number, board.near_border.astype(float)) == 1
            for number, board in enumerate(boards.values())
        ]
        return table.assign(near_border=np.any(near, axis=0), design_verdict=self._verdicts)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a bar per verdict, with its number of accounts."""
        table = self.tidy()
        labels = [self.term_labels[term] for term in table["term"]]
        counts = table["n_accounts"].to_numpy()
        with style.canvas(ax, height=2.8) as ax:
            colors = [look.color for look, _ in zip(style.looks(), VERDICTS, strict=False)]
            ax.barh(
                range(len(table)),
                counts,
                color=colors,
                height=0.6,
                hatch=HATCHES,
                edgecolor="white",
                linewidth=0,
            )
            for row, (count, share) in enumerate(zip(counts, table["share"], strict=True)):
                words = {"count": count, "share": f"{share:.0%}"}
                ax.annotate(
                    str(say("portfolio.bar_count", **words)),
                    (count, row),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                )
            ax.set_yticks(range(len(table)), [str(label) for label in labels])
            ax.invert_yaxis()
            ax.margins(x=0.2)
            ax.set_xlabel(str(column("n_accounts").label))
            parts = [
                say("portfolio.cell_count", cell=label, count=count)
                for label, count in zip(labels, counts, strict=True)
            ]
            alt = say("portfolio.design_alt", verdicts=join(parts))
            style.finish(ax, title=self.title, alt=alt)
        return ax

    def report(self) -> str:
        """Say how many accounts are run as their context asks, and how the others differ."""
        table = self.tidy()
        counts = {row["term"]: row["n_accounts"] for row in table.to_dict("records")}
        words = {"total": sum(counts.values()), **counts}
        return str(paragraph((say("portfolio.design_report", **words), *self.notes)))


def match_design(recommended: Portfolio, practised: Portfolio) -> DesignMatch:
    """Ask account by account whether a relationship is run as its context asks.

    Parameters
    ----------
    recommended : Portfolio
        The cells that the context asks for, as from the model `bensaou_context`.
    practised : Portfolio
        The cells in which the relationships are run, as from `bensaou_management`. Its cells
        must bear the same names and ask for the same efforts.

    Returns
    -------
    DesignMatch
        `augment()` one row per account with `design_verdict`: `match`; `over_design`, if what
        is practised asks for more effort than recommended; `under_design`, if for less;
        `wrong_side`, if for as much, but in another cell.

    Raises
    ------
    ArgumentError
        If one of the two is no portfolio, or their cells differ; the message names them.

    Examples
    --------
    >>> company = kl.sample_company()
    >>> context, practice = (
    ...     kl.classify(company, f"bensaou_{side}") for side in ("context", "management")
    ... )
    >>> kl.match_design(context, practice).tidy()["term"].tolist()
    ['match', 'over_design', 'under_design', 'wrong_side']
    """
    for board in (recommended, practised):
        if not isinstance(board, Portfolio):
            raise ArgumentError(say("portfolio.needs_portfolios", got=type(board).__name__))
    asked, done = (
        {cell.name: cell.effort for cell in board.model.cells} for board in (recommended, practised)
    )
    if asked != done:
        differing = [
            _difference(name, asked, done)
            for name in dict.fromkeys((*asked, *done))
            if asked.get(name) != done.get(name)
        ]
        raise ArgumentError(say("portfolio.cells_differ", cells=join(differing)))
    return DesignMatch(recommended=recommended, practised=practised)


def _difference(name: str, asked: Mapping[str, int], done: Mapping[str, int]) -> Text:
    if name in asked and name in done:
        return say("portfolio.effort_differs", cell=name, asked=asked[name], done=done[name])
    hint = nearest_hint(name, done if name in asked else asked)
    side = "recommended" if name in asked else "practised"
    return say(f"portfolio.cell_only_{side}", cell=name, hint=hint)
