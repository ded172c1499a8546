import dataclasses

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.tables import table as declared
from kamlab.panel.analysis_table import current_rows

RATED = ("trust", "commitment", "satisfaction")
EXACT = 1e-12  # the same arithmetic in another order


def by_loops(company):
    """The analysis table again, one row at a time, in plain Python."""
    survey = company.survey
    answers_of, events_of = {}, {}
    for answer in survey.to_dict("records"):
        answers_of.setdefault(answer["account_id"], []).append(answer)
    for event in company.interactions.to_dict("records"):
        events_of.setdefault(event["account_id"], []).append(event)
    accounts = company.accounts.set_index("account_id")
    columns = {
        c.name: [i for i in c.columns if i in survey] for c in kl.constructs() if c.name in RATED
    }
    rows = []
    for period in company.periods.itertuples():
        account = accounts.loc[period.account_id]
        row = {"account_id": period.account_id, "period": period.period}
        row["net_margin"] = period.margin - period.cost_to_serve
        row["tenure"] = (period.start - account["customer_since"]).days / 365.25
        row["size"] = np.log10(account["employees"])
        row["decided"] = not pd.isna(period.stayed)
        answers = answers_of.get(period.account_id, [])
        known = [a for a in answers if a["answered_on"] < period.start]
        if known:
            wave = max(a["wave"] for a in known)
            known = [a for a in known if a["wave"] == wave]
            row["wave"] = wave
            row["n_respondents"] = len({a["respondent_id"] for a in known})
            row["quality_age"] = (period.start - max(a["answered_on"] for a in known)).days
            for name, items in columns.items():
                scores = []
                for answers in known:
                    given = [answers[i] for i in items if not np.isnan(answers[i])]
                    if 2 * len(given) >= len(items) and given:
                        scores.append(sum(given) / len(given))
                row[name] = sum(scores) / len(scores) if scores else np.nan
        opens = period.start.replace(year=period.start.year - 1)
        for kind in declared("interactions")["kind"].values:
            row[f"{kind}_last_year"] = sum(
                opens <= e["occurred_on"] < period.start
                for e in events_of.get(period.account_id, [])
                if e["kind"] == kind
            )
        rows.append(row)
    return pd.DataFrame(rows).sort_values(["account_id", "period"], ignore_index=True)


def test_the_whole_table_is_what_loops_over_the_tables_give(small_company):
    expected = by_loops(small_company)
    found = kl.analysis_table(small_company)
    recorded = small_company.interactions["occurred_on"].min()
    # Counts of years before the record began are another question (test_leaks).
    unknown = (found["start"] - pd.DateOffset(years=1) < recorded).to_numpy()
    for name in expected.columns:
        if name.endswith("_last_year"):
            kept = ~unknown
            assert kept.any()
            np.testing.assert_array_equal(
                found.loc[kept, name].astype(float), expected.loc[kept, name].astype(float)
            )
        elif expected[name].dtype.kind in "fiub":
            np.testing.assert_allclose(
                found[name].astype(float), expected[name].astype(float), rtol=EXACT
            )
        else:
            assert found[name].tolist() == expected[name].tolist()


def test_every_period_has_one_row_and_none_is_lost_or_made(company, table):
    key = ["account_id", "period"]
    expected = company.periods[key].sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(table[key], expected)


def test_the_order_of_the_tables_rows_does_not_matter(small_company):
    shuffled = dataclasses.replace(
        small_company,
        **{name: t.sample(frac=1, random_state=1) for name, t in small_company.tables.items()},
    )
    pd.testing.assert_frame_equal(
        kl.analysis_table(shuffled), kl.analysis_table(small_company), rtol=EXACT
    )


def test_the_company_is_not_changed(small_company):
    before = {name: t.copy(deep=True) for name, t in small_company.tables.items()}
    table = kl.analysis_table(small_company)
    table.loc[:, "stayed"] = False
    table.loc[:, "name"] = "changed"
    for name, frame in small_company.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_a_company_without_periods_is_told_what_it_lacks(language):
    company = kl.Company(accounts=pd.DataFrame({"account_id": ["A"]}))
    with pytest.raises(kl.NotApplicable, match="periods"):
        kl.analysis_table(company)


def test_survey_and_interactions_may_be_absent(tiny):
    table = kl.analysis_table(tiny())
    assert len(table) == 2
    assert "trust" not in table


def test_a_column_of_the_account_table_does_not_displace_one_of_the_periods(tiny):
    company = tiny()
    accounts = company.accounts.assign(revenue=[1.0, 2.0], margin=[9.0, 9.0], decided="x")
    table = kl.analysis_table(dataclasses.replace(company, accounts=accounts))
    assert table["margin"].tolist() == [300.0, 500.0]
    assert table["net_margin"].tolist() == [250.0, 400.0]
    assert table["decided"].tolist() == [True, True]


@pytest.mark.parametrize("name", ["tenure", "size"])
def test_a_users_own_column_is_not_silently_overwritten(tiny, name):
    company = tiny()
    accounts = company.accounts.assign(**{name: [111.0, 222.0]})
    changed = dataclasses.replace(company, accounts=accounts)
    try:
        numbers = kl.analysis_table(changed).select_dtypes("number")
        told = any(numbers[c].tolist() == [111.0, 222.0] for c in numbers)
    except kl.KamlabError as error:
        told = name in str(error)
    assert told


def test_a_score_column_in_the_account_table_does_not_displace_the_surveys(tiny):
    company = tiny([("A", "R1", 1, "2025-02-10", 4)])
    accounts = company.accounts.assign(trust=[1.0, 1.0])
    table = kl.analysis_table(dataclasses.replace(company, accounts=accounts), ("trust",))
    assert table.loc[table["account_id"] == "A", "trust"].tolist() == [4.0]


def panel(*rows):
    frame = pd.DataFrame(rows, columns=["account_id", "start", "stayed"])
    frame["start"] = pd.to_datetime(frame["start"])
    return frame.astype({"stayed": "boolean"})


def test_current_rows_are_the_latest_of_accounts_that_did_not_leave():
    rows = panel(
        ("open", "2024-04-01", True),
        ("open", "2025-04-01", None),
        ("left", "2024-04-01", True),
        ("left", "2025-04-01", False),
        ("stayed", "2025-04-01", True),
        ("stayed", "2024-04-01", True),
        ("left early", "2023-04-01", False),
    )
    found = current_rows(rows)
    assert dict(zip(found["account_id"], found["start"].dt.year, strict=True)) == {
        "open": 2025,
        "stayed": 2025,
    }


def test_current_rows_do_not_depend_on_the_index():
    rows = panel(("a", "2024-04-01", True), ("a", "2025-04-01", None), ("b", "2025-04-01", True))
    doubled = rows.set_index(pd.Index([0, 0, 0]))
    pd.testing.assert_frame_equal(current_rows(doubled), current_rows(rows))


def test_current_rows_of_the_sample_are_its_customers_of_the_open_year(company, table):
    is_open = company.periods["period"] == company.periods["period"].max()
    expected = company.periods.loc[is_open, "account_id"]
    assert sorted(current_rows(table)["account_id"]) == sorted(expected)


def test_a_period_without_an_offer_is_no_decision(tiny):
    company = tiny()
    periods = company.periods.assign(offered_renewal=pd.array([False, True], dtype="boolean"))
    table = kl.analysis_table(dataclasses.replace(company, periods=periods))
    assert table.set_index("account_id")["decided"].to_dict() == {"A": True, "B": False}


@pytest.mark.parametrize("name", ["tenure", "size", "net_margin", "trust", "wave"])
def test_a_users_own_column_in_the_periods_displaces_nothing(small_company, name):
    plain = kl.analysis_table(small_company)
    periods = small_company.periods.assign(**{name: 123.0})
    table = kl.analysis_table(dataclasses.replace(small_company, periods=periods))
    pd.testing.assert_series_equal(table[name], plain[name])
    assert (table[f"period_{name}"] == 123.0).all()


def test_a_survey_of_trust_alone_gives_trust_alone(small_company):
    others = [c for c in small_company.survey if c.startswith(("commitment_", "satisfaction_"))]
    survey = small_company.survey.drop(columns=others)
    table = kl.analysis_table(dataclasses.replace(small_company, survey=survey))
    assert table["trust"].notna().any()
    assert "commitment" not in table


def test_events_without_a_kind_are_not_counted(small_company):
    events = small_company.interactions.drop(columns="kind")
    table = kl.analysis_table(dataclasses.replace(small_company, interactions=events))
    assert "meeting_last_year" not in table


def test_something_else_than_a_company_is_refused(small_company, language):
    with pytest.raises(kl.ArgumentError, match="DataFrame"):
        kl.analysis_table(small_company.accounts)
