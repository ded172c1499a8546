"""Testing commitment-trust theory: `assess_theory` and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.tables import constructs
from kamlab.foundation import style
from kamlab.foundation.columns import column
from kamlab.foundation.errors import ModelError, NotApplicable, warn_left_out
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.level import tails
from kamlab.foundation.results import Result
from kamlab.quality.scores import account_scores, last_wave, respondent_scores
from kamlab.theory.kmv import CITATION, HYPOTHESES, SIGNS, equations
from kamlab.theory.matrix import checked_correlations
from kamlab.theory.paths import PathFit, data_with_moments, fit_paths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VERDICTS = ("supported", "undecided", "refuted")


@dataclass(frozen=True, repr=False, eq=False)
class TheoryAssessment(Result):
    """Thirteen hypotheses with verdicts; made by `assess_theory`."""

    fit: PathFit
    account_ids: pd.Series | None
    source: Text
    conf_level: float
    n_left_out: int

    @property
    def title(self) -> Text:
        """The theory and the model's short name."""
        return say("theory.title")

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The paths in words."""
        return {hypothesis.name: hypothesis.label for hypothesis in HYPOTHESES}

    @property
    def notes(self) -> tuple[Text, ...]:
        """Where theory and data come from, and how the verdict is reached."""
        return (
            say("theory.note_source", work=CITATION.value, signs=SIGNS.citation),
            say("theory.note_data", source=self.source, nobs=self.fit.nobs, out=self.n_left_out),
            say("theory.note_verdict", level=f"{self.conf_level:.0%}"),
        )

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs to judge a hypothesis."""
        return ("term", "sign", "estimate", "conf_low", "conf_high", "p_value", "verdict")

    def tidy(self) -> pd.DataFrame:
        """Return one row per hypothesis: sign, estimate, interval, verdict."""
        table = self.fit.paths.copy()
        table.insert(0, "term", [hypothesis.name for hypothesis in HYPOTHESES])
        table.insert(3, "sign", [hypothesis.sign for hypothesis in HYPOTHESES])
        table["verdict"] = [
            verdict(row["sign"], row["conf_low"], row["conf_high"])
            for row in table.to_dict("records")
        ]
        return table

    def glance(self) -> pd.DataFrame:
        """Return the whole test in one row: cases, fit of the model, verdicts counted."""
        verdicts = self.tidy()["verdict"].value_counts()
        return pd.DataFrame(
            {
                "nobs": [self.fit.nobs],
                "npar": [self.fit.npar],
                "df": [self.fit.df],
                "chisq": [self.fit.chisq],
                "p_value": [self.fit.p_value],
                "srmr": [self.fit.srmr],
                **{f"n_{name}": [int(verdicts.get(name, 0))] for name in VERDICTS},
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account: what its causes leave unexplained of each outcome.

        Raises
        ------
        NotApplicable
            If the result comes from a matrix, which has no accounts.
        """
        if self.account_ids is None:
            raise NotApplicable(say("theory.no_accounts"))
        residuals = self.fit.residuals.add_prefix("residual_").reset_index(drop=True)
        return pd.concat([self.account_ids.reset_index(drop=True), residuals], axis=1)

    def effects(self) -> pd.DataFrame:
        """Return direct, indirect and total effects, one row per cause and outcome.

        An indirect effect runs through at least one construct in between; total is direct
        plus indirect. In standard deviations.
        """
        direct, total = self.fit.direct, self.fit.total
        rows = [
            (cause, outcome, direct[i, j], total[i, j] - direct[i, j], total[i, j])
            for i, outcome in enumerate(self.fit.names)
            for j, cause in enumerate(self.fit.names)
            if not np.isclose(total[i, j], 0.0)
        ]
        return pd.DataFrame(rows, columns=["cause", "outcome", "direct", "indirect", "total"])

    def r_squared(self) -> pd.DataFrame:
        """Return the share of each outcome's variance that its causes explain."""
        items = list(self.fit.r_squared.items())
        return pd.DataFrame(items, columns=["outcome", "r_squared"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the thirteen estimates with intervals; marks tell the verdicts apart."""
        table = self.tidy()
        labels = [str(self.term_labels[term]) for term in table["term"]]
        with style.canvas(ax, width=8.0, height=5.4) as ax:
            for name, look in zip(VERDICTS, style.looks(), strict=False):
                own = table["verdict"] == name
                if own.any():
                    word = str(column("verdict").values[name])
                    rows = np.flatnonzero(own).astype(float)
                    style.intervals(ax, table[own], rows, look=look, label=word)
            signs = (f"({sign})" for sign in table["sign"])
            style.term_axis(
                ax, [f"{text} {sign}" for text, sign in zip(labels, signs, strict=True)]
            )
            ax.set_xlabel(str(say("theory.axis")))
            style.legend_below(ax)
            counts = {name: int((table["verdict"] == name).sum()) for name in VERDICTS}
            style.finish(
                ax,
                title=say("theory.plot_title", nobs=self.fit.nobs),
                alt=say("theory.alt", count=len(table), **counts),
            )
        return ax

    def report(self) -> str:
        """Say which hypotheses are supported, and what runs through commitment."""
        table = self.tidy()
        supported = int((table["verdict"] == "supported").sum())
        sentences = [say("theory.report", count=len(table), supported=supported)]
        for name in VERDICTS[1:]:
            paths = [self.term_labels[term] for term in table.loc[table["verdict"] == name, "term"]]
            if paths:
                sentences.append(say(f"theory.report_{name}", paths=join(paths)))
        place = self.fit.names.index("cooperation"), self.fit.names.index("trust")
        direct, total = self.fit.direct[place], self.fit.total[place]
        sentences.append(
            say(
                "theory.report_mediation",
                direct=f"{direct:.2f}",
                indirect=f"{total - direct:.2f}",
            )
        )
        return str(paragraph((*sentences, *self.notes)))


def verdict(sign: str, conf_low: float, conf_high: float) -> str:
    """Return the verdict on a signed path.

    Parameters
    ----------
    sign : {"+", "-"}
        The direction that the theory states.
    conf_low, conf_high : float

    Returns
    -------
    {"supported", "undecided", "refuted"}
        Supported: the whole interval lies on the theory's side of zero. Refuted: the whole
        interval lies on the other side. Undecided: it holds both.
    """
    low, high = (conf_low, conf_high) if sign == "+" else (-conf_high, -conf_low)
    if low > 0:
        return "supported"
    return "refuted" if high < 0 else "undecided"


def assess_theory(
    survey: pd.DataFrame | None = None,
    *,
    cov: pd.DataFrame | None = None,
    nobs: int | None = None,
    source: str = "",
    conf_level: float = 0.95,
) -> TheoryAssessment:
    """Test the thirteen hypotheses of commitment-trust theory.

    The structure is Morgan and Hunt's key-mediating-variable model (1994): five antecedents,
    commitment and trust between, five outcomes. Coefficients are yours, never the authors'.

    Parameters
    ----------
    survey : DataFrame, optional
        The survey table of a company; each account enters with its latest wave.
    cov : DataFrame, optional
        Instead of a survey: the correlations or covariances of the twelve constructs, by name.
    nobs : int, optional
        Cases behind `cov`.
    source : str, optional
        Where `cov` is from, with page; compulsory with `cov`, and printed beside the results.
    conf_level : float, default 0.95

    Returns
    -------
    TheoryAssessment
        `tidy()` one row per hypothesis, `effects()` direct, indirect and total effects.

    Raises
    ------
    ModelError
        If both or neither of `survey` and `cov` are given, if `nobs` or `source` is missing,
        or if the matrix is not a proper one.
    NotApplicable
        If the survey lacks items of a construct, or has too few complete accounts.

    Notes
    -----
    Scores are standardised and each outcome is regressed on its causes by least squares,
    which is maximum likelihood for this graph without loops. Scores carry measurement error,
    so paths are biased, as a rule towards zero.

    Examples
    --------
    >>> theory = kl.assess_theory(kl.sample_company().survey)
    >>> len(theory.tidy())
    13
    """
    tails(conf_level)
    if (survey is None) == (cov is None):
        raise ModelError(say("theory.one_input"))
    names = list(dict.fromkeys(part for h in HYPOTHESES for part in (h.cause, h.outcome)))
    if cov is not None:
        if nobs is None or not source.strip():
            raise ModelError(say("theory.matrix_needs"))
        data = data_with_moments(checked_correlations(cov, names, nobs), nobs)
        fit = fit_paths(data, equations(), conf_level)
        return TheoryAssessment(fit, None, same(source), conf_level, n_left_out=0)
    assert survey is not None
    scores = account_scores(last_wave(respondent_scores(survey, names)), ["account_id"])
    complete = scores.dropna(subset=names).reset_index(drop=True)
    _enough(complete, names)
    n_left_out = len(scores) - len(complete)
    if n_left_out:
        reason = say("theory.reason_incomplete")
        warn_left_out(n_left_out, len(scores), reason, stacklevel=2)
    fit = fit_paths(complete, equations(), conf_level)
    words = say("theory.survey_source")
    return TheoryAssessment(fit, complete["account_id"], words, conf_level, n_left_out)


def _enough(complete: pd.DataFrame, names: list[str]) -> None:
    fewest = len(names) + 2
    if len(complete) < fewest:
        raise NotApplicable(say("theory.too_few", count=len(complete), fewest=fewest))
    if constant := [
        c.label for c in constructs() if c.name in names and complete[c.name].std() == 0
    ]:
        raise NotApplicable(say("theory.constant", constructs=join(constant)))
