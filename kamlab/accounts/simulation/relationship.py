"""The hidden relationship and the survey that sees it through noise."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.simulation.truth import CENTRES, CONSTRUCTS, PERSISTENCE, mixing
from kamlab.accounts.tables import constructs

RESPONDENT_SPREAD = 0.4
ITEM_SPREAD = 0.7
MISSING_SHARE = 0.01
MOST_RESPONDENTS = 5
MEAN_FURTHER_RESPONDENTS = 1.2
ROLES = ("購買", "製造", "開発", "品質", "経営")


def true_quality(
    account_ids: NDArray[np.str_], n_waves: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the true quality of every account in every wave, in points.

    An account's standing moves slowly: `z_w = p z_{w-1} + sqrt(1 - p²) M u`, which keeps the
    variances and correlations of the first wave.
    """
    shape = (len(account_ids), len(CONSTRUCTS))
    standing = rng.standard_normal(shape) @ mixing().T
    waves = []
    for wave in range(1, n_waves + 1):
        if wave > 1:
            news = rng.standard_normal(shape) @ mixing().T
            standing = PERSISTENCE * standing + np.sqrt(1 - PERSISTENCE**2) * news
        points = standing + np.array([CENTRES[name] for name in CONSTRUCTS])
        waves.append(
            pd.DataFrame(points, columns=list(CONSTRUCTS)).assign(account_id=account_ids, wave=wave)
        )
    quality = pd.concat(waves, ignore_index=True)
    return quality[["account_id", "wave", *CONSTRUCTS]]


def survey(quality: pd.DataFrame, dates: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what respondents answered: one row a respondent and wave.

    Parameters
    ----------
    quality : DataFrame
        True quality, the rows of accounts and waves that were surveyed.
    dates : DataFrame
        `wave` and `first_day`, from which answers come in within four weeks.
    rng : Generator
    """
    people = _respondents(quality["account_id"].unique(), rng)
    rows = people.merge(quality, on="account_id").merge(dates, on="wave")
    rows = rows.sort_values(["wave", "account_id", "respondent_id"], ignore_index=True)
    answers = {
        item: values
        for construct in constructs()
        for item, values in _answers(rows, construct.name, construct.columns, rng).items()
    }
    days = pd.to_timedelta(rng.integers(0, 28, len(rows)), unit="D")
    fixed = rows[["account_id", "respondent_id", "wave", "role"]].assign(
        answered_on=rows["first_day"] + days
    )
    ordered = fixed[["account_id", "respondent_id", "wave", "answered_on", "role"]]
    return pd.concat([ordered, pd.DataFrame(answers)], axis=1)


def _respondents(account_ids: NDArray[np.str_], rng: np.random.Generator) -> pd.DataFrame:
    counts = 1 + rng.poisson(MEAN_FURTHER_RESPONDENTS, len(account_ids))
    counts = np.minimum(counts, MOST_RESPONDENTS)
    people = pd.DataFrame({"account_id": np.repeat(account_ids, counts)})
    number = people.groupby("account_id").cumcount() + 1
    people["respondent_id"] = people["account_id"] + "-R" + number.astype(str)
    people["role"] = np.array(ROLES)[rng.integers(0, len(ROLES), len(people))]
    for construct in CONSTRUCTS:
        people[_leaning(construct)] = rng.normal(0, RESPONDENT_SPREAD, len(people))
    return people


def _leaning(construct: str) -> str:
    return f"{construct} of this respondent"


def _answers(
    rows: pd.DataFrame, construct: str, items: tuple[str, ...], rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    felt = (rows[construct] + rows[_leaning(construct)]).to_numpy()
    shape = (len(rows), len(items))
    answers = np.clip(np.rint(felt[:, None] + rng.normal(0, ITEM_SPREAD, shape)), 1, 7)
    answers[rng.random(shape) < MISSING_SHARE] = np.nan
    return dict(zip(items, answers.T, strict=True))
