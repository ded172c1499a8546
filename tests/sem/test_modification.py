"""Modification indices beside lavaan's (tests/reference/lavaan_inference), and by refitting."""

import numpy as np
import pytest

from kamlab.sem.engine.structure import MEAN, PATH
from kamlab.sem.inference.modification import modification_indices
from kamlab.sem.inference.releases import release_tests
from tests.sem import inference_cases as cases

LAVAAN = 1e-8
# Rounding errors of indices that are zero; lavaan_inference.R leaves these out too.
NO_INDEX = 1e-12
# A score test and a likelihood ratio agree to first order; these changes are small.
FIRST_ORDER = 0.1


def named(case, found):
    """Return the place of each candidate that has an index, by lavaan's names."""
    names = case.estimate.structure.variables
    measured = {p.rhs for p in case.table.parameters if p.op == "=~"}
    places, listed = {}, found.candidates
    for place in np.flatnonzero(found.index > NO_INDEX):
        kind, group = listed.kind[place], listed.group[place] + 1
        row, column = names[listed.row[place]], names[listed.column[place]]
        if kind == MEAN:
            places[f"{row} ~1  {group}"] = place
        elif kind == PATH and row in measured:
            places[f"{column} =~ {row} {group}"] = place
        elif kind == PATH:
            places[f"{row} ~ {column} {group}"] = place
        else:
            places[f"{column} ~~ {row} {group}"] = place
    return places


@pytest.mark.parametrize("name", ["plain", "groups", "gaps", "gls", "uls", "wishart"])
def test_indices_and_changes_are_lavaans(name):
    case = cases.scenario(name)
    found = modification_indices(case.estimate, case.candidates)
    own = named(case, found)
    kinds = {"mi": "index", "epc": "change", "sepc.lv": "std_lv", "sepc.all": "std_all"}
    for kind, attribute in kinds.items():
        theirs = cases.lavaan(name, kind)
        assert set(theirs) == set(own)
        for row, value in theirs.items():
            assert getattr(found, attribute)[own[row]] == pytest.approx(value, rel=LAVAAN), row


@pytest.mark.parametrize("added", ["f1 =~ y5", "y2 ~~ y6", "f2 ~ x1"])
def test_freeing_a_candidate_does_about_what_its_index_says(added):
    case = cases.scenario("plain")
    found = modification_indices(case.estimate, case.candidates)
    place = named(case, found)[f"{added} 1"]
    freed = cases.fit(f"{cases.MODEL}; {added}", cases.data())
    fall = case.estimate.chisq - freed.estimate.chisq
    assert fall == pytest.approx(found.index[place], rel=FIRST_ORDER, abs=0.01)
    value = freed.values[freed.names.index(f"{added} 1")]
    assert value == pytest.approx(found.change[place], rel=FIRST_ORDER, abs=0.01)


def test_a_marker_loading_has_no_index():
    case = cases.scenario("plain")
    found = modification_indices(case.estimate, case.candidates)
    fixed = found.candidates.source >= 0
    markers = fixed & (found.candidates.kind == PATH)
    assert markers.sum() == 2
    assert np.isnan(found.index[markers]).all()


def test_moments_of_fixed_covariates_are_no_candidates():
    case = cases.scenario("plain")
    listed = case.candidates
    covariates = set(case.covariates.tolist())
    for row, column in zip(listed.row.tolist(), listed.column.tolist(), strict=True):
        assert not {row, column} <= covariates


def test_indices_do_not_depend_on_units():
    frame = cases.data()
    text = "f =~ y1 + y2 + y3 + y4 + y5 + y6"
    one = cases.fit(text, frame)
    other = cases.fit(text, frame.assign(y2=1e4 * frame["y2"], y5=1e-3 * frame["y5"]))
    own, theirs = (modification_indices(c.estimate, c.candidates) for c in (one, other))
    np.testing.assert_allclose(theirs.index, own.index, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(theirs.std_all, own.std_all, rtol=1e-5, atol=1e-8)


def test_score_tests_of_equalities_are_lavaans():
    found = release_tests(cases.scenario("groups").estimate)
    theirs = sorted(cases.lavaan("groups", "release").values())
    np.testing.assert_allclose(np.sort(found.statistic), theirs, rtol=LAVAAN)


def test_a_release_names_the_two_cells_that_were_equal():
    estimate = cases.scenario("groups").estimate
    found = release_tests(estimate)
    assert (found.group == [0, 1]).all()
    for parameter, cells in zip(found.parameter, found.cell, strict=True):
        for group, cell in enumerate(cells):
            assert estimate.structure.groups[group].parameter[cell] == parameter


def test_releasing_an_equality_does_about_what_its_test_says():
    frame = cases.data()
    text = "f =~ y1 + y2 + y3; y1 ~~ e*y1; y2 ~~ {}*y2; y3 ~~ y3"
    equal = cases.fit(text.format("e"), frame)
    free = cases.fit(text.format("d"), frame)
    (statistic,) = release_tests(equal.estimate).statistic
    fall = equal.estimate.chisq - free.estimate.chisq
    assert statistic == pytest.approx(fall, rel=FIRST_ORDER, abs=0.01)
