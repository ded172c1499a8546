import warnings

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import RowsLeftOutWarning
from kamlab.panel.design import build_design

N = 60


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "account_id": [f"A-{i % 20:02d}" for i in range(N)],
            "stayed": pd.array(rng.random(N) < 0.6, dtype="boolean"),
            "trust": rng.normal(4, 1, N),
            "commitment": rng.normal(4, 1, N),
            "count": pd.array(rng.integers(0, 5, N), dtype="Int64"),
            "flag": rng.random(N) < 0.5,
            "is_key": pd.array(rng.random(N) < 0.5, dtype="boolean"),
            "industry": pd.Series(rng.choice(["化学", "食品", "物流"], N)),
            "売上 高": rng.lognormal(size=N),
            "信頼": rng.normal(4, 1, N),
        }
    )


@pytest.mark.parametrize(
    ("formula", "parts"),
    [
        ("stayed ~ trist", ["trist", "trust"]),
        ("stayed ~ comitment + trust", ["comitment", "commitment"]),
        ("stayd ~ trust", ["stayd", "stayed"]),
        ("stayed ~ zzzz", ["zzzz"]),
        ("stayed ~ C(industy)", ["industy", "industry"]),
        ("stayed ~ log(trst)", ["trst", "trust"]),
        ("stayed ~ Q('売上')", ["売上"]),
    ],
)
def test_an_unknown_column_is_named_with_the_nearest_that_exists(rows, formula, parts, language):
    with pytest.raises(kl.ModelError) as caught:
        build_design(formula, rows)
    assert all(part in str(caught.value) for part in parts)


def test_all_unknown_columns_are_named_at_once(rows, language):
    with pytest.raises(kl.ModelError) as caught:
        build_design("stayed ~ trist + comitment + trust", rows)
    assert "trist" in str(caught.value)
    assert "comitment" in str(caught.value)


@pytest.mark.parametrize("formula", ["trust + commitment", "~ trust", ""])
def test_a_formula_without_an_outcome_is_refused(rows, formula, language):
    with pytest.raises(kl.ModelError):
        build_design(formula, rows)


@pytest.mark.parametrize(
    "formula",
    [
        "stayed ~ trust +",
        "stayed ~ (trust",
        "stayed ~ trust ~ commitment",
        "stayed ~ trust $ commitment",
        "stayed ~ log(trust",
        "stayed ~ trust = 4",
        "stayed ~ 3trust",
        "stayed ~ trust.foo",
        "stayed ~ log(industry)",
        "stayed ~ trust ** commitment",
    ],
)
def test_a_formula_that_cannot_be_read_is_refused_in_words_that_quote_it(rows, formula, language):
    with pytest.raises(kl.ModelError) as caught:
        build_design(formula, rows)
    assert formula in str(caught.value)


@pytest.mark.parametrize(
    "formula", ["industry ~ trust", "C(industry) ~ trust", "stayed + flag ~ trust"]
)
def test_an_outcome_that_is_not_one_number_a_row_is_refused(rows, formula):
    if formula.startswith("stayed"):
        rows = rows.assign(stayed=rows["industry"])
    with pytest.raises(kl.ModelError):
        build_design(formula, rows)


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        ("stayed ~ trust", ["Intercept", "trust"]),
        ("stayed ~ trust - 1", ["trust"]),
        ("stayed ~ 1", ["Intercept"]),
        ("stayed ~ trust * commitment", ["Intercept", "trust", "commitment", "trust:commitment"]),
        ("stayed ~ count", ["Intercept", "count"]),
        ("stayed ~ is_key", ["Intercept", "is_key"]),
        ("stayed ~ flag", ["Intercept", "flag[T.True]"]),
        ("stayed ~ I(trust > 4)", ["Intercept", "I(trust > 4)[T.True]"]),
        ("stayed ~ 信頼", ["Intercept", "信頼"]),
        ('stayed ~ Q("売上 高")', ["Intercept", 'Q("売上 高")']),
        ('stayed ~ log(Q("売上 高"))', ["Intercept", 'log(Q("売上 高"))']),
        (
            "stayed ~ C(industry)",
            ["Intercept", "C(industry)[T.物流]", "C(industry)[T.食品]"],
        ),
        ("stayed ~ industry", ["Intercept", "industry[T.物流]", "industry[T.食品]"]),
    ],
)
def test_terms_of_every_kind_become_columns(rows, formula, terms):
    design = build_design(formula, rows)
    assert list(design.terms.columns) == terms
    assert len(design.terms) == N
    assert design.n_left_out == 0
    again = design.terms_of(rows)
    np.testing.assert_array_equal(again.to_numpy(), design.terms.to_numpy())


def test_values_of_terms_are_what_the_formula_says(rows):
    design = build_design('stayed ~ trust:commitment + log(Q("売上 高")) + count', rows)
    values = design.terms
    np.testing.assert_allclose(values["trust:commitment"], rows["trust"] * rows["commitment"])
    np.testing.assert_allclose(values['log(Q("売上 高"))'], np.log(rows["売上 高"]))
    np.testing.assert_array_equal(values["count"], rows["count"].astype(float))
    np.testing.assert_array_equal(design.outcome, rows["stayed"].astype(float))


@pytest.mark.parametrize("dtype", ["boolean", "bool", "Int64", "int64", "float64"])
def test_a_yes_or_no_outcome_of_any_type_is_one_column_of_zeros_and_ones(rows, dtype):
    typed = rows.assign(stayed=rows["stayed"].astype(dtype))
    design = build_design("stayed ~ trust", typed)
    np.testing.assert_array_equal(design.outcome, rows["stayed"].astype(float))


@pytest.mark.parametrize("dtype", ["Float64", "Int64", "boolean"])
def test_missing_values_of_nullable_columns_are_left_out(rows, dtype):
    typed = rows.assign(x=(rows["count"] > 2).astype(dtype))
    typed.loc[[3, 7], "x"] = pd.NA
    with pytest.warns(RowsLeftOutWarning):
        design = build_design("stayed ~ x", typed)
    assert (len(design.outcome), design.n_left_out) == (N - 2, 2)


def test_rows_left_out_are_counted_by_reason_and_column(rows, language):
    rows.loc[[0, 1, 2], "trust"] = np.nan
    rows.loc[[2, 3], "commitment"] = np.nan
    rows.loc[[10, 11, 12, 13, 14], "売上 高"] = 0.0
    with pytest.warns(RowsLeftOutWarning) as caught:
        design = build_design('stayed ~ trust + commitment + log(Q("売上 高"))', rows)
    assert [count for _, count in design.left_out] == [4, 5]
    assert len(design.outcome) == N - 9
    message = str(caught[0].message)
    for part in ("trust (3)", "commitment (2)", "9", str(N), "5"):
        assert part in message


@pytest.mark.parametrize("bad", [0.0, -3.0])
def test_a_logarithm_of_what_is_not_positive_is_left_out_and_counted(rows, bad):
    rows.loc[:3, "売上 高"] = bad
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        design = build_design('log(Q("売上 高")) ~ trust', rows)
    assert [w.category for w in caught] == [RowsLeftOutWarning]
    assert design.n_left_out == 4


def test_a_predictor_without_a_logarithm_is_not_blamed_on_the_outcome(rows):
    words = kl.foundation.language.same("OUTCOME IS IMPOSSIBLE")
    rows.loc[:3, "trust"] = 0.0
    with pytest.warns(RowsLeftOutWarning) as caught:
        build_design('Q("売上 高") ~ log(trust)', rows, outcome_range=words)
    assert "OUTCOME IS IMPOSSIBLE" not in str(caught[0].message)


def test_rows_that_no_term_can_be_made_of_are_not_called_predictable(rows):
    changed = rows.assign(trust=rows["trust"].where(rows.index > 3, 0.0))
    design = build_design("stayed ~ log(trust)", rows)
    usable = design.predictable(changed)
    with np.errstate(divide="ignore"):
        assert np.isfinite(design.terms_of(usable).to_numpy()).all()


def test_a_category_that_the_fit_never_saw_is_refused_in_words(rows, language):
    design = build_design("stayed ~ C(industry)", rows)
    with pytest.raises(kl.KamlabError, match="新産業"):
        design.terms_of(rows.head(3).assign(industry="新産業"))


def test_a_missing_predictor_is_refused_in_words(rows, language):
    design = build_design("stayed ~ trust", rows)
    with pytest.raises(kl.KamlabError):
        design.terms_of(rows.assign(trust=rows["trust"].where(rows.index > 3)))


def test_centring_and_standardising_remember_the_fitted_rows(rows):
    design = build_design("stayed ~ center(trust)", rows)
    other = design.terms_of(rows.head(5))["center(trust)"]
    np.testing.assert_allclose(other, rows["trust"].head(5) - rows["trust"].mean())


def test_too_few_rows_are_refused(rows, language):
    with pytest.raises(kl.NotApplicable, match="3"):
        build_design("stayed ~ trust", rows.head(3))


def test_the_index_of_the_table_does_not_matter(rows):
    plain = build_design("stayed ~ trust", rows)
    doubled = build_design("stayed ~ trust", rows.set_index(pd.Index([0] * N)))
    assert len(doubled.groups) == N
    np.testing.assert_array_equal(doubled.terms.to_numpy(), plain.terms.to_numpy())
    assert doubled.groups.tolist() == plain.groups.tolist()


def test_the_table_is_not_changed(rows):
    before = rows.copy(deep=True)
    build_design("log(trust ** 2) ~ count + is_key", rows)
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize("name", ["net_margin", "revenue", "stayed", "decided"])
def test_what_the_period_itself_brings_cannot_explain_it(table, name, language):
    with pytest.raises(kl.ModelError, match=name):
        build_design(f"np.log(employees) ~ trust + {name}", table.assign(revenue=1.0))


def test_fewer_accounts_than_terms_are_refused(table):
    past = table.dropna(subset=["net_margin"])
    few = past[past["account_id"].isin(past["account_id"].unique()[:3])]
    with pytest.raises(kl.NotApplicable, match="3 account"):
        build_design("net_margin ~ trust + commitment + tenure", few)
