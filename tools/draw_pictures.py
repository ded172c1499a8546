"""Draw the pictures of the README in both languages; run by ``make notebooks``."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl

import kamlab as kl
from kamlab.foundation.language import LANGUAGES, use_language
from kamlab.lab.questions.start_here import STAY, WORTH
from kamlab.lab.trust_explorer import compute_trust, draw_trust

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"


def main() -> int:
    """Draw and store the portfolio map, the path diagram and the trust curves of the sample."""
    mpl.use("agg")
    company = kl.sample_company()
    board = kl.classify(company.accounts)
    stay, worth = kl.fit_retention(STAY, company), kl.fit_value(WORTH, company)
    gain = kl.value_of_quality(stay, worth, raise_by={"trust": 1})
    theory = kl.assess_theory(company.survey)
    first = gain.augment().nlargest(1, "value_now")["account_id"].item()
    for language in LANGUAGES:
        use_language(language)
        pictures = {
            "portfolio": board.plot().figure,
            "theory": theory.diagram().figure,
            "trust": draw_trust(compute_trust(stay, worth, first), trust=5.0),
        }
        for name, figure in pictures.items():
            (FOLDER / f"{name}.{language}.png").write_bytes(figure.png())
    print(f"drawn in {FOLDER.name}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
