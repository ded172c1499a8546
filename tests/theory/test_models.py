"""The models as text: what they say, what they leave free, and how well they are known."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.claims import Status
from kamlab.sem.fit import fit_sem
from kamlab.sem.nesting import reproduction
from kamlab.theory.kmv import ANTECEDENTS, HYPOTHESES, OUTCOMES

MODELS = kl.theory.MODELS
TEXTS = {name: (model.with_items(), model.paths) for name, model in MODELS.items()}
PATHS = {name: paths for name, (_, paths) in TEXTS.items()}
ITEMS = {name: text for name, (text, _) in TEXTS.items()}
SAME = 1e-6  # two searches for one minimum


def data(names, *, n=400, seed=3):
    """Correlated data that obey none of the models."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 3)) @ rng.normal(size=(3, len(names)))
    return pd.DataFrame(common + 2 * rng.normal(size=(n, len(names))), columns=names)


def fitted(text, frame, **options):
    return fit_sem(text, frame, se="none", **options)


def observed(name, *, items):
    known = {construct.name: construct.columns for construct in kl.constructs()}
    constructs = MODELS[name].constructs
    return [item for one in constructs for item in known[one]] if items else list(constructs)


def regressions(text):
    rows = [line.split(" ~ ") for line in text.splitlines() if " ~ " in line]
    return {(cause, outcome) for outcome, causes in rows for cause in causes.split(" + ")}


def test_the_theorys_text_has_the_thirteen_paths_and_no_other():
    expected = {(h.cause, h.outcome) for h in HYPOTHESES}
    assert regressions(kl.theory.KMV_PATHS) == expected
    assert regressions(kl.theory.KMV) == expected


def test_the_rival_regresses_each_outcome_on_all_seven():
    seven = (*ANTECEDENTS, "trust", "commitment")
    assert regressions(kl.theory.RIVAL_PATHS) == set(itertools.product(seven, OUTCOMES))


# Moments of 12 or 13 scores less paths, variances and free covariances, counted by hand.
@pytest.mark.parametrize(
    ("name", "npar", "df"),
    [
        ("kmv", 13 + 7 + 15, 43),
        ("rival", 35 + 5 + 28, 10),
        ("kmv_satisfaction", 15 + 7 + 21, 48),
        # 2 loadings, 10 paths, 1 + 3 + 5 disturbances, 15 moments of the antecedents
        ("second_order", 2 + 10 + 9 + 15, 55),
        ("three_mediators", 30 + 8 + 3 + 15, 35),
        ("crosby", 1 + 13 + 9 + 15, 53),
        ("crosby_pair", 20 + 8 + 1 + 15, 47),
    ],
)
@pytest.mark.parametrize("fixed_x", [None, False])
def test_scores_leave_the_degrees_of_freedom_that_one_counts(name, npar, df, fixed_x):
    text = PATHS[name]
    fit = fitted(text, data(observed(name, items=False)), fixed_x=fixed_x).glance().iloc[0]
    assert (fit["npar"], fit["df"]) == (npar, df)
    p = len(observed(name, items=False))
    assert npar + df == p * (p + 1) / 2


@pytest.mark.parametrize(("name", "df"), [("kmv", 642), ("rival", 609), ("second_order", 756)])
def test_items_leave_as_many_restrictions_among_constructs(name, df):
    """Beside one loading less than items, and one error each, the structure is that of scores."""
    p, k = len(observed(name, items=True)), len(MODELS[name].constructs)
    structure = {"kmv": 35, "rival": 68, "second_order": 36}[name]
    assert df == p * (p + 1) // 2 - ((p - k) + p + structure)
    frame = kl.simulate_company(n_accounts=60, seed=2).survey[observed(name, items=True)].dropna()
    assert fitted(ITEMS[name], frame).glance()["df"].item() == df


def test_left_to_defaults_the_outcomes_would_covary_and_the_rival_could_not_fail():
    """So the text sets these covariances to zero; the difference of 33 is the same either way."""
    frame = data(observed("kmv", items=False))
    free = {
        name: "\n".join(line for line in PATHS[name].splitlines() if "0*" not in line)
        for name in ("kmv", "rival")
    }
    assert fitted(free["kmv"], frame).glance()["df"].item() == 33
    assert fitted(free["rival"], frame).glance()["df"].item() == 0


def test_both_models_are_held_against_the_same_baseline():
    frame = data(observed("kmv", items=False))
    baselines = [
        fitted(PATHS[name], frame).glance()[["chisq_baseline", "df_baseline"]].iloc[0].tolist()
        for name in ("kmv", "rival")
    ]
    assert baselines[0] == pytest.approx(baselines[1])
    assert baselines[0][1] == 66


@pytest.mark.parametrize("seed", range(4))
def test_the_theorys_model_is_nested_in_the_rival_and_not_the_other_way_round(seed):
    frame = data(observed("kmv", items=False), seed=seed)
    kmv, rival = (fitted(PATHS[name], frame) for name in ("kmv", "rival"))
    assert reproduction(kmv, rival) is not None
    assert reproduction(rival, kmv) is None
    assert rival.glance()["chisq"].item() < kmv.glance()["chisq"].item()


@pytest.mark.parametrize(
    ("one", "other"), [("crosby", "crosby_pair"), ("second_order", "three_mediators")]
)
def test_a_common_quality_and_its_parts_side_by_side_are_not_nested(one, other):
    """So no chi-square difference is offered for them, only AIC and BIC."""
    frame = data(observed(one, items=False))
    first, second = (fitted(PATHS[name], frame) for name in (one, other))
    assert reproduction(first, second) is None
    assert reproduction(second, first) is None


def test_no_two_models_of_the_same_constructs_say_the_same():
    for constructs in {model.constructs for model in MODELS.values()}:
        frame = data(list(constructs))
        names = [name for name in MODELS if MODELS[name].constructs == constructs]
        found = [fitted(PATHS[name], frame).glance()["chisq"].item() for name in names]
        gaps = np.diff(np.sort(found))
        assert (gaps > SAME * np.max(found)).all()


def test_the_paths_of_the_theory_are_regressions_one_by_one():
    frame = data(observed("kmv", items=False))
    centred = frame - frame.mean()
    tidy = fit_sem(kl.theory.KMV_PATHS, frame).tidy().query("op == '~'")
    for outcome, own in tidy.groupby("lhs"):
        causes = centred[own["rhs"].tolist()].to_numpy()
        slopes, *_ = np.linalg.lstsq(causes, centred[outcome].to_numpy(), rcond=None)
        np.testing.assert_allclose(own["estimate"], slopes, rtol=SAME)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_says_what_it_is_and_how_well_it_is_known(name, language):
    model = MODELS[name]
    assert model.name == name
    assert model.claim.value is model.label
    assert str(model.claim.citation)
    assert model.paths == PATHS[name]
    assert model.with_items() == ITEMS[name]


def test_only_the_theorys_own_model_is_not_called_ours():
    status = {name: model.claim.status for name, model in MODELS.items()}
    assert status.pop("kmv") is Status.SECONDARY
    assert set(status.values()) == {Status.DESIGN}
    assert "our version" in str(MODELS["rival"].claim.source)


@pytest.mark.parametrize("name", MODELS)
def test_items_measure_every_construct_once(name):
    measured = re.findall(r"^(\w+) =~ (.+)$", ITEMS[name], flags=re.MULTILINE)
    own = {construct: items.split(" + ") for construct, items in measured}
    declared = {c.name: list(c.columns) for c in kl.constructs()}
    for construct in MODELS[name].constructs:
        assert own[construct] == declared[construct]
    assert set(own) <= {*MODELS[name].constructs, "relationship_quality"}


def test_satisfaction_is_in_the_alternatives_alone():
    assert tuple(n for n in MODELS if n not in ("kmv", "rival")) == kl.theory.ALTERNATIVES
    assert "satisfaction" not in kl.theory.KMV + kl.theory.RIVAL


def test_a_survey_with_fewer_items_is_measured_by_those_it_has():
    items = {c.name: c.columns[:2] for c in kl.constructs()}
    text = MODELS["kmv"].with_items(items)
    assert "trust =~ trust_1 + trust_2\n" in text
    assert "trust_3" not in text
