"""What our own people say of each simulated account: plausible, early, and without effect."""

import hashlib
import tomllib
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import kamlab as kl
from kamlab.accounts import simulate
from kamlab.accounts.simulation.truth import RETENTION
from kamlab.accounts.tables import table
from kamlab.foundation.language import speaking
from kamlab.intake.giving.write import write_company
from kamlab.intake.read import read_company

ERRORS = 3.5  # Monte-Carlo standard errors; the seeds are fixed
DECLARED = tomllib.loads(
    files("kamlab.accounts")
    .joinpath("declarations", "account_ratings.toml")
    .read_text(encoding="utf-8")
)["column"]
NAMES = [entry["name"] for entry in DECLARED]
RATED = [name for name in NAMES if table("accounts")[name].maximum == 7]
BEFORE_RATINGS = "f79f91a51a33e422ee41f9f1ba8c76c2ee36750fddee8d364e6099fad4c83e4c"
"""Digest of what simulate_company(60, 3) gave before it had ratings, made by that version."""


@pytest.fixture(scope="module")
def sample():
    return kl.sample_company().accounts


@pytest.fixture(scope="module")
def large():
    return kl.simulate_company(n_accounts=4000, seed=8)


def mean_of(accounts, *starts):
    return accounts[[name for name in accounts if name.startswith(starts)]].mean(axis=1)


def test_whatever_was_there_before_the_ratings_is_unchanged():
    frames = dict(kl.simulate_company(n_accounts=60, seed=3).tables)
    frames["accounts"] = frames["accounts"].drop(columns=NAMES)
    text = "".join(name + frames[name].to_csv() for name in sorted(frames))
    assert hashlib.sha256(text.encode()).hexdigest() == BEFORE_RATINGS


def test_every_declared_column_is_simulated(sample):
    assert list(sample)[-len(NAMES) :] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_keeps_to_its_declaration(large, name):
    column, values = table("accounts")[name], large.accounts[name].dropna()
    if column.type == "category":
        assert set(values) == set(column.values)
    elif column.type == "boolean":
        assert set(values) == {True, False}
    else:
        assert (values % 1 == 0).all()
        assert values.min() >= column.minimum
        assert values.max() <= (column.maximum or 3)
        assert values.nunique() >= 4


def test_about_one_rating_in_a_hundred_is_missing(large):
    cells = large.accounts[RATED]
    assert len(RATED) == 34
    missing = cells.isna().to_numpy().mean()
    assert abs(missing - 0.01) < ERRORS * np.sqrt(0.01 * 0.99 / cells.size)


def test_later_years_leave_no_trace_in_the_ratings(monkeypatch):
    whole = kl.simulate_company(n_accounts=200, seed=4)
    monkeypatch.setattr(simulate, "YEARS", 2)
    short = kl.simulate_company(n_accounts=200, seed=4)
    assert not short.truth.quality.equals(whole.truth.quality)
    pd.testing.assert_frame_equal(short.accounts[NAMES], whole.accounts[NAMES], check_exact=True)


def test_renewals_do_not_listen_to_the_ratings(large):
    accounts = large.accounts.assign(
        attractiveness=mean_of(large.accounts, "attract_"),
        strength=mean_of(large.accounts, "strength_"),
        context=mean_of(large.accounts, "context_"),
        practice=mean_of(large.accounts, "practice_"),
        difficulty=mean_of(large.accounts, "difficulty_"),
        ending=large.accounts["is_ending"].astype(float),
        joint=large.accounts["joint_plan"].astype(float),
    )
    said = [
        "attractiveness", "strength", "context", "practice", "difficulty", "ending", "joint",
        "relationship_stage",
    ]  # fmt: skip
    rows = large.periods.dropna(subset="stayed").merge(accounts, on="account_id")
    rows["wave"] = rows["period"] - rows["period"].min() + 1
    rows = rows.merge(large.truth.quality, on=["account_id", "wave"])
    rows["tenure"] = (rows["start"] - rows["customer_since"]).dt.days / 365.25
    x = sm.add_constant(rows[[*RETENTION, *said]])
    fit = sm.Logit(rows["stayed"].astype(float), x).fit(disp=0)
    for name in said:
        assert abs(fit.params[name]) < ERRORS * fit.bse[name], name
    assert fit.params["commitment"] > 5 * fit.bse["commitment"]


def webster_stages(company):
    """Return the stage of each account by the rules of the seven-stage continuum."""
    accounts = company.accounts.set_index("account_id")
    orders = company.transactions["account_id"].value_counts().reindex(accounts.index)
    contract = accounts["has_contract"]
    return np.select(
        [
            accounts["is_owned"],
            accounts["alliances"] >= 2,
            accounts["joint_investment"],
            accounts["sole_or_dual_source"] & accounts["joint_plan"],
            contract & (accounts["share_of_wallet"] < 0.5),
            ~contract & (orders >= 2),
            ~contract & (orders == 1),
        ],
        range(7, 0, -1),
        0,
    )


def test_all_seven_stages_of_the_continuum_occur_in_the_sample():
    stages, counts = np.unique(webster_stages(kl.sample_company()), return_counts=True)
    assert set(range(1, 8)) <= set(stages)
    of_stage = dict(zip(stages.tolist(), counts.tolist(), strict=True))
    assert of_stage[3] > of_stage[4] > of_stage[5] > of_stage[6] > of_stage[7]


@pytest.mark.parametrize("seed", range(5))
def test_the_upper_stages_occur_in_every_company_of_that_size(seed):
    stages = webster_stages(kl.simulate_company(seed=seed))
    counts = np.bincount(stages, minlength=8)
    assert (counts[3:8] > 0).all()
    assert (np.diff(counts[3:8]) < 0).all()


def test_attractiveness_follows_size_and_strength_does_not(large):
    size = np.log10(large.accounts["employees"])
    assert size.corr(mean_of(large.accounts, "attract_")) == pytest.approx(0.6, abs=0.05)
    assert size.corr(mean_of(large.accounts, "strength_")) == pytest.approx(0, abs=0.06)


@pytest.mark.parametrize(
    ("said", "felt", "expected"),
    [
        (("strength_",), "relationship_benefits", 0.75),
        (("strength_rep", "strength_rel", "strength_st"), "trust", 0.4),
        (("supply_",), "termination_costs", 0.65),
        (("strategic_", "market_influence"), "shared_values", 0.4),
        (("relationship_stage",), "commitment", 0.75),
        (("stage_total",), "commitment", 0.8),
    ],
)
def test_ratings_see_the_relationship_of_the_first_wave(large, said, felt, expected):
    quality = large.truth.quality
    first = quality[quality["wave"] == 1].set_index("account_id")[felt]
    seen = mean_of(large.accounts.set_index("account_id"), *said)
    assert seen.corr(first) == pytest.approx(expected, abs=0.08)


CONTEXT = {
    "buyer_": ("context_alternatives", "context_bargaining", "context_concentration"),
    "supplier_": ("context_growth", "context_newness", "context_redesign"),
}
PRACTICE = {
    "buyer_": ("practice_information", "practice_time", "practice_cooperation"),
    "supplier_": ("practice_visits", "practice_joint", "practice_burden"),
}


@pytest.mark.parametrize("side", CONTEXT)
def test_context_and_practice_follow_the_investments_of_their_side(large, side):
    invested = mean_of(large.accounts, side)
    context, practice = (mean_of(large.accounts, *names[side]) for names in (CONTEXT, PRACTICE))
    assert invested.corr(context) == pytest.approx(0.6, abs=0.05)
    assert invested.corr(practice) == pytest.approx(0.7, abs=0.05)
    other = next(each for each in CONTEXT if each != side)
    assert abs(mean_of(large.accounts, other).corr(context)) < 0.15


def test_most_accounts_are_run_as_their_context_asks_and_some_are_not(sample):
    def cell(names):
        sides = [mean_of(sample, *names[side]) >= 4 for side in ("buyer_", "supplier_")]
        return sides[0] * 2 + sides[1]

    asked, run = cell(CONTEXT), cell(PRACTICE)
    effort = {0: 0, 1: 1, 2: 1, 3: 2}
    more = run.map(effort) - asked.map(effort)
    assert (run == asked).mean() > 0.5
    assert (more > 0).mean() > 0.1
    assert (more < 0).mean() > 0.1


def test_the_total_goes_with_the_stage_but_not_slavishly(large):
    accounts = large.accounts
    begun = accounts[accounts["relationship_stage"] > 1]
    band = 2 + np.searchsorted([11, 17, 23], begun["stage_total"], side="right")
    assert 0.8 < (band == begun["relationship_stage"]).mean() < 0.95
    assert (abs(band - begun["relationship_stage"]) <= 1).all()


def test_few_have_no_business_yet_and_those_have_neither_contract_nor_total(sample):
    first = sample[sample["relationship_stage"] == 1]
    assert 0 < len(first) < 0.05 * len(sample)
    assert not first["has_contract"].any()
    assert first["stage_total"].isna().all()
    assert sample.loc[sample["relationship_stage"] > 1, "stage_total"].notna().all()


def test_few_relationships_are_ending_and_rather_those_of_low_commitment(large):
    ending = large.accounts["is_ending"].astype(bool)
    assert 0.02 < ending.mean() < 0.045
    quality = large.truth.quality
    commitment = quality.loc[quality["wave"] == 1, "commitment"].to_numpy()
    assert commitment[ending].mean() < commitment[~ending].mean() - 0.5


def test_role_and_level_belong_to_the_manager(sample):
    posts = sample.groupby("manager")[["manager_role", "manager_level"]]
    assert (posts.nunique() < 2).all(axis=None)
    roles = posts.first()["manager_role"].value_counts()
    assert roles["both"] > len(posts) / 2
    assert {"hunter", "farmer"} <= set(roles.index)


@pytest.mark.parametrize("place", ["company", "company.xlsx"])
@pytest.mark.parametrize("headings", ["name", "label"])
def test_ratings_survive_a_file(small_company, tmp_path, place, headings, language):
    alone = kl.Company(accounts=small_company.accounts)
    again = read_company(write_company(alone, tmp_path / place, headings=headings)).accounts
    pd.testing.assert_frame_equal(again, small_company.accounts, check_exact=True)


def test_words_of_a_japanese_export_are_understood(tmp_path):
    headings = "顧客ID,購買予算,関係の段階,取引終了の通告,営業担当者の役割,営業担当者の担当範囲"
    record = "017,6,4,いいえ,既存深耕,全国顧客担当"
    tmp_path.joinpath("顧客.csv").write_text(f"{headings}\n{record}\n", encoding="utf-8")
    row = read_company(tmp_path).accounts.iloc[0]
    assert row["attract_budget"] == 6
    assert row["relationship_stage"] == 4
    assert not row["is_ending"]
    assert (row["manager_role"], row["manager_level"]) == ("farmer", "national")


@pytest.mark.parametrize(
    ("column", "value"),
    [("attract_budget", 8), ("relationship_stage", 6), ("stage_total", 5), ("alliances", -1)],
)
def test_what_lies_outside_is_refused(column, value, language):
    with pytest.raises(kl.DataError, match=column):
        kl.Company(accounts=pd.DataFrame({"account_id": ["1"], column: [value]}))


def test_the_stage_is_declared_with_its_five_definitions():
    meaning = table("accounts")["relationship_stage"].meaning
    for stage in range(1, 6):
        assert f"{stage}: " in meaning.en
        assert f"{stage}：" in meaning.ja
    assert table("accounts")["relationship_stage"].maximum == 5


def test_only_columns_without_a_type_take_the_defaults():
    declared = {entry["name"]: entry for entry in DECLARED}
    for name in NAMES:
        column = table("accounts")[name]
        assert (column.type == "rating") == ("type" not in declared[name]), name
        assert (column.minimum is None) == (column.type in ("boolean", "category")), name
    with speaking("ja"):
        assert str(table("accounts")["attract_budget"].unit) == "点"
