"""The rows that several formulas can all use."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from kamlab.foundation.errors import ModelError, NotApplicable, RowsLeftOutWarning
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.panel.analysis_table import ROW
from kamlab.panel.design import Design, build_design

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Common:
    """Formulas on the same rows.

    Attributes
    ----------
    designs : mapping of str to Design
        By the model's name.
    n_left_out : int
        Rows that some formula cannot use.
    left_out : Text
        Which formula cannot use how many, and why.
    """

    designs: Mapping[str, Design]
    n_left_out: int
    left_out: Text

    @property
    def nested(self) -> bool:
        """Whether one formula names all columns of another and more."""
        named = [set(design.predictors) for design in self.designs.values()]
        return any(few < many for few in named for many in named)


def common_rows(formulas: Mapping[str, str], rows: pd.DataFrame) -> Common:
    """Return the formulas' arrays on the rows that all of them can use.

    Parameters
    ----------
    formulas : mapping of str to str
    rows : DataFrame
        With `account_id` and `period`.

    Raises
    ------
    ModelError, NotApplicable
        If formulas cannot be used, or too few rows are left; the message names the models.
    """
    rows = rows.reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RowsLeftOutWarning)  # said once, of all
        alone = of_all(formulas, lambda name: build_design(formulas[name], rows))
        keys = pd.MultiIndex.from_frame(rows[ROW])
        shared = pd.Series(True, index=rows.index)
        for design in alone.values():
            shared &= keys.isin(pd.MultiIndex.from_frame(design.used[ROW]))
        designs = of_all(formulas, lambda name: build_design(formulas[name], rows[shared]))
    notes = [
        say("retention.model_says", name=name, words=design.note)
        for name, design in alone.items()
        if design.n_left_out
    ]
    left_out = join(notes) if notes else say("panel.none_left_out")
    return Common(designs, int((~shared).sum()), left_out)


def of_all(names: Mapping[str, object], make: Callable[[str], Made]) -> dict[str, Made]:
    """Return what is made of each model, or raise with what all of them say is wrong."""
    made: dict[str, Made] = {}
    errors: dict[str, ModelError | NotApplicable] = {}
    for name in names:
        try:
            made[name] = make(name)
        except (ModelError, NotApplicable) as error:
            errors[name] = error
    if errors:
        words = [
            say("retention.model_says", name=same(name), words=error.text)
            for name, error in errors.items()
        ]
        worst = [error for error in errors.values() if isinstance(error, ModelError)]
        raise (ModelError if worst else NotApplicable)(paragraph(words))
    return made
