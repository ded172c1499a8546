"""The path explorer: strengthen one path of a model and see what follows."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as widgets

from kamlab.foundation import style
from kamlab.foundation.language import Text, say
from kamlab.lab.path_model import PathModel, path_model
from kamlab.lab.path_view import PathSketch
from kamlab.lab.path_what_if import STEP, slider_values, what_if
from kamlab.sem.result import SemFit

WIDE = widgets.Layout(width="40rem")
STYLE = {"description_width": "6rem"}


def explore_paths(
    fit: SemFit,
    *,
    path: str | None = None,
    outcome: str | None = None,
    labels: Mapping[str, Text | str] | None = None,
    group: int = 1,
) -> widgets.VBox:
    """Return an explorer: make one path stronger or weaker, and see what the model says follows.

    Parameters
    ----------
    fit : SemFit
        From `fit_sem`, with at least one regression.
    path : str, optional
        Where to begin, as in `"trust -> commitment"`; by default with the first regression.
    outcome : str, optional
        A variable that the path leads to; by default the first that itself leads nowhere.
    labels : mapping of str to Text or str, optional
        What variables are called; constructs of kamlab are called as `kl.constructs()` has them.
    group : int, default 1
        Of a fit with several groups.

    Returns
    -------
    VBox
        Lists of paths and outcomes, a slider in standard deviations, a button that goes back to
        the estimate, a sentence, and the path diagram with effects and correlations before and
        after, with alt text.

    Raises
    ------
    ArgumentError
        If there is no such path, outcome or group, or `fit` is no fitted model.
    NotApplicable
        If the model has no regressions, a variance in it is not positive, or effects around a loop
        grow without end.

    Notes
    -----
    All other standardised paths, covariances of what is not explained and correlations of
    exogenous variables stay as they are. All variances stay one, so that what is not explained of
    a variable shrinks or grows; a value is impossible where that would be less than nothing. Total
    effects are `(I - A)^-1 - I` (Bollen 1989). This says what the model implies, not what anybody
    can bring about.

    Examples
    --------
    >>> sales = kl.load("bagozzi1980")
    >>> text = "Sat =~ JS1 + JS2; TSE =~ SE1 + SE2; PERF ~ TSE; Sat ~ PERF"
    >>> fit = kl.fit_sem(text, cov=sales.covariances, nobs=sales.nobs)
    >>> explorer = kl.explore_paths(fit, path="PERF -> Sat")
    """
    model = path_model(fit, labels=labels, group=group)
    return _Explorer(model, path, outcome).box


class _Explorer:
    """The widgets, and what happens when one is moved."""

    def __init__(self, model: PathModel, path: str | None, outcome: str | None) -> None:
        self.model = model
        begin = model.find_path(path)
        at = model.find_outcome(begin, outcome)
        self.path = _list("lab.path", [(str(model.path_called(p)), p) for p in model.choices])
        self.outcome = _list("lab.path_outcome", [])
        self.value = widgets.FloatSlider(
            step=STEP,
            description=str(say("lab.path_value")),
            readout_format=".2f",
            layout=WIDE,
            style=STYLE,
        )
        self.back = widgets.Button(description=str(say("lab.path_reset")), layout={"width": "auto"})
        self.sentence, self.picture = widgets.HTML(), widgets.HTML()
        self.quiet = False
        self.path.value = begin
        self.choose_path(outcome=at)
        self.path.observe(self.choose_path, names="value")
        self.outcome.observe(self.set_up, names="value")
        self.value.observe(self.show, names="value")
        self.back.on_click(self.go_back)

    @property
    def box(self) -> widgets.VBox:
        chosen = (self.path, self.outcome, self.value, self.back)
        return widgets.VBox([*chosen, self.sentence, self.picture])

    @property
    def estimate(self) -> float:
        cause, effect = self.path.value
        return float(self.model.paths[effect, cause])

    def choose_path(self, _: object = None, *, outcome: int | None = None) -> None:
        path, before = self.path.value, self.outcome.value
        later = self.model.later(path)
        if outcome is None:
            outcome = before if before in later else self.model.find_outcome(path, None)
        values = slider_values(self.estimate)
        self.quiet = True
        self.outcome.options = [(str(self.model.called(place)), place) for place in later]
        self.outcome.value = outcome
        self.value.min, self.value.max = float(values[0]), float(values[-1])
        self.value.value = self.estimate
        self.quiet = False
        self.set_up()

    def set_up(self, _: object = None) -> None:
        if not self.quiet:
            view = what_if(self.model, self.path.value, self.outcome.value)
            self.sketch = PathSketch(view)
            self.show()

    def show(self, _: object = None) -> None:
        if not self.quiet:
            chosen = (self.path.value, self.outcome.value, self.value.value)
            view = what_if(self.model, *chosen)
            self.sentence.value = style.html_text(str(view.sentence))
            self.picture.value = self.sketch.show(view).html()

    def go_back(self, _: object = None) -> None:
        self.value.value = self.estimate


def _list(key: str, options: list[tuple[str, object]]) -> widgets.Dropdown:
    return widgets.Dropdown(options=options, description=str(say(key)), layout=WIDE, style=STYLE)
