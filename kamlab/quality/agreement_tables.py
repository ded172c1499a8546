"""Tables of how far an account's respondents agree, and what its score is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kamlab.accounts.tables import ITEM_RANGE
from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text
from kamlab.quality.agreement import (
    intraclass_correlation,
    mean_reliability,
    within_group_agreement,
)
from kamlab.quality.answers import LastWave
from kamlab.quality.scores import named

POINTS = ITEM_RANGE[1] - ITEM_RANGE[0] + 1
AGREED = 0.70
"""The agreement above which a mean is usually taken to stand for its group."""

SHOWN = (
    "n_accounts", "n_several", "respondents_per_account", "icc1", "icc1_low", "icc1_high",
    "icc2", "icc2_low", "icc2_high", "f_statistic", "df_between", "df_within", "p_value",
)  # fmt: skip


def aggregation_table(wave: LastWave, conf_level: float) -> pd.DataFrame:
    """Return one row per construct: ICC(1), ICC(2) and r_wg(j) of the accounts' respondents."""
    accounts = account_table(wave, None)
    return pd.DataFrame(
        [
            {
                "term": name,
                **_icc_row(wave.scores[name], wave.scores["account_id"], conf_level),
                **_agreement_row(accounts[f"agreement_{name}"].dropna()),
            }
            for name in wave.items
        ]
    )


def _icc_row(scores: pd.Series, accounts: pd.Series, conf_level: float) -> dict[str, float]:
    try:
        found = intraclass_correlation(scores, accounts, conf_level=conf_level)
    except NotApplicable:
        members = accounts[scores.notna()].value_counts()
        row = dict.fromkeys(SHOWN, np.nan)
        return row | {"n_accounts": len(members), "n_several": int((members > 1).sum())}
    known = {name: getattr(found, name) for name in SHOWN if hasattr(found, name)}
    known |= {"n_accounts": found.n_groups, "respondents_per_account": found.size}
    return {name: known[name] for name in SHOWN}


def _agreement_row(agreement: pd.Series) -> dict[str, float]:
    return {
        "r_wg": agreement.median(),
        "r_wg_mean": agreement.mean(),
        "share_agreed": (agreement >= AGREED).mean() if len(agreement) else np.nan,
    }


def account_table(wave: LastWave, icc1: pd.Series | None) -> pd.DataFrame:
    """Return one row per account: the reliability of its scores and its respondents' agreement.

    Parameters
    ----------
    wave : LastWave
    icc1 : Series or None
        ICC(1) by construct, which the reliability follows from; without, agreement only.

    Returns
    -------
    DataFrame
        `account_id`, and for each construct `reliability_<construct>` and
        `agreement_<construct>`.
    """
    codes, ids = pd.factorize(wave.survey["account_id"], sort=True)
    columns: dict[str, Any] = {}
    labels: dict[str, Text] = {}
    for construct in named(list(wave.items)):
        name = construct.name
        if icc1 is not None:
            members = wave.scores[name].notna().groupby(codes).sum()
            columns[f"reliability_{name}"] = mean_reliability(icc1[name], members)
        answers = wave.survey[wave.items[name]].to_numpy(dtype=float)
        columns[f"agreement_{name}"] = within_group_agreement(answers, codes, points=POINTS)
        labels |= {f"reliability_{name}": construct.label, f"agreement_{name}": construct.label}
    return with_labels(pd.DataFrame({"account_id": ids, **columns}), labels)
