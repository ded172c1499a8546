import pytest

import kamlab as kl
from kamlab.lab.questions import classifying

INTEGRATED, LEAST_SURE = "02-integrated-from-21", "02-least-sure-of-growth"
NOTHING = 1e-9


def integrated(company):
    """Count totals from 21 up, without the engine."""
    return int((company.accounts["stage_total"] >= 21).sum())


def least_sure(company):
    board = kl.classify(company, "millman_wilson")
    invested = [cell.name == "invest_for_growth" for cell in board.cells()]
    flips = board.how_sure()["flips_weights"][invested]
    return board.accounts["account_id"][flips.idxmax()]


