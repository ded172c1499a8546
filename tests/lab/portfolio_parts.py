"""What the tests of the portfolio explorer share."""

import html
import re

import pandas as pd

from tests.portfolio.model_texts import make_model

MATRIX = "millman_wilson"
ROUNDING = 1e-9


class Explorer:
    """The parts of an explorer by name."""

    def __init__(self, box):
        tabs, self._sentence, self._picture = box.children
        self.titles = tabs.titles
        weights, cuts, account = (tab.children for tab in tabs.children)
        self.cuts = list(cuts)
        self.account, *ratings = account
        self.weights = {slider.description: slider for slider in weights}
        self.ratings = {slider.description: slider for slider in ratings}

    @property
    def sentence(self):
        return html.unescape(self._sentence.value.removeprefix("<p>").removesuffix("</p>"))

    @property
    def alt(self):
        return html.unescape(re.search(r'alt="([^"]*)"', self._picture.value).group(1))

    @property
    def raw(self):
        return self._sentence.value + self._picture.value

    @property
    def moved(self):
        return int(re.search(r"(?:cell: |うち)(\d+)", self.sentence).group(1))


def two_by(tmp_path, **axes):
    return make_model(tmp_path, {"pull": ["a", "b"], "reach": ["x"]} | axes)


def table(**columns):
    rows = len(next(iter(columns.values())))
    return pd.DataFrame(columns, dtype=float).assign(account_id=[f"A{n}" for n in range(rows)])


def three_levels(tmp_path):
    pull = {"items": ["a"], "levels": ["weak", "fair", "strong"], "cut": [3, 5]}
    model = make_model(tmp_path, {"pull": pull, "reach": ["x"]})
    return table(a=[1, 2, 3, 4, 5, 6, 7], x=[1, 7, 1, 7, 1, 7, 1]), model
