import pytest

from kamlab.foundation.errors import KamlabError
from kamlab.intake.mapping.propose import propose
from kamlab.intake.mapping.read_mapping import read_mapping


@pytest.fixture
def proposal(found_table):
    """An export that leaves something open of every kind."""
    return propose(
        "crm.xlsx",
        [
            found_table(
                "取引先一覧",
                {
                    "取引先コード": ["001", "002"],
                    "担当者": ["田中", None],
                    "営業担当": ["佐藤", "鈴木"],
                    "顧客内シェア": ["35", "40"],
                    "取引開始日": ["01/02/2020", "03/04/2021"],
                    "備考": ["a", "b"],
                },
            ),
            found_table(
                "年度実績",
                {
                    "取引先コード": ["001"],
                    "年度": [2025],
                    "期首": ["2025-04-01"],
                    "期末": ["2026-03-31"],
                    "売上高": ["1,200"],
                    "備考": ["c"],
                },
            ),
            found_table(
                "活動履歴",
                {
                    "活動ID": ["1", "2"],
                    "取引先コード": ["001", "002"],
                    "活動日": ["2026-01-01", "2026-01-02"],
                    "種別": ["訪問", "未"],
                },
            ),
            found_table("商談", {"商談 ID": ["1"], "取引先 ID": ["1"], "完了予定日": ["2026/1/1"]}),
            found_table("メモ", {"x": ["y"]}),
        ],
    )


ANSWERS = {
    "columns": {"営業担当": "manager", "担当者": None},
    "units": {"売上高": "千円", "顧客内シェア": "%"},
    "sheets": {"商談": None},
    "values": {"種別": {"訪問": "meeting", "未": None}},
    "date_order": "dmy",
}


def refused(proposal, **answers):
    with pytest.raises(KamlabError) as error:
        proposal.confirm(**answers)
    return error.value.text


def test_answers_and_what_was_proposed_make_the_mapping(proposal):
    mapping = proposal.confirm(**ANSWERS, name="自社")
    accounts, periods, interactions = mapping.sheets
    assert (mapping.currency, mapping.name, mapping.unread) == ("JPY", "自社", ("商談", "メモ"))
    rules = {rule.heading: rule for sheet in mapping.sheets for rule in sheet.columns}
    assert rules["営業担当"].column == "manager"
    assert "担当者" not in rules
    assert rules["売上高"].unit == "千円"
    assert rules["顧客内シェア"].unit == "%"
    assert rules["取引開始日"].date_order == "dmy"
    assert rules["期首"].date_order == "ymd"
    assert (rules["種別"].values, rules["種別"].blank) == ({"訪問": "meeting"}, ("未",))
    assert accounts.headings[-1] == periods.headings[-1] == "備考"
    assert accounts.header_row is None
    assert interactions.table == "interactions"


def test_everything_that_is_open_is_told_at_once_with_how_to_answer(proposal):
    text = refused(proposal)
    for answer in (
        "columns={'担当者': 'manager'}",
        "columns={'営業担当': 'manager'}",
        "columns={'担当者': None, '営業担当': None}",
        "export:営業担当",
        "units={'顧客内シェア': '%'}",
        "units={'売上高': \"…\"}",
        "values={'種別': {'訪問': '…'}}",
        "date_order='dmy'",
        "sheets={'商談': 'transactions'}",
    ):
        assert answer in text.en
        assert answer in text.ja
    assert "Still open or wrong in the mapping: 6" in text.en
    assert len(proposal.questions()) == 6


def test_every_answer_that_the_questions_show_is_one(proposal):
    """One answer less leaves exactly one question open."""
    for kind, key in [("units", "売上高"), ("units", "顧客内シェア"), ("values", "種別")]:
        fewer = {k: v for k, v in ANSWERS[kind].items() if k != key}
        assert refused(proposal, **{**ANSWERS, kind: fewer}).en.count("\n- ") == 1


def test_which_of_two_rivals_a_column_is_is_asked_once(proposal):
    text = refused(proposal)
    assert text.en.count("may each be the column manager") == 1
    assert text.ja.count("どれも列「manager」に該当しうる") == 1
    assert "担当者 = 田中, 営業担当 = 佐藤 / 鈴木" in text.en


def test_neither_of_two_rivals_need_be_ours(proposal):
    mapping = proposal.confirm(**{**ANSWERS, "columns": {"営業担当": None, "担当者": None}})
    assert "manager" not in {rule.column for rule in mapping.sheets[0].columns}


def test_one_answer_about_two_rivals_settles_both(proposal):
    mapping = proposal.confirm(**{**ANSWERS, "columns": {"営業担当": "manager"}})
    assert {rule.heading for rule in mapping.sheets[0].columns} == {
        "取引先コード", "営業担当", "顧客内シェア", "取引開始日"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (
            {"columns": {"営業坦当": "manager"}},
            "no sheet that is read has the heading 営業坦当 (did you mean '営業担当'?)",
        ),
        ({"columns": {"営業担当": "manger"}}, "no such column (did you mean 'manager'?)"),
        ({"columns": {"備考": "name"}}, "say which: 取引先一覧/備考, 年度実績/備考"),
        ({"columns": {"x": None}}, "no sheet that is read has the heading x"),
        ({"units": {"売上高": "sen"}}, "no unit 'sen'"),
        ({"units": {"売上高": 1000}}, "1000 for 売上高 is no unit"),
        ({"units": {"営業担当": "円"}}, "does not go with the column manager"),
        ({"units": {"取引先一覧/備考": "円"}}, "units: 取引先一覧/備考 stays as it is"),
        (
            {"sheets": {"取引先一欄": "accounts"}},
            "no sheet 取引先一欄 (did you mean '取引先一覧'?)",
        ),
        ({"sheets": {"メモ": "note"}}, "メモ cannot be note"),
        (
            {"sheets": {"取引先一覧": None, "商談": None}},
            "No sheet is the compulsory table accounts",
        ),
        ({"sheets": {"商談": "transactions"}, "units": {}}, "units={'売上高'"),
        (
            {"values": {"種別": {"訪問": "visit", "未": None}}},
            "no value 'visit' for the word '訪問'",
        ),
        ({"values": {"種別": "meeting"}}, "'meeting' for 種別 is no mapping"),
        ({"values": {"営業担当": {"佐藤": "x"}}}, "neither a category nor yes and no"),
        ({"date_order": "dym"}, "'dym' is no order"),
        ({"date_order": {"営業担当": "dmy", "取引開始日": "dmy"}}, "holds no dates"),
        ({"timezone": {"取引開始日": "Tokio"}}, "'Tokio' is no time zone"),
        ({"timezone": "Tokio"}, "'Tokio' is no time zone"),
        ({"currency": "USD"}, "is yen, but the currency is USD"),
        ({"currency": "yen"}, "'yen' is no code"),
        ({"units": {"売上高": "1", "顧客内シェア": "%"}}, 'Say it, such as currency="USD"'),
        (
            {"columns": {"営業担当": "manager", "担当者": "manager"}},
            "are all given the column manager",
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_named(proposal, answers, words):
    text = refused(proposal, **{**ANSWERS, **answers})
    assert words in text.en
    assert text.ja.count("\n- ") == text.en.count("\n- ")


def test_a_heading_of_several_sheets_is_answered_with_its_sheet(proposal):
    columns = {**ANSWERS["columns"], "取引先一覧/備考": "name"}
    mapping = proposal.confirm(**{**ANSWERS, "columns": columns})
    names = [(rule.heading, rule.column) for rule in mapping.sheets[0].columns]
    assert ("備考", "name") in names
    assert "備考" not in [rule.heading for rule in mapping.sheets[1].columns]


def test_questions_about_a_heading_of_several_sheets_show_its_sheet(found_table):
    columns = {"取引先コード": ["1"], "年度": [1], "期首": ["2025-04-01"], "期末": ["2026-03-31"]}
    half = [{**columns, "売上高": [at]} for at in (1, 2)]
    proposal = propose(
        "crm",
        [
            found_table("取引先", {"取引先コード": ["1"]}),
            found_table("上期 実績", half[0]),
            found_table("下期 実績", half[1]),
        ],
    )
    units = {"上期 実績/売上高": "円", "下期 実績/売上高": "円"}
    assert all(f"units={{'{key}': \"…\"}}" in refused(proposal).en for key in units)
    assert len(proposal.confirm(units=units).sheets) == 3
    differing = refused(proposal, units={**units, "下期 実績/売上高": "千円"})
    assert "is given otherwise in the sheet 上期 実績" in differing.en


def test_a_column_that_is_missing_is_asked_for_until_the_sheet_is_left_out(found_table):
    proposal = propose(
        "crm",
        [
            found_table("取引先", {"取引先コード": ["1"]}),
            found_table("年度実績", {"取引先コード": ["1"], "年度": [2025], "摘要": ["x"]}),
        ],
    )
    text = refused(proposal).en
    assert "Table periods needs the column start (Start date), which no heading is" in text
    assert "Table periods needs the column end" in text
    assert 'sheets={"年度実績": None}' in text
    assert len(proposal.confirm(sheets={"年度実績": None}).sheets) == 1


def test_a_sheet_that_is_told_its_table_is_proposed_as_that_table(proposal):
    answers = {**ANSWERS, "sheets": {"商談": None, "メモ": "contacts"}}
    text = refused(proposal, **answers).en
    assert "Table contacts needs the column contact_id" in text
    assert "メモ" in text


def test_what_is_left_open_is_marked_in_the_file_and_told_with_its_line(proposal, tmp_path):
    path = proposal.save(tmp_path / "crm.toml")
    content = path.read_text(encoding="utf-8")
    assert '"担当者" = { open = ["manager", "keep"] }' in content
    assert '"売上高" = { column = "revenue", unit = "", open = ["円", "千円",' in content
    with pytest.raises(KamlabError) as error:
        read_mapping(path)
    told = error.value.text.en
    assert told.count("\n- ") == 7
    for number, line in enumerate(content.split("\n"), start=1):
        if "open = [" in line and not line.startswith("#"):
            assert f"line {number}," in told
    with pytest.raises(KamlabError, match="overwrite=True"):
        proposal.save(path)


def test_a_file_in_which_everything_is_decided_is_what_confirm_gives(proposal, tmp_path):
    path = proposal.save(tmp_path / "crm.toml")
    text = path.read_text(encoding="utf-8")
    for line in text.split("\n"):
        decided = {
            '"担当者"': '"担当者" = "keep"',
            '"営業担当"': '"営業担当" = "manager"',
            '"売上高"': '"売上高" = { column = "revenue", unit = "千円" }',
            '"顧客内シェア"': line.replace('unit = ""', 'unit = "%"'),
            '"取引開始日"': line.replace('date_order = ""', 'date_order = "dmy"'),
            '"種別"': '"種別" = { column = "kind", values = { "訪問" = "meeting" }, '
            'blank = ["未"] }',
        }.get(line.partition(" =")[0], line)
        text = text.replace(line, decided) if line else text
    deals = text.index('[[sheet]]\nname = "商談"')
    text = text[:deals].replace('unread = ["メモ"]', 'unread = ["商談", "メモ"]')
    text = text.replace("\n\n[[sheet]]", '\ncurrency = "JPY"\n\n[[sheet]]', 1)
    path.write_text(text, encoding="utf-8")
    assert read_mapping(path) == proposal.confirm(**ANSWERS)


@pytest.fixture
def divided(found_table):
    """An export whose amounts Excel shows in thousands."""
    money = {"取引先コード": ["1"], "平均受注額（千円）": [1_234_000], "従業員数（千人）": [5_000]}
    return propose("crm.xlsx", [found_table("取引先一覧", money, divided=(1, 1000, 1000))])


def test_the_unit_of_numbers_that_excel_shows_divided_is_asked_with_the_reason(divided):
    text = refused(divided)
    assert text.en.count("\n- ") == text.ja.count("\n- ") == 2
    for heading, unit in (("平均受注額（千円）", "円"), ("従業員数（千人）", "1")):
        assert f"say units={{'{heading}': '{unit}'}}" in text.en
        assert f"units={{'{heading}': '{unit}'}} と指定" in text.ja
    assert text.en.count("Excel shows the numbers divided by 1,000") == 2
    mapping = divided.confirm(units={"平均受注額（千円）": "円", "従業員数（千人）": "1"})
    assert [rule.unit for rule in mapping.sheets[0].columns] == ["", "円", "1"]
    assert mapping.currency == "JPY"


def test_a_saved_proposal_leaves_the_unit_of_divided_numbers_open(divided, tmp_path):
    path = divided.save(tmp_path / "crm.toml")
    with pytest.raises(KamlabError) as error:
        read_mapping(path)
    assert error.value.text.en.count("still open how its cells are meant") == 2
    path.write_text(path.read_text(encoding="utf-8").replace('unit = ""', 'unit = "1"'), "utf-8")
    assert read_mapping(path).sheets[0].columns[1].unit == "1"


def test_data_are_simulated_where_the_user_says_so(proposal, tmp_path):
    assert not proposal.confirm(**ANSWERS).simulated
    mapping = proposal.confirm(**ANSWERS, simulated=True)
    assert mapping.simulated
    assert read_mapping(mapping.save(tmp_path / "crm.toml")).simulated


def test_a_saved_mapping_tells_the_name_of_a_column_that_is_kept(proposal, tmp_path):
    path = proposal.confirm(**ANSWERS).save(tmp_path / "crm.toml")
    lines = path.read_text(encoding="utf-8").split("\n")
    (kept,) = (line for line in lines if line.startswith('"担当者"'))
    assert kept.startswith('"担当者" = "keep"  # named export:担当者 in the company')
    assert '"備考" = "keep"' in lines
    assert read_mapping(path) == proposal.confirm(**ANSWERS)
