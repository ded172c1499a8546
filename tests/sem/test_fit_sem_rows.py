"""Factor scores and cases of a fit beside the rows of the user's table."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.sem import fit_cases as cases

EXACT = 1e-9
INCOMPLETE = pytest.mark.filterwarnings("ignore::kamlab.RowsLeftOutWarning")


def expected_scores(fit, frame):
    """Regression scores of each row from what it has, by the implied moments of its group."""
    names, p = list(fit.table.observed), len(fit.table.observed)
    found = []
    for _, row in frame.iterrows():
        number = fit.group_labels.index(str(row["group"])) if len(fit.group_labels) > 1 else 0
        at = fit.estimate.point.implied[number]
        has = np.flatnonzero(row[names].notna())
        apart = row[names].to_numpy(dtype=float)[has] - at.mu[has]
        sigma = at.sigma[np.ix_(has, has)]
        found.append(at.level[p:] + at.total[p:, has] @ np.linalg.solve(sigma, apart))
    return np.array(found)


SORTED = [
    {"meanstructure": True},
    {"group": "group"},
    {"missing": "fiml"},
    {"missing": "fiml", "group": "group"},
]


@INCOMPLETE
@pytest.mark.parametrize("options", SORTED)
def test_factor_scores_stand_in_the_users_rows(options):
    table = cases.labelled_rows(cases.gaps().assign(account_id=lambda t: "A" + t.index.astype(str)))
    table["group"] = table["group"].where(np.arange(len(table)) % 17 > 0)
    fit = kl.fit_sem(cases.MODEL, table, **options)
    needed = [] if "missing" in options else cases.NAMES
    used = table.dropna(subset=[*needed, *(["group"] if "group" in options else [])])
    assert len(used) == fit.glance()["nobs"].item()
    scores = fit.factor_scores()
    assert scores.index.equals(used.index)
    assert list(scores.columns) == ["f1", "f2"]
    np.testing.assert_allclose(scores, expected_scores(fit, used), atol=EXACT)
    cases_of = fit.augment()
    assert cases_of["account_id"].tolist() == used["account_id"].tolist()
    assert cases_of["row"].tolist() == np.flatnonzero(table.index.isin(used.index)).tolist()
    np.testing.assert_array_equal(cases_of[["score_f1", "score_f2"]], scores)


@INCOMPLETE
def test_labels_of_rows_may_be_given_twice():
    table = cases.gaps()
    twice = table.set_axis([0] * len(table), axis=0)
    fit = kl.fit_sem(cases.MODEL, twice)
    used = table.dropna(subset=cases.NAMES)
    assert fit.augment()["row"].tolist() == table.index.get_indexer(used.index).tolist()
    np.testing.assert_array_equal(
        fit.factor_scores(), kl.fit_sem(cases.MODEL, table).factor_scores()
    )


def test_bartlett_scores_are_others():
    fit = cases.fit()
    one, other = fit.factor_scores(), fit.factor_scores("bartlett")
    assert one.index.equals(other.index)
    assert (other.var() > one.var()).all()
    with pytest.raises(kl.ArgumentError, match="'bartlett'"):
        fit.factor_scores("anderson")


def test_a_fit_from_moments_has_no_cases(language):
    fit = kl.fit_sem(cases.ONE, cov=cases.moments(), nobs=121)
    for verb in (fit.augment, fit.factor_scores):
        with pytest.raises(kl.NotApplicable):
            verb()


def test_without_latent_variables_there_are_rows_but_no_scores(language):
    fit = cases.fit("y1 ~ x1")
    assert list(fit.augment()) == ["row"]
    assert len(fit.augment()) == 121
    with pytest.raises(kl.NotApplicable):
        fit.factor_scores()


def test_the_order_of_rows_does_not_matter():
    table = cases.complete().sample(frac=1, random_state=5)
    fit = kl.fit_sem(cases.MODEL, table)
    pd.testing.assert_frame_equal(fit.tidy(), cases.fit().tidy(), rtol=1e-9)
    shuffled = fit.factor_scores().sort_index()
    pd.testing.assert_frame_equal(shuffled, cases.fit().factor_scores(), rtol=1e-7)


def test_what_is_done_to_the_users_table_later_does_not_change_the_fit():
    table = cases.complete().assign(account_id="A")
    fit = kl.fit_sem(cases.MODEL, table)
    before, scores = fit.augment(), fit.factor_scores()
    table["account_id"] = "B"
    table.index = table.index[::-1]
    pd.testing.assert_frame_equal(fit.augment(), before)
    pd.testing.assert_frame_equal(fit.factor_scores(), scores)


def test_what_is_done_to_a_fits_table_does_not_change_the_fit():
    fit = kl.fit_sem(cases.MODEL, cases.complete().assign(account_id="A"))
    before = fit.augment()
    lent = fit.frame
    lent["account_id"] = "B"
    pd.testing.assert_frame_equal(fit.augment(), before)
