"""A company is checked when it is made, and nothing changes it afterwards."""

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from pandas.errors import ChainedAssignmentError

from kamlab.accounts.company import Company
from kamlab.accounts.tables import TABLES
from kamlab.foundation.errors import DataError, KamlabError, NotApplicable
from kamlab.foundation.language import Text, speaking

PURPOSE = Text("A retention model", "継続の分析")


def test_tables_have_their_declared_types(company):
    dtypes = {
        name: str(dtype)
        for frame in company.tables.values()
        for name, dtype in frame.dtypes.items()
    }
    assert dtypes["account_id"] == dtypes["name"] == dtypes["kind"] == "str"
    assert dtypes["employees"] == dtypes["revenue"] == dtypes["trust_1"] == "float64"
    assert dtypes["wave"] == dtypes["period"] == "int64"
    assert dtypes["is_key"] == dtypes["stayed"] == "boolean"
    assert dtypes["customer_since"] == dtypes["start"] == "datetime64[us]"


def test_undeclared_columns_are_kept_as_they_are(frames):
    grade = pd.Categorical(["a", "b", "a", "a"])
    accounts = Company(accounts=frames["accounts"].assign(grade=grade)).accounts
    assert accounts["grade"].dtype == "category"
    assert accounts["own score"].tolist()[:2] == [1.5, -2]


def test_a_table_that_changes_leaves_the_company_alone(frames, company):
    before = company.accounts
    frames["accounts"].loc[0, "name"] = "changed outside"
    lent = company.accounts
    lent.loc[0, "name"] = "changed inside"
    lent["new"] = 1
    pd.testing.assert_frame_equal(company.accounts, before)


def test_an_array_behind_a_frame_leaves_the_company_alone():
    values = np.array([[1.0], [2.0]])
    frame = pd.DataFrame(values, columns=["own"], copy=False).assign(account_id=["a", "b"])
    company = Company(accounts=frame)
    values[0, 0] = 99
    assert company.accounts["own"].tolist() == [1, 2]


def test_assigning_into_a_company_is_called_out(company):
    with pytest.warns(ChainedAssignmentError):
        company.accounts["new"] = 1
    with pytest.raises(FrozenInstanceError):
        company.accounts = company.accounts


def test_a_changed_company_is_a_new_one(company):
    larger = replace(company, accounts=company.accounts.assign(size=1.0))
    assert "size" in larger.accounts
    assert "size" not in company.accounts
    assert larger.currency == "USD"


def test_a_company_survives_pickling(company):
    again = pickle.loads(pickle.dumps(company))
    pd.testing.assert_frame_equal(again.accounts, company.accounts)


def test_an_index_is_dropped_unless_it_has_a_name(frames):
    accounts = frames["accounts"]
    assert Company(accounts=accounts[::-1]).accounts.index.tolist() == [0, 1, 2, 3]
    named = Company(accounts=accounts.set_index("account_id"))
    assert named.accounts["account_id"].tolist() == accounts["account_id"].tolist()


def test_text_is_converted_by_the_same_rules():
    accounts = pd.DataFrame({"account_id": [7, 8], "employees": ["1,000", ""]})
    typed = Company(accounts=accounts).accounts
    assert typed["account_id"].tolist() == ["7", "8"]
    assert typed["employees"].iloc[0] == 1000


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"account_id": ["a"], "Industry ": ["x"]}, "Rename it to industry"),
        ({"account_id": ["a"], "業種": ["x"]}, "Rename it to industry"),
        ({"name": ["a"]}, "compulsory column account_id is missing"),
        ({"account_id": []}, "no rows"),
    ],
)
def test_a_frame_is_held_to_the_declared_names(columns, message):
    with pytest.raises(DataError, match=message):
        Company(accounts=pd.DataFrame(columns))


def test_a_column_named_twice_is_refused():
    twice = pd.DataFrame([["a", 1, 2]], columns=["account_id", "employees", "employees"])
    with pytest.raises(DataError, match="Two columns are named employees"):
        Company(accounts=twice)


def test_rows_of_a_frame_are_counted_as_in_a_sheet(frames):
    accounts = frames["accounts"].assign(employees=[1, 2, 0, 4])
    with pytest.raises(DataError) as caught:
        Company(accounts=accounts.set_axis([9, 8, 7, 6]))
    assert [(p.table, p.column, p.row) for p in caught.value.problems] == [
        ("accounts", "employees", 4)
    ]


def test_a_row_of_an_unknown_account_is_refused(frames):
    with pytest.raises(DataError, match=r"accounts has no '1' \(did you mean '001'"):
        Company(accounts=frames["accounts"], contacts=frames["contacts"].assign(account_id=["1"]))


@pytest.mark.parametrize("currency", ["yen", "¥", "", "JPYX"])
def test_a_currency_is_a_code(frames, currency):
    with pytest.raises(KamlabError, match="three capital letters"):
        Company(accounts=frames["accounts"], currency=currency)


def test_need_gives_the_table(company):
    table = company.need("periods", "stayed", "revenue", purpose=PURPOSE)
    pd.testing.assert_frame_equal(table, company.periods)


def test_need_says_what_is_missing_and_for_what(frames, company):
    with pytest.raises(NotApplicable) as caught:
        company.need("periods", "stayed", "margin", "cost_to_serve", purpose=PURPOSE)
    assert str(caught.value) == (
        "A retention model needs margin, cost_to_serve in the table periods; missing there."
    )
    with pytest.raises(NotApplicable) as caught:
        Company(accounts=frames["accounts"]).need("survey", "trust_1", purpose=PURPOSE)
    assert "needs the table survey" in str(caught.value)
    assert "trust_1" in str(caught.value)
    with speaking("ja"):
        assert str(caught.value).startswith("継続の分析には表「survey」")


def test_a_company_shows_one_line_a_table(company):
    lines = repr(company).splitlines()
    assert lines[0] == "Company 模擬 <b>社</b> (simulated data; USD)"
    assert lines[1:3] == [
        "  Accounts (accounts): 4 rows, 13 columns",
        "  Survey (survey): 3 rows, 7 columns",
    ]
    assert len(lines) == 1 + len(TABLES)
    with speaking("ja"):
        assert "模擬データ" in repr(company)
        assert "顧客（accounts）：4行、13列" in repr(company)


def test_html_escapes_names(company):
    html = company._repr_html_()
    assert "&lt;b&gt;社&lt;/b&gt;" in html
    assert "<b>" not in html
    assert html.count("<li>") == len(TABLES)
