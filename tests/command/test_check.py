import openpyxl
import pytest


def test_a_clean_export_is_told_and_ends_with_0(command, customers):
    code, out, err = command("check", customers)
    assert (code, err) == (0, "")
    assert out.startswith(
        "accounts.csv was read. Accounts: 10 rows read, 10 accepted, 0 set aside."
    )
    assert "Errors" not in out


def test_errors_end_with_1_and_are_told_with_their_rows(command, customers):
    customers.write_text("account_id,employees\nA-1,many\nA-2,5\n", encoding="utf-8")
    code, out, _ = command("check", customers)
    assert code == 1
    assert "Errors (1):\n- table accounts, column employees, row 2: " in out
    assert "'many'" in out


def test_doubts_alone_end_with_0(command, customers):
    customers.write_text("account_id,name\nA-1,Aoi K.K.\nA-2,AOI K.K.\n", encoding="utf-8")
    code, out, _ = command("check", customers)
    assert code == 0
    assert "Please check (1):" in out


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_messy_export_is_told_with_the_count_of_what_is_not_shown(
    command, export, answers, language
):
    code, out, err = command("check", export, "--mapping", answers, language=language)
    assert (code, err) == (1, "")
    words = {
        "en": ("67 rows read, 55 accepted, 12 set aside", "Errors (135):", "… and 105 more"),
        "ja": ("67行を読み、55行を取り込み、12行を除外", "エラー（135件）：", "…ほか105件"),
    }
    assert all(each in out for each in words[language])


def test_problems_go_back_to_excel(command, export, answers, tmp_path):
    comments, aside = tmp_path / "comments.xlsx", tmp_path / "aside.xlsx"
    _, out, _ = command(
        "check", export, "--mapping", answers, "--comments", comments, "--set-aside", aside
    )
    assert f"Written: {comments}" in out
    assert f"Written: {aside}" in out
    assert "Problems" in openpyxl.load_workbook(comments, read_only=True).sheetnames
    assert sorted(each.name for each in tmp_path.iterdir()) == ["aside.xlsx", "comments.xlsx"]


def test_an_export_that_can_be_no_company_says_what_comes_first(command, tmp_path):
    export = tmp_path / "list.csv"
    export.write_text("code,who\n1,Aoi\n", encoding="utf-8")
    code, _, err = command("check", export)
    assert code == 1
    assert "cannot become a company" in err
    assert f"python -m kamlab mapping {export}" in err


def test_an_unfinished_mapping_is_to_be_mended_one_that_is_missing_is_a_file(
    command, export, tmp_path
):
    mapping = tmp_path / "crm.toml"
    command("mapping", export, "-o", mapping)
    code, out, err = command("check", export, "--mapping", mapping)
    assert (code, out) == (1, "")
    assert "line 53" in err
    assert command("check", export, "--mapping", tmp_path / "none.toml")[0] == 3


def test_the_export_is_never_written_over(command, customers):
    before = customers.read_bytes()
    code, _, err = command("check", customers, "--comments", customers, "--overwrite")
    assert code == 2
    assert "EXPORT" in err
    assert customers.read_bytes() == before
