"""The correction of one regression for measurement error in its scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlab.panel.calibration import Calibration, calibrate, moments
from kamlab.panel.design import Design
from kamlab.panel.resample import Resample
from kamlab.quality.score_error import ScoreError


@dataclass(frozen=True, repr=False, eq=False)
class Correction:
    """What is known of the error in the scores, and what follows for this regression."""

    error: ScoreError
    calibration: Calibration

    @classmethod
    def of(cls, design: Design, error: ScoreError | None) -> Correction | None:
        """Return the correction of a design, none where no error is given."""
        return None if error is None else cls(error, calibrate(design, error))

    def terms(self, design: Design) -> pd.DataFrame:
        """Return the design's terms with the likely truth in place of scores."""
        counts = design.used["n_respondents"].to_numpy(dtype=float)
        likely = self.calibration.applied(design.terms.to_numpy(), counts)
        return pd.DataFrame(likely, index=design.terms.index, columns=design.terms.columns)

    def redrawn(self, design: Design, draws: Resample) -> Calibration:
        """Return the calibration of every draw of accounts."""
        names = design.terms.columns[self.calibration.places]
        own = [self.error.constructs.index(name) for name in names]
        times = draws.of(self.error.account_ids)
        crossed = self.error.crossed[:, own][:, :, own].reshape(len(self.error.freedom), -1)
        with np.errstate(invalid="ignore"):  # a draw without several respondents is not sound
            one = (times @ crossed) / (times @ self.error.freedom)[:, None]
        square = one.reshape(-1, len(own), len(own))
        return moments(design, self.calibration.places, draws.of(design.groups), square)
