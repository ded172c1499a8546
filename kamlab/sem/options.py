"""What `fit_sem` was asked to do, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.level import tails
from kamlab.sem.engine.objective import Estimator
from kamlab.sem.inference.robust import RobustErrors
from kamlab.sem.kinds import (
    is_number,
    whole,
    wrong_columns,
    wrong_counts,
    wrong_names,
    wrong_switches,
)

ROBUST = ("MLM", "MLR")
CHOICES = {
    "estimator": ("ML", "GLS", "ULS", *ROBUST),
    "missing": ("listwise", "fiml"),
    "se": ("standard", "robust", "none"),
    "likelihood": ("normal", "wishart"),
    "information": (None, "expected", "observed"),
}
EQUAL = (
    "loadings", "intercepts", "means", "regressions", "residuals", "residual.covariances",
    "lv.variances", "lv.covariances",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of `fit_sem` that concern estimation and inference."""

    estimator: Literal["ML", "GLS", "ULS", "MLM", "MLR"] = "ML"
    missing: Literal["listwise", "fiml"] = "listwise"
    se: Literal["standard", "robust", "none"] = "standard"
    bootstrap: int = 0
    seed: int | None = None
    likelihood: Literal["normal", "wishart"] = "normal"
    information: Literal["expected", "observed"] | None = None
    conf_level: float = 0.95

    @property
    def discrepancy(self) -> Estimator:
        """The discrepancy that is minimised: MLM and MLR minimise that of ML."""
        return "ML" if self.estimator in ROBUST else self.estimator  # type: ignore[return-value]

    @property
    def scaled(self) -> Literal["MLM", "MLR"] | None:
        """The kind of scaled test, if any."""
        return self.estimator if self.estimator in ROBUST else None  # type: ignore[return-value]

    @property
    def robust_errors(self) -> bool:
        """Whether standard errors do without the assumption of normal data."""
        return self.se == "robust" or (self.scaled is not None and self.se == "standard")

    @property
    def sandwich(self) -> RobustErrors:
        """What robust errors rest on: fourth-order moments of complete rows, or cases' scores."""
        if self.estimator == "MLM" or (self.estimator == "ML" and self.missing == "listwise"):
            return "robust.sem"
        return "robust.huber.white"

    @property
    def unbiased(self) -> bool:
        """Whether covariances have the divisor n - 1."""
        return self.discrepancy != "ML" or self.likelihood == "wishart"

    @property
    def used_information(self) -> Literal["expected", "observed"]:
        """The information behind standard errors."""
        if self.information is not None:
            return self.information
        return "observed" if self.missing == "fiml" or self.estimator == "MLR" else "expected"


def checked_options(
    options: Options,
    *,
    from_moments: bool,
    group_equal: Sequence[str],
    group_partial: Sequence[str],
    group: str | None,
    cluster: str | None,
    switches: Mapping[str, object],
) -> Options:
    """Return the options, or raise with all that is wrong about them.

    Parameters
    ----------
    switches : mapping of str to object
        The arguments that must be True, False or None, by name.

    Raises
    ------
    ArgumentError
    """
    problems = [
        say("sem.option", name=name, value=getattr(options, name), allowed=_listed(allowed))
        for name, allowed in CHOICES.items()
        if getattr(options, name) not in allowed
    ]
    problems += [
        say("sem.option", name="group_equal", value=one, allowed=_listed(EQUAL))
        for one in group_equal
        if one not in EQUAL
    ]
    problems += wrong_names("group_partial", group_partial, example='["f =~ x2"]')
    problems += wrong_columns({"group": group, "cluster": cluster})
    problems += wrong_switches(switches) + _wrong_numbers(options)
    if not problems:
        problems = _combinations(options, from_moments, group_equal, group, cluster)
    if problems:
        raise ArgumentError(paragraph(problems))
    tails(options.conf_level)
    return replace(options, bootstrap=whole(options.bootstrap) or 0, seed=whole(options.seed))


def _wrong_numbers(options: Options) -> list[Text]:
    problems = wrong_counts({"seed": (options.seed, 0)})
    if whole(options.bootstrap) is None:
        problems.append(say("sem.bootstrap_negative", draws=options.bootstrap))
    if not is_number(options.conf_level):
        problems.append(say("sem.level_number", value=options.conf_level))
    return problems


def _combinations(
    options: Options,
    from_moments: bool,
    group_equal: Sequence[str],
    group: str | None,
    cluster: str | None,
) -> list[Text]:
    problems = []
    if group_equal and group is None:
        problems.append(say("sem.equal_without_group"))
    if options.missing == "fiml" and options.estimator not in ("ML", "MLR"):
        problems.append(say("sem.fiml_needs_ml", estimator=options.estimator))
    if options.estimator == "MLM" and options.information == "observed":
        problems.append(say("sem.mlm_is_expected"))
    if options.estimator == "ULS" and options.information == "observed":
        problems.append(say("sem.uls_is_expected"))
    if options.likelihood == "wishart" and options.estimator != "ML":
        problems.append(say("sem.wishart_needs_ml", estimator=options.estimator))
    if options.likelihood == "wishart" and options.missing == "fiml":
        problems.append(say("sem.wishart_no_fiml"))
    if options.se == "robust" and options.discrepancy != "ML":
        problems.append(say("sem.robust_needs_ml", estimator=options.estimator))
    if cluster is not None and (options.estimator != "MLR" or options.bootstrap):
        problems.append(say("sem.cluster_needs_mlr", estimator=options.estimator))
    if options.bootstrap < 0 or options.bootstrap == 1:
        problems.append(say("sem.bootstrap_negative", draws=options.bootstrap))
    if from_moments:
        needing = {
            "missing='fiml'": options.missing == "fiml",
            f"estimator={options.estimator!r}": options.scaled is not None,
            "se='robust'": options.se == "robust",
            "bootstrap": options.bootstrap > 0,
            "group": group is not None,
            "cluster": cluster is not None,
        }
        asked = [same(name) for name, is_asked in needing.items() if is_asked]
        if asked:
            problems.append(say("sem.needs_rows", asked=join(asked)))
    return problems


def _listed(allowed: Sequence[object]) -> Text:
    return join([same(repr(one)) for one in allowed])
