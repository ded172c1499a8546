"""Which of several formulas foretells staying best, and how sure that is: `compare_forecasts`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, NotApplicable, warn_left_out
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import ROW, current_rows
from kamlab.panel.door import need_outcome, period_rows
from kamlab.panel.resample import check_draws, checked_seed
from kamlab.retention.renewal.fit import RenewalModel
from kamlab.retention.validation.common_rows import common_rows, of_all
from kamlab.retention.validation.forecast_comparison import ForecastComparison
from kamlab.retention.validation.rolling import foretold
from kamlab.retention.validation.validate import check_model
from kamlab.selection.arguments import is_whole
from kamlab.sem.caller import level_of_caller

FEWEST = 2


def compare_forecasts(
    formulas: Mapping[str, str],
    data: Company | pd.DataFrame,
    *,
    capacity: int = 20,
    model: RenewalModel = "logit",
    from_period: object | None = None,
    n_boot: int = 1000,
    conf_level: float = 0.95,
    seed: int = 0,
) -> ForecastComparison:
    """Foretell the same later periods by several formulas, and compare how well each did.

    Parameters
    ----------
    formulas : mapping of str to str
        At least two formulas by name, such as
        `{"figures": "stayed ~ size + tenure", "behaviour": "stayed ~ meeting_last_year"}`.
    data : Company or DataFrame
        A company, or an analysis table made by `kl.analysis_table`.
    capacity : int, default 20
        Accounts that the sales force can look after in one period: the places on the list
        from which lift and share found are reckoned.
    model : {"logit", "probit", "cloglog", "firth", "random_intercept"}
        As in `kl.fit_retention`, for all formulas.
    from_period : optional
        The first period to foretell, as in the column `period`; if left out, the first for
        which earlier periods suffice for every formula.
    n_boot : int, default 1000
        Draws of accounts, at least 100, from which intervals are taken.
    conf_level : float, default 0.95
    seed : int, default 0
        Of those draws.

    Returns
    -------
    ForecastComparison
        `tidy()` each model's measures, `differences()` between every two, `lists()` whom each
        would have us look after now, `calibration()`, `augment()` every forecast.

    Raises
    ------
    ArgumentError
        If there are fewer than two formulas, or an option cannot be used; all at once.
    ModelError
        If a formula cannot be used, or a model has no solution; the message names it.
    NotApplicable
        If the model gives no probabilities, earlier periods do not suffice, or all periods
        foretold ended alike.

    Warns
    -----
    RowsLeftOutWarning
        If some formula cannot use all decided periods; all formulas do without these.

    Notes
    -----
    *The same rows.* Models are estimated from, and compared on, periods that every formula can
    use. As in `kl.validate_retention`, a forecast comes from a model fitted to periods that had
    ended before the first day of the one foretold.

    *How sure.* Intervals are percentiles of draws of accounts, all models under the same draws,
    the forecasts staying as they are. They say which of these forecasts did better for accounts
    such as these, not how the models would do had they been estimated from other data.

    *Nested formulas.* On new periods a formula with superfluous terms does worse, if anything,
    than one without: a difference of about 0 does not show that terms have no effect, and an
    AUC moves little for a term with a clear effect (Pepe et al. 2004). Whether a term has an
    effect is a question for one regression, `kl.fit_retention`; this here asks what it brings
    to a forecast.

    *Lift.* Those on the lists that left, over those expected on lists of the same length drawn
    by lot, period by period. Equal probabilities at the end of a list share its last places.

    Examples
    --------
    >>> formulas = {"figures": "stayed ~ size + tenure", "quality": "stayed ~ trust + commitment"}
    >>> both = kl.compare_forecasts(formulas, kl.sample_company())
    >>> both.differences().query("term == 'auc'")["foretold_by"].item()
    'quality'
    """
    _check(formulas, capacity, n_boot, conf_level)
    check_model(model)
    checked_seed(seed)
    for formula in formulas.values():
        need_outcome(formula, "stayed")
    rows = period_rows(data, "end", of=say("panel.purpose"))
    decided = rows[rows["decided"]]
    common = common_rows(formulas, decided)
    if common.n_left_out:
        level = level_of_caller()
        warn_left_out(common.n_left_out, len(decided), common.left_out, stacklevel=level)

    def foretell(name: str) -> pd.DataFrame:
        return foretold(
            common.designs[name],
            model=model,
            from_period=from_period,
            conf_level=conf_level,
            seed=seed,
        )

    found = _joined(of_all(common.designs, foretell))
    if found["outcome"].min() == found["outcome"].max():
        raise NotApplicable(say("retention.check_all_alike", count=len(found)))
    return ForecastComparison(
        formulas=dict(formulas),
        model=model,
        forecasts=found,
        present=current_rows(rows),
        common=common,
        capacity=capacity,
        n_boot=n_boot,
        conf_level=conf_level,
        seed=seed,
    )


def _check(formulas: object, capacity: object, n_boot: int, conf_level: float) -> None:
    """Raise with everything that cannot be used."""
    problems: list[Text] = []
    pairs = formulas.items() if isinstance(formulas, Mapping) else ()
    named = all(isinstance(part, str) and part.strip() for pair in pairs for part in pair)
    if not named or len(pairs) < FEWEST:
        problems.append(say("retention.models_needs_formulas", got=repr(formulas)))
    if not (is_whole(capacity) and capacity >= 1):
        problems.append(say("retention.models_bad_count", name="capacity", got=repr(capacity)))
    for check in (lambda: check_draws(n_boot), lambda: tails(conf_level)):
        try:
            check()
        except ArgumentError as error:
            problems.append(error.text)
    if problems:
        raise ArgumentError(paragraph(problems))


def _joined(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows that every model foretold, with the forecasts of each."""
    forecasts = {
        f"forecast_{name}": part.set_index(ROW)["stay_probability"] for name, part in parts.items()
    }
    first = next(iter(parts.values())).drop(columns="stay_probability")
    whole = first.set_index(ROW).assign(**forecasts)
    return whole.dropna(subset=list(forecasts)).reset_index()
