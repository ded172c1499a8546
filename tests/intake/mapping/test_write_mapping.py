import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import same, speaking
from kamlab.foundation.nearest import fold
from kamlab.intake.mapping.read_mapping import mapping_of_text, read_mapping
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.mapping.units import units_for
from kamlab.intake.mapping.write_mapping import ColumnLine, SheetBlock, mapping_text
from tests.intake.mapping.test_read_mapping import GOOD


def test_a_mapping_is_saved_once_and_replaced_only_on_request(tmp_path):
    mapping = mapping_of_text(GOOD, "crm.toml")
    path = mapping.save(tmp_path / "new" / "crm.toml")
    assert read_mapping(path) == mapping
    with pytest.raises(KamlabError, match="overwrite=True"):
        mapping.save(path)
    assert mapping.save(path, overwrite=True) == path
    with speaking("ja"):
        mapping.save(path, overwrite=True)
    assert path.read_text(encoding="utf-8").startswith("# どのシート")
    assert read_mapping(path) == mapping


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "crm").write_text("a file, no folder", encoding="utf-8")
    mapping = mapping_of_text(GOOD, "crm.toml")
    with pytest.raises(KamlabError, match=r"crm\.toml"):
        mapping.save(tmp_path / "crm" / "crm.toml")


def test_what_could_not_be_read_is_not_written(tmp_path):
    sheet = SheetRule("a", "accounts", (ColumnRule("mean_order_value", "売上"),))
    with pytest.raises(KamlabError) as error:
        ExportMapping((sheet,)).save(tmp_path / "crm.toml")
    assert "has no unit" in error.value.text.en
    assert "needs the column account_id" in error.value.text.en
    twice = SheetRule("a", "accounts", (ColumnRule("account_id", "x"), ColumnRule("name", "x")))
    with pytest.raises(KamlabError, match="x is given several columns"):
        ExportMapping((twice,)).save(tmp_path / "crm.toml")
    assert list(tmp_path.iterdir()) == []


def test_a_comment_stays_on_its_line():
    line = ColumnLine("a", {"column": "account_id"}, 'first\n"second"\x00\x7f\u2028 third')
    block = SheetBlock({"name": "s", "table": "accounts"}, [line], ["one\rtwo"])
    text = mapping_text({}, [block], same("head\x00"))
    assert mapping_of_text(text, "x").sheets[0].columns == (ColumnRule("account_id", "a"),)
    assert text.endswith("third\n")


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
plain_words = st.one_of(
    words,
    st.sampled_from(
        ["売上高（千円）", "a.b", '"', "'", "\\", "#", "=", "[[sheet]]", "é", "\x7f", "\x85", "\n"]
    ),
)


@st.composite
def column_rules(draw, column, heading):
    units = units_for(column)
    unit = draw(st.sampled_from(units)) if column.type == "money" else ""
    if units and column.type != "money":
        unit = draw(st.sampled_from(["", *units]))
    codes = list(column.values) or (["TRUE", "FALSE"] if column.type == "boolean" else [])
    dates = column.type == "date"
    return ColumnRule(
        column.name,
        heading,
        unit,
        tuple(draw(st.lists(plain_words, max_size=2))),
        draw(st.dictionaries(plain_words, st.sampled_from(codes), max_size=2)) if codes else {},
        draw(st.sampled_from(["ymd", "mdy", "dmy"])) if dates else "ymd",
        draw(st.sampled_from(["", "Asia/Tokyo", "UTC"])) if dates else "",
    )


@st.composite
def mappings(draw):
    names = draw(st.lists(plain_words, min_size=1, max_size=3, unique_by=fold))
    others = draw(st.permutations([*TABLES[1:], SETTINGS]))
    sheets = []
    for at, name in enumerate(names):
        spec = table("accounts" if at == 0 else others[at - 1])
        optional = [c for c in spec.columns if not c.required]
        chosen = [c for c in spec.columns if c.required]
        chosen += draw(st.lists(st.sampled_from(optional), max_size=5, unique_by=lambda c: c.name))
        more = draw(st.integers(0, 2))
        size = len(chosen) + more
        headings = draw(st.lists(plain_words, min_size=size, max_size=size, unique=True))
        rules = tuple(
            draw(column_rules(column, heading))
            for column, heading in zip(chosen, headings[more:], strict=True)
        )
        row = draw(st.none() | st.integers(1, 1000))
        sheets.append(SheetRule(name, spec.name, rules, row, tuple(headings)))
    return ExportMapping(
        tuple(sheets),
        "JPY",
        draw(st.just("") | plain_words),
        tuple(draw(st.lists(plain_words))),
        draw(st.booleans()),
    )


@settings(deadline=None, max_examples=150)
@given(mappings())
def test_whatever_is_written_is_read_back(tmp_path_factory, mapping):
    path = tmp_path_factory.mktemp("m") / "crm.toml"
    assert read_mapping(mapping.save(path)) == mapping
