import warnings

import pytest

from kamlab.foundation.errors import (
    DataWarning,
    NotApplicable,
    RecalledClaimWarning,
    RowsLeftOutWarning,
)
from kamlab.foundation.language import Text
from kamlab.report.outcome import attempt

REASON = Text("No periods.", "期がありません。")


def refuse():
    raise NotApplicable(REASON)


def warn_of(*kinds):
    for kind in kinds:
        warnings.warn(kind.__name__, kind, stacklevel=1)
    return "done"


def test_a_result_is_kept():
    outcome = attempt(lambda: 3)
    assert (outcome.result, outcome.reason, outcome.need()) == (3, None, 3)


def test_an_error_of_ours_becomes_the_reason_and_is_raised_again_where_it_is_needed():
    outcome = attempt(refuse)
    assert (outcome.result, outcome.reason) == (None, REASON)
    with pytest.raises(NotApplicable, match="No periods"):
        outcome.need()
    assert attempt(outcome.need).reason == REASON


def test_an_error_of_others_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 / 0)


def test_warnings_are_kept_once_each_and_told_apart():
    kinds = (DataWarning, RowsLeftOutWarning, DataWarning, RecalledClaimWarning)
    outcome = attempt(lambda: warn_of(*kinds))
    assert outcome.cautions == ("DataWarning",)
    assert outcome.remarks == ("RowsLeftOutWarning", "RecalledClaimWarning")


def test_a_warning_of_others_goes_on():
    with pytest.warns(RuntimeWarning, match="RuntimeWarning"):
        assert attempt(lambda: warn_of(RuntimeWarning)).result == "done"


def test_warnings_before_a_refusal_are_kept():
    def doubtful():
        warn_of(DataWarning)
        refuse()

    assert attempt(doubtful).cautions == ("DataWarning",)
