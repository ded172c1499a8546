"""What our own people say of every account in spring 2022, before the first period.

Each rating sees one hidden pull of its account, through noise. Pulls mix size, investments and
the hidden relationship of the first wave with chance; nothing here acts on renewals or money.
None of the numbers is from data.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.simulation.business import (
    INVESTMENT_CENTRE,
    INVESTMENT_ITEMS,
    SIZE_CENTRE,
    SIZE_SPREAD,
)
from kamlab.accounts.simulation.names import MANAGERS
from kamlab.accounts.simulation.truth import CENTRES
from kamlab.accounts.tables import ITEM_RANGE, table

RATED: Mapping[str, tuple[str, ...]] = {
    "attractive": (
        "attract_budget", "attract_growth", "attract_prestige", "attract_profit",
        "attract_reach", "attract_exclusivity", "attract_technology",
    ),
    "strong": ("strength_range", "strength_support", "strength_price", "strength_knowhow"),
    "trusted": ("strength_reputation", "strength_reliability", "strength_staff"),
    "irreplaceable": ("context_alternatives", "context_bargaining", "context_concentration"),
    "changing": ("context_growth", "context_newness", "context_redesign"),
    "customer_works": ("practice_information", "practice_time", "practice_cooperation"),
    "we_work": ("practice_visits", "practice_joint", "practice_burden"),
    "difficult": ("difficulty_product", "difficulty_rivals", "difficulty_demands"),
    "needs_us": ("supply_impact", "supply_risk"),
    "strategic": ("strategic_potential", "market_influence", "strategic_fit"),
}  # fmt: skip
"""By pull, the ratings that see it."""
RATING_CENTRE, RATING_SPREAD, RATING_NOISE, MISSING_SHARE = 4.0, 1.2, 0.7, 0.01
MEAN_INVESTMENT_SPREAD = 1.25
"""Standard deviation of the mean of a side's six investments."""

STAGE_BORDERS = (-0.9, 0.3, 1.5)
"""Where stages 3, 4 and 5 begin on a standard normal development."""
NO_BUSINESS_BELOW = -1.0
"""Where customers without a contract have no business with us yet: stage 1."""
TOTAL_CENTRE, TOTAL_SPREAD, TOTAL_NOISE, TOTAL_RANGE = 15.0, 5.0, 1.0, (6, 24)
"""With these, the stages begin at the totals 11, 17 and 23."""
LOG_ODDS_OF_NO_END = 3.8

FEW_SOURCES_ABOVE = 0.55
PLAN_SHARE, INVESTMENT_SHARE, OWNED_SHARE = 0.40, 0.12, 0.025
ALLIANCE_SHARES = (0.15, 0.07, 0.02)
"""Share of accounts with at least one, two and three alliances."""

MANAGER_ROLES = 5 * ("both",) + 2 * ("farmer",) + ("hunter",)
MANAGER_LEVELS = 4 * ("account",) + 2 * ("key",) + ("national", "global")

Array = NDArray[np.float64]


def ratings(
    accounts: pd.DataFrame, quality: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return what our own people say of every account.

    Parameters
    ----------
    accounts : DataFrame
        With size, investments, contract, share of wallet and manager.
    quality : DataFrame
        True quality in the first wave, one row an account in the same order.
    rng : Generator

    Returns
    -------
    DataFrame
        The columns of `declarations/account_ratings.toml`, one row an account.
    """
    felt = {name: (quality[name] - CENTRES[name]).to_numpy() for name in CENTRES}
    rated = {
        column: _rated(pull, rng)
        for name, pull in _pulls(accounts, felt, rng).items()
        for column in RATED[name]
    }
    development = _mixed(rng, (0.8, felt["commitment"]))
    frame = pd.DataFrame(
        {
            **rated,
            **_stages(development, accounts["has_contract"].to_numpy(dtype=bool), rng),
            "is_ending": _chance(-LOG_ODDS_OF_NO_END - felt["commitment"], rng),
            **_ties(accounts["share_of_wallet"].to_numpy(), felt["commitment"], rng),
            **_managers(accounts["manager"], rng),
        },
        index=accounts.index,
    )
    return frame[[column.name for column in table("accounts").columns if column.name in frame]]


def _pulls(
    accounts: pd.DataFrame, felt: Mapping[str, Array], rng: np.random.Generator
) -> dict[str, Array]:
    size = (np.log10(accounts["employees"]).to_numpy() - SIZE_CENTRE) / SIZE_SPREAD
    invested = {
        side: (
            accounts[[f"{side}_{item}" for item in items]].mean(axis=1) - INVESTMENT_CENTRE
        ).to_numpy()
        / MEAN_INVESTMENT_SPREAD
        for side, items in INVESTMENT_ITEMS.items()
    }
    attractive = _mixed(rng, (0.6, size))
    strong = _mixed(rng, (0.8, felt["relationship_benefits"]))
    irreplaceable = _mixed(rng, (0.65, invested["buyer"]))
    changing = _mixed(rng, (0.65, invested["supplier"]))
    return {
        "attractive": attractive,
        "strong": strong,
        "trusted": strong + 0.3 * felt["trust"],
        "irreplaceable": irreplaceable,
        "changing": changing,
        "customer_works": _mixed(rng, (0.5, invested["buyer"]), (0.6, irreplaceable)),
        "we_work": _mixed(rng, (0.5, invested["supplier"]), (0.6, changing)),
        "difficult": _mixed(rng, (-0.2, felt["satisfaction"])),
        "needs_us": _mixed(rng, (0.7, felt["termination_costs"])),
        "strategic": _mixed(rng, (0.6, attractive), (0.4, felt["shared_values"])),
    }


def _mixed(rng: np.random.Generator, *parts: tuple[float, Array]) -> Array:
    """Add weighted parts, and chance to make up a variance of one where they are unrelated."""
    chance = np.sqrt(1 - sum(weight**2 for weight, _ in parts))
    drawn = chance * rng.standard_normal(len(parts[0][1]))
    return np.asarray(sum((weight * part for weight, part in parts), drawn))


def _rated(pull: Array, rng: np.random.Generator) -> Array:
    noise = rng.normal(0, RATING_NOISE, len(pull))
    points = np.clip(np.rint(RATING_CENTRE + RATING_SPREAD * pull + noise), *ITEM_RANGE)
    return np.where(rng.random(len(pull)) < MISSING_SHARE, np.nan, points)


def _stages(
    development: Array, contract: NDArray[np.bool_], rng: np.random.Generator
) -> dict[str, Array]:
    """Return stage and total; where there is no business yet, nobody scores the six items."""
    none_yet = ~contract & (development < NO_BUSINESS_BELOW)
    stage = np.where(none_yet, 1.0, 2.0 + np.searchsorted(STAGE_BORDERS, development))
    noise = rng.normal(0, TOTAL_NOISE, len(development))
    total = np.rint(TOTAL_CENTRE + TOTAL_SPREAD * development + noise)
    scored = np.where(none_yet, np.nan, np.clip(total, *TOTAL_RANGE))
    return {"relationship_stage": stage, "stage_total": scored}


def _ties(
    share_of_wallet: Array, commitment: Array, rng: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """Return what binds the two companies; the stronger the bond, the fewer have it."""
    close = _mixed(rng, (0.6, commitment))
    allied = _mixed(rng, (0.6, close))
    alliances = np.sum([_top(share, allied) for share in ALLIANCE_SHARES], axis=0)
    return {
        "sole_or_dual_source": share_of_wallet + rng.normal(0, 0.1, len(close)) > FEW_SOURCES_ABOVE,
        "joint_plan": _top(PLAN_SHARE, _mixed(rng, (0.6, close))),
        "joint_investment": _top(INVESTMENT_SHARE, _mixed(rng, (0.6, close))),
        "alliances": alliances,
        "is_owned": _top(OWNED_SHARE, _mixed(rng, (0.6, close))),
    }


def _top(share: float, pull: Array) -> NDArray[np.bool_]:
    return np.asarray(pull >= np.quantile(pull, 1 - share))


def _chance(log_odds: Array, rng: np.random.Generator) -> NDArray[np.bool_]:
    return np.asarray(rng.random(len(log_odds)) < 1 / (1 + np.exp(-log_odds)))


def _managers(names: pd.Series, rng: np.random.Generator) -> dict[str, pd.Series]:
    roles = dict(zip(MANAGERS, rng.permutation(MANAGER_ROLES), strict=True))
    levels = dict(zip(MANAGERS, rng.permutation(MANAGER_LEVELS), strict=True))
    return {"manager_role": names.map(roles), "manager_level": names.map(levels)}
