"""Answers of notebook 02 without the engine's own counts."""

import kamlab as kl
from tests.lab.by_hand.question import Question


def integrated(company):
    """Count totals from 21 up, without the engine."""
    return int((company.accounts["stage_total"] >= 21).sum())


def least_sure(company):
    board = kl.classify(company, "millman_wilson")
    invested = [cell.name == "invest_for_growth" for cell in board.cells()]
    flips = board.how_sure()["flips_weights"][invested]
    return board.accounts["account_id"][flips.idxmax()]


def band_of_the_model(company):
    bands = kl.classify(company, "millman_wilson_bands").tidy().set_index("term")
    return bands.loc["integrated", "n_accounts"]


QUESTIONS = (
    Question(
        "02-integrated-from-21", integrated, hint="20.5", wrong=(band_of_the_model,), own_seed=1
    ),
    Question("02-least-sure-of-growth", least_sure, hint="flips_weights", wrong=("nobody",)),
)
