from hypothesis import given
from hypothesis import strategies as st

from kamlab.command.wrapping import NOT_FIRST, HelpFormatter, columns, wrapped

TEXTS = st.text(alphabet="ab ,.、。（）「」表列顧客データ", max_size=60)
WIDE = 12


@given(TEXTS)
def test_nothing_but_spaces_is_lost(text):
    assert "".join("".join(wrapped(text, WIDE)).split()) == "".join(text.split())


@given(TEXTS)
def test_no_line_begins_with_a_mark_that_must_not(text):
    assert not [line for line in wrapped(text, WIDE)[1:] if line[0] in NOT_FIRST]


@given(
    st.text(alphabet="表列顧客データ ab", max_size=60).filter(
        lambda t: max(map(len, t.split()), default=0) < 12
    )
)
def test_lines_are_no_wider_than_asked(text):
    assert all(columns(line) <= WIDE for line in wrapped(text, WIDE))


def test_words_stay_whole_and_wide_characters_count_twice():
    assert wrapped("to be or not to be", 9) == ["to be or", "not to be"]
    assert wrapped("表を kamlab で読む", 10) == ["表を", "kamlab で", "読む"]
    assert columns("表a") == 3


def test_an_opening_bracket_stays_with_what_it_opens():
    assert wrapped("あいう「え」", 8) == ["あいう", "「え」"]


def test_indented_lines_stay_as_they_are():
    example = "  python -m kamlab report private/crm.xlsx --mapping private/crm.toml"
    assert HelpFormatter("x")._fill_text(f"Example:\n{example}", 20, "") == f"Example:\n{example}"
