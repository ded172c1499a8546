"""How many accounts a hypothesis needs, found by testing it in simulated companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kamlab.accounts.simulate import FEWEST, MOST
from kamlab.accounts.simulation.effects import USUAL, Effects, true_effects
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, listed, paragraph, say
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.power_result import Power
from kamlab.hypotheses.power_trials import Study, simulate
from kamlab.selection.arguments import is_number, is_whole

SIZES = (60, 120, 240, 480)
FEWEST_SIMULATED = 20


def power(
    hypothesis: Hypothesis,
    n: int | Sequence[int] = SIZES,
    *,
    n_sim: int = 200,
    n_tests: int = 1,
    target: float = 0.8,
    truth: Mapping[str, Effects] | None = None,
    conf_level: float = 0.95,
    seed: int = 0,
    progress: bool = True,
) -> Power:
    """Say how often a hypothesis would be supported, by the number of accounts.

    Companies are simulated, and the hypothesis is tested in each as `kl.assess_hypotheses` tests
    it. Ask before the data are looked at: what a company is too small to show, it will not show.

    Parameters
    ----------
    hypothesis : Hypothesis
    n : int or sequence of int, default (60, 120, 240, 480)
        Numbers of accounts, from 10 to 100,000.
    n_sim : int, default 200
        Companies of each size, at least 20. The power is then known to within 7 percentage
        points; with 1,000 to within 3.
    n_tests : int, default 1
        Hypotheses that will be tested together. A verdict then needs a p-value below the level
        divided by this number (Bonferroni), which is a little stricter than Holm's correction.
    target : float, default 0.8
        The power that is wanted.
    truth : mapping, optional
        True effects that replace those of the simulated companies: ``"retention"`` and
        ``"log_margin"`` as in `kl.simulate_company`. What you hold likely for your own market,
        or the smallest effect that would matter, goes in here.
    conf_level : float, default 0.95
    seed : int, default 0
    progress : bool, default True
        Whether to say how far the work is, in a terminal or notebook and after five seconds.

    Returns
    -------
    Power
        `tidy()` one row per number of accounts; `glance()` the number needed; `augment()` one
        row per simulated company; `plot()` the power curve.

    Raises
    ------
    ArgumentError
        With all that is wrong with the arguments.
    NotApplicable
        If the hypothesis is not measurable, or needs what simulated companies do not have.

    Notes
    -----
    *The true effect* is what the same test finds in up to 24,000 simulated accounts. If a test
    leaves the error of scores uncorrected, that error is in the effect too: power is the chance
    of a verdict, not of a right one. A forecast, moreover, gains from more accounts by itself.

    *Errors of verdicts.* `wrong_share` is the share of verdicts that decide and are wrong: the
    estimate lies on the other side of the end of the range than the truth (Gelman and Carlin's
    type S error where the end is 0). `exaggeration` is how many times the true effect the
    estimates are that support the hypothesis (their type M error). Neither is given where the
    true effect is less than three of its standard errors from what it is compared with.

    *The number needed* is read from a smooth curve through all sizes (a probit in the root of the
    number of accounts), drawn out to four times the largest at most. Its interval comes from
    redrawn companies.

    Examples
    --------
    >>> stays = kl.Hypothesis(
    ...     name="trust_keeps",
    ...     statement="Customers who trust us stay.",
    ...     model="stayed ~ trust + tenure",
    ...     term="trust",
    ...     above=0,
    ... )
    >>> found = kl.power(stays, n=(40, 80), n_sim=20)
    >>> found.tidy()["n_accounts"].tolist()
    [40, 80]
    """
    asked = n if isinstance(n, Sequence | np.ndarray) else (n,)
    numbers = {"n_sim": n_sim, "n_tests": n_tests, "seed": seed}
    shares = {"target": target, "conf_level": conf_level}
    problems = [
        *_wrong_hypothesis(hypothesis),
        *_wrong_sizes(asked),
        *_wrong_numbers(numbers),
        *_wrong_shares(shares),
        *_wrong_truth(truth),
    ]
    if problems:
        raise ArgumentError(say("hypotheses.power_wrong", problems=paragraph(problems)))
    if hypothesis.not_measurable is not None:
        raise NotApplicable(hypothesis.not_measurable)
    study = Study(
        hypothesis=hypothesis,
        sizes=tuple(sorted({int(size) for size in asked})),
        n_sim=int(n_sim),
        n_tests=int(n_tests),
        conf_level=conf_level,
        truth={outcome: dict(effects) for outcome, effects in (truth or {}).items()},
        seed=int(seed),
    )
    return Power.of(study, simulate(study, progress=progress), target)


def _wrong_hypothesis(hypothesis: object) -> list[Text]:
    if isinstance(hypothesis, Hypothesis):
        return []
    return [say("hypotheses.power_no_hypothesis", got=type(hypothesis).__name__)]


def _wrong_sizes(asked: Sequence[object]) -> list[Text]:
    if len(asked) and all(is_whole(size) and FEWEST <= size <= MOST for size in asked):
        return []
    return [say("hypotheses.power_sizes", fewest=FEWEST, most=f"{MOST:,}", got=list(asked))]


def _wrong_numbers(numbers: Mapping[str, object]) -> list[Text]:
    fewest = {"n_sim": FEWEST_SIMULATED, "n_tests": 1, "seed": 0}
    return [
        say("hypotheses.power_number", name=name, fewest=fewest[name], got=repr(value))
        for name, value in numbers.items()
        if not (is_whole(value) and value >= fewest[name])
    ]


def _wrong_shares(shares: Mapping[str, object]) -> list[Text]:
    return [
        say("hypotheses.power_share", name=name, got=repr(value))
        for name, value in shares.items()
        if not (is_number(value) and 0 < value < 1)
    ]


def _wrong_truth(truth: Mapping[str, Effects] | None) -> list[Text]:
    known = tuple(USUAL)
    if truth is None:
        return []
    if not isinstance(truth, Mapping) or not set(truth) <= set(known):
        return [say("hypotheses.power_truth", known=listed(known), got=repr(truth))]
    try:
        true_effects(truth.get("retention"), truth.get("log_margin"))
    except ArgumentError as error:
        return [error.text]
    return []
