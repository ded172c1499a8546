"""What all models of `fit_retention` share: verbs, effects, redraws, refusals."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from scipy.special import expit, logit

import kamlab as kl
from kamlab.panel.delta_method import jacobian
from kamlab.panel.resample import Resample
from kamlab.retention.renewal.fit import MODELS, fit_retention
from kamlab.retention.survival.cox_regression import CoxRegression

FORMULA = "stayed ~ trust + commitment + tenure"
LINKED = ("logit", "probit", "cloglog", "firth")
ALL = (*LINKED, "random_intercept")
# Central differences with a step of 1e-4 of a smooth function.
NUMERICAL = 1e-6


@pytest.fixture(scope="module")
def fits(_table):
    return {model: fit_retention(FORMULA, _table, model=model) for model in ALL}


@pytest.fixture(scope="module")
def spread():
    """A fit whose intercepts do differ, and its rows."""
    rng = np.random.default_rng(6)
    n, t = 250, 6
    rows = pd.DataFrame(
        {
            "account_id": np.repeat([f"A-{i:03d}" for i in range(n)], t),
            "period": np.tile(np.arange(t) + 2018, n),
            "trust": rng.normal(4, 1, n * t),
            "decided": True,
        }
    )
    rows["start"] = pd.to_datetime(rows["period"].astype(str) + "-04-01")
    own = np.repeat(rng.normal(0, 1.5, n), t)
    rows["stayed"] = (rng.random(n * t) < expit(1 + (rows["trust"] - 4) + own)).astype(float)
    return fit_retention("stayed ~ trust", rows, model="random_intercept"), rows


@pytest.mark.parametrize("model", ALL)
def test_average_effects_are_mean_slopes_of_predictions(fits, model):
    fit, step = fits[model], 1e-4
    used = fit.design.used
    for term in ("trust", "tenure"):
        up, down = (
            fit.predict(used.assign(**{term: used[term] + move}))["stay_probability"]
            for move in (step, -step)
        )
        found = fit.tidy().set_index("term").loc[term, "ame"]
        assert found == pytest.approx(((up - down) / (2 * step)).mean(), rel=NUMERICAL)


def test_the_average_effect_averages_over_intercepts(spread):
    fit, rows = spread
    assert 1 < fit.intercept_sd < 2
    a, b = fit.estimates.coefficients

    def slope(x):
        def at(z):
            chance = expit(a + b * x + fit.intercept_sd * z)
            return chance * (1 - chance) * stats.norm.pdf(z)

        return b * integrate.quad(at, -9, 9)[0]

    found = fit.tidy().set_index("term").loc["trust", "ame"]
    expected = np.mean([slope(x) for x in rows["trust"][:200]])
    part = fit_ame_of(fit, rows[:200])
    # 25 nodes for intercepts with a standard deviation of 1.5.
    assert part == pytest.approx(expected, rel=1e-4)
    assert abs(found) < abs(b) / 4  # the steepest slope of one account's logit


def fit_ame_of(fit, rows):
    parts, (at, _) = fit.predictors(rows), fit.parameters()
    return fit.mean_slope(parts, at) * at[1]


def test_limits_of_population_predictions_are_the_delta_methods(spread):
    fit, rows = spread
    at, covariance = fit.parameters()
    row = rows.head(1)
    x = np.array([1.0, row["trust"].item()])

    def chance(parameters):
        spot = x @ parameters[:2] + parameters[2] * np.linspace(-8, 8, 2001)
        weight = stats.norm.pdf(np.linspace(-8, 8, 2001))
        return np.array([logit(expit(spot) @ weight / weight.sum())])

    slopes = jacobian(chance, at, covariance)
    found = fit.predict(row)
    reach = stats.t.ppf(0.975, 249) * np.sqrt((slopes @ covariance @ slopes.T).item())
    low, high = logit(found[["stay_low", "stay_high"]].to_numpy()[0])
    # The limits move along the predictor, the check along the log odds of the mean.
    assert (high - low) / 2 == pytest.approx(reach, rel=0.03)


@pytest.mark.parametrize("model", ALL)
def test_a_draw_is_a_fit_of_its_accounts_counted_anew(fits, model):
    fit = fits[model]
    ids = pd.Index(fit.design.groups.unique())
    rng = np.random.default_rng(1)
    times = rng.multinomial(len(ids), np.full(len(ids), 1 / len(ids)), size=3).astype(float)
    draws = Resample(ids, times)
    if model == "random_intercept":
        with pytest.raises(kl.NotApplicable, match="redrawn"):
            fit.redrawn(draws)
        return
    found = fit.redrawn(draws).coefficients
    rows = fit.design.used
    for one, by in zip(draws.of(rows["account_id"]), found, strict=True):
        again = rows.loc[rows.index.repeat(one.astype(int))]
        # Copies of a row are rows of other accounts here; estimates do not mind.
        again = again.assign(account_id=[f"B-{i}" for i in range(len(again))])
        expected = fit_retention(FORMULA, again, model=model).estimates.coefficients
        np.testing.assert_allclose(by, expected, rtol=1e-6)


@pytest.mark.parametrize("model", ["logit", "probit", "cloglog"])
def test_influence_adds_up_to_the_clustered_covariance(fits, model):
    fit = fits[model]
    summed = pd.DataFrame(fit.estimates.influence).groupby(fit.design.groups.to_numpy()).sum()
    n, k = fit.design.terms.shape
    g = len(summed)
    covariance = summed.T.to_numpy() @ summed.to_numpy() * g / (g - 1) * (n - 1) / (n - k)
    np.testing.assert_allclose(covariance, fit.estimates.covariance, rtol=1e-6)


@pytest.mark.parametrize("model", LINKED)
def test_influence_is_what_an_accounts_weight_moves(fits, model):
    fit = fits[model]
    ids = pd.Index(fit.design.groups.unique())
    summed = pd.DataFrame(fit.estimates.influence).groupby(fit.design.groups.to_numpy()).sum()
    step = 1e-3
    for account in (0, 17):
        times = np.ones((2, len(ids)))
        times[:, account] += [step, -step]
        up, down = fit.redrawn(Resample(ids, times)).coefficients
        moved = (up - down) / (2 * step)
        expected = summed.loc[ids[account]].to_numpy()
        # First order; Firth's penalty moves with the weights by a part of the order 1/n.
        allowed = 1e-4 if model != "firth" else 0.2
        assert np.abs(moved - expected).max() < allowed * np.abs(expected).max()


@pytest.mark.parametrize("model", ALL)
def test_every_verb_speaks_both_languages(fits, model, language):
    fit = fits[model]
    text = str(fit.summary()) + fit.report()
    assert "nan" not in text
    direction = {
        "logit": ("odds ratio of staying", "継続のオッズ比"),
        "cloglog": ("hazard ratio of leaving", "離脱のハザード比"),
        "probit": ("percentage points of staying", "継続確率は平均"),
    }.get(model, ("odds ratio of staying", "継続のオッズ比"))[language == "ja"]
    assert direction in fit.report()
    ax = fit.plot()
    assert ax.get_xscale() == ("linear" if model == "probit" else "log")
    assert direction.split("の")[-1] in ax.figure.alt
    plt.close(ax.figure)


def test_ratios_are_of_staying_or_of_leaving(fits):
    columns = {model: set(fit.tidy()) for model, fit in fits.items()}
    for model in ("logit", "firth", "random_intercept"):
        assert {"odds_ratio", "odds_ratio_low", "odds_ratio_high"} <= columns[model]
    assert {"hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"} <= columns["cloglog"]
    assert not [name for name in columns["probit"] if "ratio" in name]
    trust = {model: fit.tidy().set_index("term").loc["trust"] for model, fit in fits.items()}
    assert trust["cloglog"]["hazard_ratio"] < 1 < trust["logit"]["odds_ratio"]
    # All say the same of staying.
    effects = [row["ame"] for row in trust.values()]
    assert max(effects) - min(effects) < 0.01


@pytest.mark.parametrize("model", ALL)
def test_limits_stand_on_their_sides(fits, model):
    found = fits[model].augment()
    assert (found["stay_low"] < found["stay_probability"]).all()
    assert (found["stay_probability"] < found["stay_high"]).all()
    tidy = fits[model].tidy()
    assert (tidy["conf_low"] < tidy["estimate"]).all()
    assert (tidy["estimate"] < tidy["conf_high"]).all()


@pytest.mark.parametrize("model", ALL)
def test_row_order_does_not_matter(fits, table, model):
    again = fit_retention(FORMULA, table.sample(frac=1, random_state=2), model=model)
    pd.testing.assert_frame_equal(again.tidy(), fits[model].tidy(), rtol=1e-6)


def test_a_cloglog_of_halved_periods_has_the_hazard_of_the_whole():
    """Proportional hazards: cutting every year in two leaves the hazard ratio as it is."""
    rng = np.random.default_rng(3)
    n = 6000
    trust = rng.normal(size=n)
    hazard = np.exp(-1.0 - 0.8 * trust)
    survived = [rng.random(n) < np.exp(-hazard / 2) for _ in range(2)]
    whole = pd.DataFrame({"trust": trust, "stayed": (survived[0] & survived[1]).astype(float)})
    halves = pd.concat(
        [
            pd.DataFrame({"trust": trust, "stayed": survived[0].astype(float)}),
            pd.DataFrame({"trust": trust, "stayed": survived[1].astype(float)})[survived[0]],
        ]
    )
    found = []
    for rows in (whole, halves):
        rows = rows.assign(account_id=rows.index, decided=True)
        rows["period"] = rows.groupby("account_id").cumcount()
        rows["start"] = pd.Timestamp("2020-04-01")
        tidy = fit_retention("stayed ~ trust", rows, model="cloglog").tidy().set_index("term")
        found.append(tidy.loc["trust"])
    for row in found:
        assert abs(row["estimate"] + 0.8) < 3.5 * row["std_error"]
    assert abs(found[0]["estimate"] - found[1]["estimate"]) < found[0]["std_error"]


@pytest.mark.parametrize("cov", ["cluster", "robust", "classical"])
def test_the_note_names_the_errors_used(table, cov, language):
    report = fit_retention(FORMULA, table, cov=cov).report()
    said = {
        "cluster": ("clustered by account", "クラスター頑健誤差"),
        "robust": ("HC1", "HC1"),
        "classical": ("the model's own", "モデル本来の標準誤差"),
    }
    for name, words in said.items():
        assert (words[language == "ja"] in report) == (name == cov)


def test_duration_goes_into_the_formula(table):
    smooth = fit_retention("stayed ~ trust + cr(tenure, df=3, constraints='center')", table)
    assert len(smooth.augment()) == len(smooth.current)
    tidy = smooth.tidy().set_index("term")
    assert tidy.loc[tidy.index.str.startswith("cr("), "ame"].isna().all()
    assert tidy.loc["trust", "ame"] > 0
    wide = "bs(tenure, 3, lower_bound=0, upper_bound=80)"
    assert len(fit_retention(f"stayed ~ trust + {wide}", table).augment())
    by_period = fit_retention("stayed ~ trust + C(period)", table)
    assert by_period.augment().empty  # the open period's own effect is not known
    known = len(by_period.current)
    assert f"for {known} of them" in by_period.report()


def test_a_spline_that_ends_too_early_is_refused_with_the_remedy(table, language):
    with pytest.raises(kl.ModelError, match="upper_bound="):
        fit_retention("stayed ~ trust + bs(tenure, 3)", table)


def test_cox_is_handed_on(table):
    fit = fit_retention("stayed ~ trust", table, model="cox")
    assert isinstance(fit, CoxRegression)
    assert fit.cov == "cluster"
    assert fit_retention("stayed ~ trust", table, model="cox", cov="classical").cov == "classical"


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({"model": "logistic"}, ["'logistic'", *map(repr, MODELS)]),
        ({"cov": "HC3"}, ["'HC3'", "'robust'", "'classical'"]),
        ({"model": "firth", "cov": "cluster"}, ["firth", "cov="]),
        ({"model": "random_intercept", "cov": "robust"}, ["random_intercept", "cov="]),
        ({"error": "yes"}, ["kl.score_error", "str"]),
        ({"model": "tobit", "cov": "x"}, ["'tobit'", "'x'"]),
    ],
)
def test_choices_that_do_not_exist_are_refused_at_once(table, given, parts, language):
    with pytest.raises(kl.ArgumentError) as caught:
        fit_retention(FORMULA, table, **given)
    assert all(part in str(caught.value) for part in parts)


@pytest.mark.parametrize(
    "given",
    [{"model": "firth"}, {"model": "random_intercept"}, {"model": "cox"}, {"cov": "robust"}],
)
def test_a_correction_is_refused_where_there_is_none(company, table, given, language):
    with pytest.raises(kl.ArgumentError, match="error="):
        fit_retention(FORMULA, table, error=kl.score_error(company), **given)


def test_random_intercepts_need_two_periods_of_some_account(table, language):
    one = table[table["stayed"].notna()].drop_duplicates("account_id")
    with pytest.raises(kl.NotApplicable, match="logit"):
        fit_retention("stayed ~ trust", one, model="random_intercept")


def test_thetable_of_the_user_stays_as_it_was(table):
    before = table.copy(deep=True)
    for model in ALL:
        fit_retention(FORMULA, table, model=model).augment()
    pd.testing.assert_frame_equal(table, before)
