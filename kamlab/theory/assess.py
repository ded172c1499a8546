"""Testing commitment-trust theory: `assess_theory`."""

from __future__ import annotations

import pandas as pd

from kamlab.foundation.errors import warn_left_out
from kamlab.foundation.language import say
from kamlab.foundation.level import tails
from kamlab.theory.assessment import TheoryAssessment
from kamlab.theory.evidence import Level, evidence
from kamlab.theory.kmv import NAMES
from kamlab.theory.models import MODELS
from kamlab.theory.typed_matrix import TypedMatrix


def assess_theory(
    survey: pd.DataFrame | TypedMatrix | None = None,
    *,
    level: Level = "composite",
    cov: pd.DataFrame | None = None,
    nobs: int | None = None,
    source: str = "",
    bootstrap: int = 0,
    seed: int | None = None,
    conf_level: float = 0.95,
) -> TheoryAssessment:
    """Test the thirteen hypotheses of commitment-trust theory.

    The structure is Morgan and Hunt's key-mediating-variable model (1994): five antecedents,
    commitment and trust between, five outcomes. Coefficients are yours, never the authors'.

    Parameters
    ----------
    survey : DataFrame or TypedMatrix, optional
        The survey table of a company; each account enters once, with the mean over its
        respondents in its latest wave, so that rows are independent. Or a matrix from
        `kl.theory.read_matrix`.
    level : {"composite", "item"}, default "composite"
        Constructs as mean scores, or as latent variables behind their items.
    cov : DataFrame, optional
        Instead: correlations or covariances of the twelve constructs (or their items), by name;
        the lower triangle is enough.
    nobs : int, optional
        Cases behind `cov`.
    source : str, optional
        Where `cov` is from, with page; compulsory with `cov`, and printed beside the results.
    bootstrap : int, default 0
        Draws of accounts; with any, errors and intervals are the bootstrap's (percentiles).
        1,000 draws take a tenth of a second from scores and up to half a minute from items with
        gaps.
    seed : int, optional
        Of the bootstrap.
    conf_level : float, default 0.95

    Returns
    -------
    TheoryAssessment
        `tidy()` one row per hypothesis, `effects()`, `mediation()`, `rival()`, `alternatives()`,
        `r_squared()`, `diagram()`.

    Raises
    ------
    ModelError
        If both or neither of `survey` and `cov` are given, if `nobs` or `source` is missing,
        or if the matrix is not a proper one.
    ArgumentError
        If `level` is neither of the two, or a bootstrap is asked of a matrix.
    NotApplicable
        If the survey lacks items of a construct, or has too few complete accounts.

    Notes
    -----
    Maximum likelihood by `kl.fit_sem` with errors from observed information. Scores are
    standardised before the fit, so paths are in standard deviations of the scores, whose sampling
    error is not counted; they equal least squares equation by equation, for this graph has no
    loop. Scores carry measurement error, so paths are biased, as a rule towards zero. From items,
    paths are put in implied standard deviations after the fit (errors by the delta method), and
    measurement error is taken out as far as the measurement model is right.

    Accounts that lack a score are left out and counted. Items that are missing are not: full
    information needs only what was answered, if what is missing does not depend on what it would
    have been, given the rest.

    Examples
    --------
    >>> theory = kl.assess_theory(kl.sample_company().survey)
    >>> len(theory.tidy())
    13
    >>> theory.rival()["df"].tolist()
    [43, 10]
    """
    tails(conf_level)
    found = evidence(survey, level, cov, nobs, source)
    left_out = found.n_left_out(NAMES)
    if left_out:
        assert found.rows is not None
        reason = say("theory.reason_incomplete")
        warn_left_out(left_out, len(found.rows), reason, stacklevel=2)
    fit = found.fit(MODELS["kmv"], conf_level, bootstrap, seed)
    return TheoryAssessment(fit, found, conf_level, bootstrap, seed)
