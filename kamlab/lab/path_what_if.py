"""What a structural model says would follow if one of its paths were stronger or weaker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.lab.path_model import ROUNDING, Consequences, Path, PathModel
from kamlab.sem.engine.structure import Floats
from kamlab.sem.picture.names import number

STEP = 0.05
"""Of the slider, in standard deviations."""


@dataclass(frozen=True, slots=True, eq=False)
class PathWhatIf:
    """A path at another value, beside its estimate.

    Attributes
    ----------
    model : PathModel
    path : (int, int)
        Cause and effect.
    outcome : int
        The variable that is looked at.
    estimate, value : float
        In standard deviations.
    total, correlation : ndarray, shape (2, n, n)
        At the estimate and at the value.
    r_squared : ndarray, shape (2, n)
    problem : Text or None
        Why no data could have that value.
    """

    model: PathModel
    path: Path
    outcome: int
    estimate: float
    value: float
    total: Floats
    correlation: Floats
    r_squared: Floats
    problem: Text | None

    @property
    def moved(self) -> bool:
        """Whether the value is another one than the estimate."""
        return abs(self.value - self.estimate) > ROUNDING

    @property
    def sentence(self) -> Text:
        """Say what would follow, and what this is not."""
        words = {
            "path": self.model.path_called(self.path),
            "value": number(self.value),
            "estimate": number(self.estimate),
        }
        if self.problem is not None:
            return say("lab.path_impossible", **words, problem=self.problem)
        if not self.moved:
            return paragraph([say("lab.path_unmoved", **words), *self._interval()])
        cause, effect = self.model.source(self.path), self.path[1]
        before, after = (number(total[self.outcome, cause]) for total in self.total)
        known, new = (number(shares[effect]) for shares in self.r_squared)
        said = say(
            "lab.path_moved",
            **words,
            cause=self.model.called(cause),
            outcome=self.model.called(self.outcome),
            effect=self.model.called(effect),
            before=before,
            after=after,
            known=known,
            new=new,
        )
        return paragraph([said, *self._interval(), say("lab.no_forecast")])

    def _interval(self) -> list[Text]:
        cause, effect = self.path
        low, high = self.model.low[effect, cause], self.model.high[effect, cause]
        if np.isnan(low) or low == high:
            return []
        words = {"level": f"{self.model.conf_level:.0%}", "low": number(low), "high": number(high)}
        if not self.moved:
            return [say("lab.path_interval", **words)]
        where = "within" if low <= self.value <= high else "beyond"
        return [say(f"lab.path_{where}", **words)]


def slider_values(estimate: float) -> Floats:
    """Return the values of the slider: from -1 to 1, further where the estimate is."""
    ends = np.floor(estimate / STEP), np.ceil(estimate / STEP)
    steps = np.arange(min(-1 / STEP, ends[0]), max(1 / STEP, ends[1]) + 0.5)
    return np.asarray(np.round(steps * STEP, 2))


def compute_paths(
    model: PathModel,
    path: str | None = None,
    value: float | None = None,
    *,
    outcome: str | None = None,
) -> PathWhatIf:
    """Return what would follow if a path had another value.

    Parameters
    ----------
    model : PathModel
        From `path_model`.
    path : str, optional
        As in `"trust -> commitment"`; by default the first.
    value : float, optional
        In standard deviations; by default the estimate.
    outcome : str, optional
        A variable that the path leads to; by default the first that itself leads nowhere.

    Raises
    ------
    ArgumentError
        If there is no such path, or it does not lead to the outcome.

    Notes
    -----
    All other standardised paths, the covariances of what is not explained and the correlations of
    variables without causes stay as they are. All variances stay one: what is not explained
    shrinks or grows, and a value is impossible where it would be less than nothing.
    """
    where = model.find_path(path)
    return what_if(model, where, model.find_outcome(where, outcome), value)


def what_if(model: PathModel, path: Path, outcome: int, value: float | None = None) -> PathWhatIf:
    """Return the same as `compute_paths`, from places instead of names."""
    estimate = float(model.paths[path[1], path[0]])
    asked = estimate if value is None else float(value)
    found = model.consequences(path, np.array([estimate, asked]))
    return PathWhatIf(
        model=model,
        path=path,
        outcome=outcome,
        estimate=estimate,
        value=asked,
        total=found.total,
        correlation=found.correlation,
        r_squared=found.r_squared,
        problem=None if model.possible(found)[1] else _problem(model, path, asked, found),
    )


def _problem(model: PathModel, path: Path, asked: float, found: Consequences) -> Text:
    """Say why a value is impossible, and which one near it is not."""
    values = slider_values(model.paths[path[1], path[0]])
    fine = values[model.possible(model.consequences(path, values))]
    reason = _reason(model, found)
    if not len(fine):
        return reason
    near = fine[np.abs(fine - asked).argmin()]
    return paragraph([reason, say("lab.path_nearest", near=number(near))])


def _reason(model: PathModel, found: Consequences) -> Text:
    before, after = found.r_squared
    if np.isnan(found.total[1]).all():
        return say("lab.path_grows")
    beyond = np.flatnonzero(after > np.fmax(before, 1.0) + ROUNDING)
    if len(beyond):
        shares = [
            say("lab.path_share", name=model.called(j), share=number(after[j])) for j in beyond
        ]
        return say("lab.path_explains_too_much", shares=join(shares))
    residual = found.residual[1]
    own = residual.diagonal()
    apart = ~np.eye(len(own), dtype=bool) & (residual != 0)
    tied = np.flatnonzero((apart & (residual**2 >= np.outer(own, own))).any(axis=0))
    if not len(tied):
        tied = np.flatnonzero(apart.any(axis=0) & ~np.isnan(after))
    return say("lab.path_too_close", names=join([model.called(j) for j in tied]))
