"""The ledger: every row within its tolerance, every wrong number caught."""

import dataclasses
import re
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.columns import glossary
from kamlab.reproduction import computations
from kamlab.reproduction.computations import COMPUTATIONS
from kamlab.reproduction.ledger import ROUNDING, _table
from kamlab.reproduction.reading import read_entries, shipped_files

ENTRIES = [entry for path in shipped_files() for entry in read_entries(path, COMPUTATIONS)]
HELD = [number for number, entry in enumerate(ENTRIES) if entry.tolerance is not None]
OUT_OF_REACH = [number for number, entry in enumerate(ENTRIES) if entry.tolerance is None]
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def named(number):
    return f"{ENTRIES[number].file}-{number}-{ENTRIES[number].quantity.en}"


@pytest.fixture(scope="module")
def table():
    return kl.ledger()


@pytest.mark.parametrize("number", HELD, ids=named)
def test_a_number_is_reproduced_within_its_tolerance(table, number):
    row, entry = table.iloc[number], ENTRIES[number]
    assert row["quantity"] == entry.quantity.en
    assert row["published"] == entry.value
    assert abs(row["ours"] - entry.value) <= entry.tolerance + ROUNDING
    assert row["within"]


@pytest.mark.parametrize("number", OUT_OF_REACH, ids=named)
def test_what_is_out_of_reach_has_a_reason_and_is_held_against_nothing(table, number):
    row = table.iloc[number]
    assert row["reason"].strip()
    assert pd.isna(row["within"])
    assert pd.isna(row["tolerance"])


def test_there_are_enough_rows_to_be_worth_reading():
    assert len(HELD) > 200
    assert len(OUT_OF_REACH) > 30


def test_no_function_of_a_computation_is_forgotten():
    folder = Path(computations.__file__).parent
    names = [f"{computations.__name__}.{path.stem}" for path in folder.glob("[a-z]*.py")]
    written = {
        name
        for module in map(import_module, names)
        for name, function in vars(module).items()
        if isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"
    }
    assert written - set(COMPUTATIONS) == {"number_at"}


def test_every_computation_is_used_by_some_row():
    assert {entry.computation for entry in ENTRIES} - {""} == set(COMPUTATIONS)


def test_every_tolerance_has_a_reason_and_every_row_a_source():
    for entry in ENTRIES:
        assert entry.source.en.strip()
        assert (entry.tolerance is None) == (not entry.because.en)
        assert (entry.tolerance is None) == bool(entry.reason.en)


def test_a_remembered_number_is_never_shown_as_published(table):
    recalled = table.query("status == 'recalled'")
    assert len(recalled) == 2
    assert recalled["published"].isna().all()
    assert recalled["ours"].notna().all()


def test_what_has_no_status_has_no_number(table):
    assert table.loc[table["status"].isna(), "published"].isna().all()


def test_the_difference_is_ours_less_theirs(table):
    expected = table["ours"] - table["published"]
    pd.testing.assert_series_equal(table["difference"], expected, check_names=False)


def test_nothing_depends_on_what_was_computed_before(table):
    pd.testing.assert_frame_equal(kl.ledger(), table)


def test_columns_are_declared_and_statuses_have_words(table, language):
    assert set(table.columns) <= set(glossary())
    assert set(table["status"].dropna()) <= set(glossary()["status"].values)
    shown = kl.labelled(table)
    assert shown.shape == table.shape
    assert not shown.map(lambda cell: cell == "nan").any(axis=None)


def test_words_are_those_of_the_language(table, language):
    found = kl.ledger()
    in_japanese = found["quantity"].map(lambda text: bool(JAPANESE.search(text)))
    if language == "en":
        assert not in_japanese.any()
        assert not found["reason"].map(lambda text: bool(JAPANESE.search(text))).any()
    else:
        assert found.loc[found["reason"] != "", "reason"].map(JAPANESE.search).notna().all()
        assert in_japanese.mean() > 0.9
    numbers = ["published", "ours", "difference", "tolerance", "within"]
    pd.testing.assert_frame_equal(found[numbers], table[numbers])


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.name)
def test_every_wrong_number_is_caught(path, tmp_path, table):
    """The same file with one added to every number: no row may pass."""
    text = path.read_text(encoding="utf-8")
    wrong = re.sub(r"\bvalue = ([-0-9.]+)", lambda m: f"value = {float(m[1]) + 1}", text)
    copy = tmp_path / "wrong.toml"
    copy.write_text(wrong, encoding="utf-8")
    found = kl.ledger(copy).iloc[len(table) :]
    held = found["tolerance"].notna()
    assert held.sum() == sum(e.file == path.name and e.tolerance is not None for e in ENTRIES)
    assert not found.loc[held, "within"].any()


def test_a_number_just_outside_its_tolerance_is_caught_and_one_at_it_is_not(table):
    held = [ENTRIES[number] for number in HELD]
    ours = table["ours"].to_numpy()[HELD]
    for sign in (1, -1):
        at = [
            dataclasses.replace(entry, value=value + sign * entry.tolerance)
            for entry, value in zip(held, ours, strict=True)
        ]
        assert _table(at, ours)["within"].all()
        # One part in ten million beyond, but never less than doubles of this size can tell.
        over = [
            dataclasses.replace(
                entry, value=entry.value + sign * (1e-7 * entry.tolerance + 1e-10 + 3e-12)
            )
            for entry in at
        ]
        assert not _table(over, ours)["within"].any()


def test_three_numbers_are_what_anyone_can_compute(table):
    ours = table.set_index("quantity")["ours"]
    gain = "Gain in % from 5 more points, first margin at once: discount rate 10%, retention 90%"
    assert ours[gain] == pytest.approx(100 * ((1.1 - 0.9) / (1.1 - 0.95) - 1))
    chance = "Chance to be there after ten renewals at 85.0% retention"
    assert ours[chance] == pytest.approx(0.85**10)
    r = kl.load("bagozzi1980").correlations.loc["AM1", "AM2"]
    assert ours["Cronbach's alpha of the two items of AM"] == pytest.approx(2 * r / (1 + r))


@pytest.mark.parametrize("name", ["often_quoted", "commitment_trust"])
def test_files_of_numbers_without_data_are_no_data_sets(name):
    with pytest.raises(kl.ArgumentError, match="bagozzi1980, cdnow"):
        kl.load(name)
