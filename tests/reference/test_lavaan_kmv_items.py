"""The test of commitment-trust theory at the level of items beside lavaan, gaps included."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.reference.test_lavaan_kmv import RERUN, numbers, run_lavaan

HERE = Path(__file__).parent
ITEMS, NUMBERS = HERE / "kmv_items.csv", HERE / "lavaan_kmv_items.csv"
TEXTS = {name: HERE / f"{name}_items.txt" for name in ("kmv", "rival")}
# lavaan's search ends where its gradient is below 1e-6, and its information from differences of it
ESTIMATE, ERROR, FIT = 1e-6, 1e-5, 1e-6
NAMES = {"pvalue": "p_value"}


@pytest.fixture(scope="module")
def assessed():
    items = pd.read_csv(ITEMS)
    ids = [f"A-{number:03d}" for number in range(len(items))]
    who = {"account_id": ids, "respondent_id": ids, "wave": 1, "answered_on": "2026-04-01"}
    return kl.assess_theory(items.assign(**who), level="item")


def lavaan(model):
    return numbers(NUMBERS).query("model == @model").astype({"value": float})


@pytest.mark.parametrize("model", TEXTS)
def test_lavaan_was_given_the_models_own_text(model):
    assert TEXTS[model].read_text(encoding="utf-8") == kl.theory.MODELS[model].with_items() + "\n"


def test_the_items_have_gaps():
    assert pd.read_csv(ITEMS).isna().any(axis=1).sum() > 5


@pytest.mark.parametrize("model", TEXTS)
def test_standardised_paths_and_their_errors_are_lavaans(assessed, model):
    table = assessed.tidy() if model == "kmv" else assessed.rival_paths()
    found = table.set_index(["outcome", "cause"])
    expected = lavaan(model).set_index(["outcome", "cause"])
    for what, tolerance in (("estimate", ESTIMATE), ("std_error", ERROR)):
        own = expected.loc[expected["what"] == what, "value"]
        assert len(own) == len(found)
        np.testing.assert_allclose(found.loc[own.index, what], own, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("model", TEXTS)
def test_measures_of_fit_are_lavaans(assessed, model):
    found = assessed.rival().set_index("model").loc[model]
    measures = lavaan(model).query("outcome == ''").set_index("what")["value"]
    assert len(measures) == 11
    for name, expected in measures.items():
        assert found[NAMES.get(name, name)] == pytest.approx(expected, rel=FIT)


@pytest.mark.r
def test_lavaan_gives_the_stored_numbers_again(tmp_path):
    again = tmp_path / "again.csv"
    run_lavaan("lavaan_kmv_items.R", ITEMS, *TEXTS.values(), again)
    found, stored = numbers(again), numbers(NUMBERS)
    keys = ["model", "what", "outcome", "cause"]
    assert found[keys].equals(stored[keys])
    np.testing.assert_allclose(
        found["value"].astype(float), stored["value"].astype(float), rtol=RERUN, atol=RERUN
    )
