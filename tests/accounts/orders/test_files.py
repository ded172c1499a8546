"""Parquet and CSV files: what they may be, and what is refused."""

import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.orders.files import embedded


def write(folder, text, name="orders.csv", encoding="utf-8"):
    path = folder / name
    path.write_text(text, encoding=encoding, newline="")
    return path


HEAD = "account_id,ordered_on,amount\n"


def test_ids_keep_their_zeros_and_text_stays_as_it_is(tmp_path):
    path = write(
        tmp_path, HEAD + "007,2026-01-05,1\n7,2026-01-05,2\n 7,2026-01-05,3\n1e3,2026/1/5,4"
    )
    found = kl.summarise_transactions(path)
    assert found["account_id"].tolist() == [" 7", "007", "1e3", "7"]
    assert found["total"].tolist() == [3, 1, 4, 2]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_separators_and_the_mark_at_the_beginning_are_read(tmp_path, separator, encoding):
    text = '顧客,日付,金額\n"A, 1",2026-01-05 23:59:59,1.25\nB,2026-01-12,-3\n'
    cells = [line.replace('"A, 1"', '"A; 1"').split(",") for line in text.splitlines()]
    joined = "\n".join(separator.join(line) for line in cells)
    path = write(tmp_path, joined, encoding=encoding)
    found = kl.summarise_transactions(path, account="顧客", date="日付", amount="金額")
    assert found["account_id"].tolist() == ["A; 1", "B"]
    assert found["T"].tolist() == [1, 0]
    assert found["total"].tolist() == [1.25, -3]


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("03/04/2026", "03/04/2026"),
        ("2026-13-01", "2026-13-01"),
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z"),
        ("2026-01-05 10:00+09:00", "10:00"),
        ("5. Jan 2026", "Jan"),
        ("20260105", "20260105"),
        ("infinity", "infinity"),
    ],
)
def test_days_that_are_not_clear_are_named(tmp_path, cell, word, language):
    path = write(tmp_path, HEAD + f"A,2026-01-05,1\nA,{cell},1\nB,{cell},1\n")
    with pytest.raises(kl.DataError) as caught:
        kl.summarise_transactions(path)
    (problem,) = caught.value.problems
    assert problem.column == "ordered_on"
    assert word in str(problem.what)
    assert "2" in str(problem.what)
    assert "2026-03-31" in str(problem.remedy)


@pytest.mark.parametrize("cell", ['"1,200"', "1_000", "¥100", "１００", "x"])
def test_amounts_that_are_no_numbers_are_named(tmp_path, cell, language):
    path = write(tmp_path, HEAD + f"A,2026-01-05,1\nA,2026-01-05,{cell}\n")
    with pytest.raises(kl.DataError) as caught:
        kl.summarise_transactions(path)
    (problem,) = caught.value.problems
    assert problem.column == "amount"
    assert cell.strip('"') in str(problem.what)


@pytest.mark.parametrize("cell", ["nan", "inf", "-Infinity"])
def test_amounts_that_are_not_finite_are_counted(tmp_path, cell, language):
    path = write(tmp_path, HEAD + f"A,2026-01-05,1\nA,2026-01-05,{cell}\n")
    with pytest.raises(kl.DataError, match=r"(?s)amount.*1"):
        kl.summarise_transactions(path)


def test_files_of_a_pattern_are_read_together(log, tmp_path):
    for number in range(2):
        log.iloc[number::2].to_csv(tmp_path / f"part{number}.csv", index=False, encoding="utf-8")
    found = kl.summarise_transactions(str(tmp_path / "part*.csv"))
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_files_of_a_folder_are_read_together(log, tmp_path):
    for number in range(3):
        log.iloc[number::3].to_parquet(tmp_path / f"{number}.parquet", index=False)
    found = kl.summarise_transactions(str(tmp_path))
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_columns_of_parts_may_stand_in_another_order(log, tmp_path):
    log.iloc[::2].to_parquet(tmp_path / "a.parquet", index=False)
    log.iloc[1::2][log.columns[::-1]].to_parquet(tmp_path / "b.parquet", index=False)
    found = kl.summarise_transactions(tmp_path)
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_a_path_with_strange_signs_is_a_path(log, tmp_path):
    folder = tmp_path / "orders [2026] 'a' 顧客"
    folder.mkdir()
    log.to_parquet(folder / "all [1].parquet", index=False)
    found = kl.summarise_transactions(folder / "all [1].parquet")
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_a_path_to_nothing_is_refused(tmp_path, language):
    (tmp_path / "empty").mkdir()
    for path in (
        tmp_path / "none.parquet",
        str(tmp_path / "*.csv"),
        tmp_path / "empty",
        "s3://a/b",
    ):
        with pytest.raises(kl.ArgumentError, match="Parquet"):
            kl.summarise_transactions(path)


@pytest.mark.parametrize("name", ["orders.xlsx", "orders", "orders.parquet.old"])
def test_a_file_of_another_kind_is_refused(tmp_path, name, language):
    path = write(tmp_path, HEAD, name)
    with pytest.raises(kl.ArgumentError, match=r"(?s)\.parquet.*kl\.read_company"):
        kl.summarise_transactions(path)


def test_parts_of_two_kinds_are_refused(log, tmp_path, language):
    log.to_parquet(tmp_path / "a.parquet", index=False)
    write(tmp_path, HEAD)
    with pytest.raises(kl.ArgumentError, match="parquet"):
        kl.summarise_transactions(tmp_path)


def test_a_file_that_is_none_is_refused(tmp_path, language):
    path = write(tmp_path, HEAD, "orders.parquet")
    with pytest.raises(kl.ArgumentError, match=r"orders\.parquet"):
        kl.summarise_transactions(path)


def test_text_in_another_encoding_is_refused(tmp_path, language):
    path = write(tmp_path, HEAD + "山田商店,2026-01-05,1\n" * 50, encoding="cp932")
    with pytest.raises(kl.ArgumentError, match="UTF-8"):
        kl.summarise_transactions(path)


def test_a_line_of_another_length_is_refused(tmp_path, language):
    path = write(tmp_path, HEAD + "A,2026-01-05,1\n" * 30 + "A,2026-01-05,1,2,3\n")
    with pytest.raises(kl.ArgumentError, match=r"orders\.csv"):
        kl.summarise_transactions(path)


def test_the_engine_leaves_no_file_behind(log, tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with embedded() as connection:
        ((spill,),) = connection.execute("select current_setting('temp_directory')").fetchall()
        assert spill.startswith(str(tmp_path))
        connection.execute("set memory_limit = '40MB'")
        connection.execute("create table large as select range as a from range(20_000_000)")
    assert list(tmp_path.iterdir()) == []
