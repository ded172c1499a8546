"""kamlab's measures of agreement beside scikit-learn's, on the tables in agreement_tables.csv."""

from pathlib import Path

import pandas as pd
import pytest

from kamlab.portfolio.comparison.agreement import adjusted_mutual_information, cohen_kappa

HERE = Path(__file__).parent
COUNTS = pd.read_csv(HERE / "agreement_tables.csv")
NUMBERS = HERE / "sklearn_agreement.csv"
VALUES = pd.read_csv(NUMBERS, comment="#")
# Both are arithmetic without iteration; fifteen digits are stored.
EQUAL = 1e-10
MEASURES = {
    "ami": adjusted_mutual_information,
    "kappa": cohen_kappa,
    "kappa_linear": lambda table: cohen_kappa(table, "linear"),
    "kappa_quadratic": lambda table: cohen_kappa(table, "quadratic"),
}


ROWS = list(VALUES.itertuples(index=False, name=None))


@pytest.mark.parametrize(("name", "measure", "value"), ROWS)
def test_agreement_is_scikit_learns(name, measure, value):
    counts = COUNTS[COUNTS["table"] == name]
    table = counts.pivot_table(index="row", columns="column", values="count").to_numpy()
    assert MEASURES[measure](table) == pytest.approx(value, abs=EQUAL)


def test_the_stored_numbers_say_which_scikit_learn_made_them():
    assert NUMBERS.read_text(encoding="utf-8").startswith("# scikit-learn 1.")
    assert len(VALUES) > 40
