"""Write kmv_scores.csv: the standardised construct scores of a simulated company.

Run from the project's folder: ``python -m tests.reference.make_scores``. The file is committed;
make it anew only together with lavaan's numbers (lavaan_kmv.R), which come from it.
"""

from pathlib import Path

import kamlab as kl
from kamlab.quality.scores import account_scores, last_wave, respondent_scores
from kamlab.theory import HYPOTHESES

SCORES = Path(__file__).with_name("kmv_scores.csv")


def main() -> None:
    names = list(dict.fromkeys(part for h in HYPOTHESES for part in (h.cause, h.outcome)))
    survey = kl.simulate_company(n_accounts=150, seed=42).survey
    scores = account_scores(last_wave(respondent_scores(survey, names)), ["account_id"])
    values = scores.dropna(subset=names)[names]
    standard = (values - values.mean()) / values.std()
    standard.to_csv(SCORES, index=False, float_format="%.12g", lineterminator="\n")


if __name__ == "__main__":
    main()
