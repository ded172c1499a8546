"""Simulation and extrapolation: what adding error to the scores tells of having none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.panel.design import Design
from kamlab.panel.labels import term_labels
from kamlab.panel.regression import Regression
from kamlab.panel.resample import CELLS_AT_ONCE, Resample, checked_seed
from kamlab.quality.score_error import ScoreError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

WITHOUT_ERROR = -1.0
DEGREE = 2


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Simex(Result):
    """Estimates at more and more error, extrapolated to none; made by `simex`.

    Attributes
    ----------
    path : DataFrame
        `error_level`, `term`, `estimate`, `simulation_error`.
    """

    formula: str
    constructs: tuple[str, ...]
    path: Lent[pd.DataFrame] = Lent()
    n_sets: int
    n_failed: int
    nobs: int

    @property
    def title(self) -> Text:
        """The regression whose scores were shaken."""
        return say("panel.simex_title", formula=self.formula)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was done, and that no interval is given."""
        return (say("panel.simex_note", sets=self.n_sets, failed=self.n_failed),)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The terms in words."""
        return term_labels(self.path["term"].unique())

    def _curves(self) -> dict[str, Array]:
        """Return the coefficients of each term's parabola, highest power first."""
        return {
            str(term): np.polyfit(own["error_level"], own["estimate"], DEGREE)
            for term, own in self.path.groupby("term", sort=False)
        }

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: the estimate as it was, and extrapolated to no error."""
        path, curves = self.path, self._curves()
        naive = path[path["error_level"] == 0].set_index("term")["estimate"]
        corrected = [np.polyval(curve, WITHOUT_ERROR) for curve in curves.values()]
        return pd.DataFrame(
            {
                "term": list(curves),
                "naive": naive[list(curves)].to_numpy(),
                "corrected": corrected,
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return how much was simulated, in one row."""
        counts = {"nobs": self.nobs, "n_sets": self.n_sets, "n_failed": self.n_failed}
        return pd.DataFrame([counts])

    def augment(self) -> pd.DataFrame:
        """Return one row per level of error and term: the mean estimate of all sets."""
        return self.path

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw estimates of the constructs against the error, and the way back to none."""
        path, curves = self.path, self._curves()
        at = np.linspace(WITHOUT_ERROR, path["error_level"].max(), 61)
        with style.canvas(ax) as ax:
            for name, look in zip(self.constructs, style.looks(), strict=False):
                own = path[path["term"] == name]
                curve, back = curves[name], at <= 0
                ax.plot(at[~back], np.polyval(curve, at[~back]), color=look.color)
                ax.plot(at[back], np.polyval(curve, at[back]), color=look.color, linestyle="--")
                ax.plot(
                    own["error_level"],
                    own["estimate"],
                    look.marker,
                    color=look.color,
                    label=str(self.term_labels[name]),
                )
                ax.plot(
                    WITHOUT_ERROR,
                    np.polyval(curve, WITHOUT_ERROR),
                    look.marker,
                    color=look.color,
                    markerfacecolor="white",
                    markersize=9,
                )
            ax.axhline(0, color=style.QUIET, linewidth=1, linestyle=":")
            ticks = [WITHOUT_ERROR, *path["error_level"].unique()]
            none, now = say("panel.simex_none"), say("panel.simex_now")
            words = {WITHOUT_ERROR: f"-1\n{none}", 0.0: f"0\n{now}"}
            ax.set_xticks(ticks, [words.get(tick, f"{tick:g}") for tick in ticks])
            ax.set_xlabel(str(say("panel.simex_axis")))
            ax.set_ylabel(str(say("panel.simex_estimate")))
            ax.legend()
            style.finish(ax, title=say("panel.simex_plot"), alt=paragraph(self._sentences()))
        return ax

    def _sentences(self) -> list[Text]:
        table = self.tidy().set_index("term").loc[[*self.constructs]]
        return [
            say(
                "panel.simex_sentence",
                term=self.term_labels[name],
                naive=f"{naive:.3f}",
                corrected=f"{corrected:.3f}",
            )
            for name, naive, corrected in table.itertuples(name=None)
        ]

    def report(self) -> str:
        """Say what each construct's estimate becomes without error."""
        return str(paragraph((*self._sentences(), *self.notes)))


def simex(
    fit: Regression,
    error: ScoreError,
    *,
    n_sets: int = 100,
    levels: Sequence[float] = (0.5, 1.0, 1.5, 2.0),
    seed: int = 0,
) -> Simex:
    """Add more and more error to the scores of a regression, and extrapolate back to none.

    A second opinion on the correction by `error=`, and a picture of what error does.

    Parameters
    ----------
    fit : Regression
        From `fit_retention` or `fit_value`, without `error=`.
    error : ScoreError
        From `kl.score_error`.
    n_sets : int, default 100
        Sets of simulated errors per level.
    levels : sequence of float
        Variances of the error that is added, in multiples of the scores' own; at least two,
        above 0.
    seed : int, default 0

    Returns
    -------
    Simex
        `tidy()` estimates as they were and corrected; `plot()` the way back to no error.

    Raises
    ------
    ArgumentError
        If the regression is corrected already, or `n_sets` or `levels` are none.
    ModelError
        If the regression has none of the scores, or no numbers of respondents.
    NotApplicable
        If it is in two parts, or no set of some level could be fitted.

    Notes
    -----
    Cook and Stefanski (1994, Journal of the American Statistical Association): with error of
    variance `(1 + l) C / n` estimates follow a curve in `l`; a parabola through `l = 0` and the
    simulated levels is read off at `l = -1`. A parabola undoes most of an attenuation, not all:
    where reliability is low the correction stays too small. No standard error is given; take
    that of the regression with `error=`. Products and squares of scores are shaken with them.

    Examples
    --------
    >>> company = kl.sample_company()
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", company)
    >>> kl.simex(worth, kl.score_error(company)).tidy()["term"].tolist()
    ['Intercept', 'trust', 'size']
    """
    names = _checked(fit, error, n_sets, levels)
    steps = np.array([*sorted(levels)], dtype=float)
    found = _shaken_estimates(fit, error, names, n_sets, steps, seed)
    solved = np.asarray(np.isfinite(found).all(axis=2))
    if (solved.sum(axis=1) == 0).any():
        raise NotApplicable(say("panel.simex_no_fit"))
    found[~solved] = np.nan
    spread = np.nanstd(found, axis=1, ddof=1) / np.sqrt(solved.sum(axis=1))[:, None]
    means = np.vstack([fit.estimates.coefficients, np.nanmean(found, axis=1)])
    terms = fit.design.terms.columns
    path = pd.DataFrame(
        {
            "error_level": np.repeat([0.0, *steps], len(terms)),
            "term": np.tile(terms, len(steps) + 1),
            "estimate": means.ravel(),
            "simulation_error": np.vstack([np.zeros(len(terms)), spread]).ravel(),
        }
    )
    return Simex(
        formula=fit.design.formula,
        constructs=tuple(name for name in names if name in terms),
        path=path,
        n_sets=n_sets,
        n_failed=int((~solved).sum()),
        nobs=len(fit.design.outcome),
    )


def _checked(fit: Regression, error: ScoreError, n_sets: int, levels: Sequence[float]) -> list[str]:
    """Return the constructs that are shaken, or say all that is wrong."""
    if not isinstance(fit, Regression) or not isinstance(error, ScoreError):
        raise ArgumentError(say("panel.simex_arguments"))
    problems = []
    if fit.correction is not None:
        problems.append(say("panel.simex_corrected"))
    if n_sets < 2 or n_sets % 1:
        problems.append(say("panel.simex_sets", got=n_sets))
    if len(set(levels)) < DEGREE or not all(np.isfinite(level) and level > 0 for level in levels):
        problems.append(say("panel.simex_levels", got=list(levels)))
    if problems:
        raise ArgumentError(say("panel.simex_problems", problems=join(problems)))
    design = fit.design
    if len(fit.estimates.coefficients) != design.terms.shape[1]:
        raise NotApplicable(say("panel.simex_parts"))
    names = [name for name in error.constructs if name in design.predictors]
    if not names:
        known = join([same(name) for name in error.constructs])
        raise ModelError(say("panel.error_none", formula=design.formula, known=known))
    if "n_respondents" not in design.used or design.used["n_respondents"].isna().any():
        raise ModelError(say("panel.error_counts"))
    return names


def _shaken_estimates(
    fit: Regression, error: ScoreError, names: list[str], n_sets: int, levels: Array, seed: int
) -> Array:
    """Return the coefficients of every level and set, shape (levels, sets, terms)."""
    design, rng = fit.design, np.random.default_rng(checked_seed(seed))
    places = [error.constructs.index(name) for name in names]
    root = np.linalg.cholesky(error.covariance[np.ix_(places, places)])
    scale = 1 / np.sqrt(design.used["n_respondents"].to_numpy(dtype=float))
    by = [name for name in ("account_id", "wave") if name in design.used]
    wave = design.used.groupby(by, dropna=False).ngroup().to_numpy()
    ids = pd.Index(design.groups.unique())
    found = np.empty((len(levels), n_sets, design.terms.shape[1]))
    size = max(1, CELLS_AT_ONCE // design.terms.size)
    for first in range(0, n_sets, size):
        here = slice(first, min(first + size, n_sets))
        count = here.stop - first
        # One answer has one error, in however many periods it is the last one known.
        noise = rng.standard_normal((count, wave.max() + 1, len(names)))[:, wave] @ root.T
        all_once = Resample(ids, np.ones((count, len(ids))))
        for place, level in enumerate(levels):
            added = np.sqrt(level) * scale[:, None] * noise
            found[place, here] = fit._refit(_shaken(design, names, added), all_once)
    return found


def _shaken(design: Design, names: list[str], added: Array) -> Array:
    """Return the terms of every set, shape (sets, rows, terms)."""
    sets, rows, _ = added.shape
    wanted = design.used[list(design.predictors)]
    table = wanted.iloc[np.tile(np.arange(rows), sets)].reset_index(drop=True)
    table[names] = table[names].to_numpy(dtype=float) + added.reshape(-1, len(names))
    return design.terms_of(table).to_numpy().reshape(sets, rows, -1)
