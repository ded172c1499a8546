"""Rows read = rows accepted + rows set aside, whatever is in the file."""

import csv
import io
import tempfile
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import kamlab as kl
from kamlab.foundation.errors import DataError

IDS = st.sampled_from(["001", "1", "A-1", "Ａ－１", "B", "", " ", "-", "合計", "※ 注", "#REF!"])
NUMBERS = st.sampled_from(["10", "1,200", "▲3", "約5", "0.5", "", "不明", "１２", "-", "#N/A", "x"])
FLAGS = st.sampled_from(["○", "×", "はい", "TRUE", "", "?", "maybe", "1"])
DAYS = st.sampled_from(["2026-04-01", "令和8年4月1日", "R8.4.1", "46113", "4/1/2026", "", "none"])
ANSWERS = st.sampled_from(["1", "7", "9", "", "4.5", "未回答", "x"])

ACCOUNTS = ["account_id", "name", "employees", "is_key", "customer_since"]
SURVEY = ["account_id", "respondent_id", "wave", "answered_on", "trust_1", "trust_2"]

account = st.tuples(IDS, st.sampled_from(["北山", ""]), NUMBERS, FLAGS, DAYS)
answer = st.tuples(IDS, IDS, NUMBERS, DAYS, ANSWERS, ANSWERS)
exports = st.tuples(st.lists(account, max_size=12), st.lists(answer, max_size=12))

MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def csv_folder(tables, place):
    for name, rows in tables.items():
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        place.joinpath(f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")
    return place


def workbook(tables, place):
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(place / "crm.xlsx")
    return place / "crm.xlsx"


def filled(rows):
    return sum(any(cell.strip() for cell in row) for row in rows)


@pytest.mark.parametrize("write", [csv_folder, workbook])
@MANY
@given(export=exports)
def test_every_filled_row_is_accepted_or_set_aside(write, export):
    rows = dict(zip(("accounts", "survey"), export, strict=True))
    headings = {"accounts": ACCOUNTS, "survey": SURVEY}
    with tempfile.TemporaryDirectory() as folder:
        path = write({name: [headings[name], *rows[name]] for name in rows}, Path(folder))
        intake = kl.check_company(path)
    counts = intake.tidy().set_index("table")
    fates, aside = intake.augment(), intake.set_aside()
    assert counts["cells_changed"].sum() == len(intake.changes())
    for name, given_rows in rows.items():
        read, accepted, out = counts.loc[name, ["rows_read", "rows_accepted", "rows_set_aside"]]
        assert read == filled(given_rows) == accepted + out
        mine = fates[fates["table"] == name]
        assert mine["accepted"].sum() == accepted
        assert (mine["reason"].str.len() > 0).tolist() == (~mine["accepted"]).tolist()
        assert len(aside.get(name, [])) == out
        told = mine.loc[~mine["accepted"], "excel_row"].tolist()
        assert sorted(told) == sorted(aside[name]["excel_row"]) if out else not told
        numbers = [at for at, row in enumerate(given_rows, 2) if any(c.strip() for c in row)]
        assert mine["excel_row"].tolist() == numbers
    check_company_of(intake, counts)


def check_company_of(intake, counts):
    try:
        company = intake.company()
    except DataError:
        assert counts.loc["accounts", "rows_accepted"] == 0
        return
    for name, frame in company.tables.items():
        assert len(frame) == counts.loc[name, "rows_accepted"]
    known = set(company.accounts["account_id"])
    assert company.survey is None or set(company.survey["account_id"]) <= known


@MANY
@given(export=exports)
def test_refusing_and_setting_aside_read_the_same_rows(export):
    accounts, survey = export
    with tempfile.TemporaryDirectory() as folder:
        tables = {"accounts": [ACCOUNTS, *accounts], "survey": [SURVEY, *survey]}
        path = csv_folder(tables, Path(folder))
        intake = kl.check_company(path)
        if intake.errors:
            with pytest.raises(DataError) as error:
                kl.read_company(path)
            assert error.value.problems == intake.errors
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", kl.DataWarning)
                read = kl.read_company(path)
            pd.testing.assert_frame_equal(read.accounts, intake.company().accounts)
