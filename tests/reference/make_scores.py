"""Write the data that lavaan was asked about: a simulated company's scores and items.

Run from the project's folder: ``python -m tests.reference.make_scores``. The files are committed;
make them anew only together with lavaan's numbers (lavaan_kmv.R, lavaan_kmv_items.R).

kmv_scores.csv has standardised construct scores; kmv_items.csv account means of items, with gaps;
kmv_items.txt and rival_items.txt the models' texts.
"""

from pathlib import Path

import pandas as pd

import kamlab as kl
from kamlab.quality.scores import account_scores, last_wave, respondent_scores
from kamlab.theory import HYPOTHESES, MODELS

HERE = Path(__file__).parent


def main() -> None:
    names = list(dict.fromkeys(part for h in HYPOTHESES for part in (h.cause, h.outcome)))
    survey = kl.simulate_company(n_accounts=150, seed=42).survey
    _write_scores(survey, names)
    _write_items(survey, names)


def _write_scores(survey: pd.DataFrame, names: list[str]) -> None:
    scores = account_scores(last_wave(respondent_scores(survey, names)), ["account_id"])
    values = scores.dropna(subset=names)[names]
    standard = (values - values.mean()) / values.std()
    _write(standard, "kmv_scores.csv")


def _write_items(survey: pd.DataFrame, names: list[str]) -> None:
    items = [item for c in kl.constructs() if c.name in names for item in c.columns]
    _write(last_wave(survey).groupby("account_id")[items].mean(), "kmv_items.csv")
    for name in ("kmv", "rival"):
        text = MODELS[name].with_items() + "\n"
        HERE.joinpath(f"{name}_items.txt").write_text(text, encoding="utf-8", newline="\n")


def _write(frame: pd.DataFrame, name: str) -> None:
    frame.to_csv(HERE / name, index=False, float_format="%.12g", lineterminator="\n")


if __name__ == "__main__":
    main()
