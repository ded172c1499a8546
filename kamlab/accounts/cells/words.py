"""Words that stand for a value: yes and no, the codes of a category, and "nothing here"."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.cells.parsed import Misfit, Parsed, joined
from kamlab.accounts.cells.text import clean, clean_digits
from kamlab.accounts.spec import Column
from kamlab.foundation.nearest import fold

YES = frozenset({
    "true", "yes", "y", "t", "on", "1", "1.0", "はい", "○", "〇", "◯", "有", "あり", "有り", "レ",
    "✓", "✔", "☑", "済", "済み", "可", "該当", "対象",
})  # fmt: skip
NO = frozenset({
    "false", "no", "n", "f", "off", "0", "0.0", "いいえ", "×", "✕", "無", "なし", "無し", "☐",
    "未", "否", "不可", "非該当", "対象外",
})  # fmt: skip
"""Words for yes and no. ◎ and △ are ratings, and an x is a tick or a cross: none is here."""

BLANK_WORDS = frozenset({
    "-", "--", "‐", "–", "—", "―", "ー", "−", "n/a", "na", "n.a.", "null", "none", "nan", "nil",
    "#n/a", "不明", "未記入", "未入力", "未回答", "無回答", "未定", "該当なし", "空白",
})  # fmt: skip
"""Words for "no value", in Unicode's form NFKC and in small letters."""


def is_blank_word(plain: str) -> bool:
    """Return whether a text, widths unified, says that there is no value."""
    return plain.casefold() in BLANK_WORDS


def parse_boolean(text: str) -> Parsed:
    """Read yes or no in the wordings listed in `YES` and `NO`.

    Raises
    ------
    Misfit
        `boolean`: it is none of them.

    Examples
    --------
    >>> parse_boolean("済")
    Parsed(value=True, rules='yes_no')
    """
    plain, rules = clean_digits(text)
    word = plain.casefold()
    if word not in YES | NO:
        raise Misfit("boolean")
    return Parsed(word in YES, joined(rules, "" if word in ("true", "false") else "yes_no"))


def category_parser(column: Column) -> Callable[[str], Parsed]:
    """Return what reads the cells of a category: its codes, and their words in both languages.

    Parameters
    ----------
    column : Column
        With the codes allowed in `values`.

    Returns
    -------
    function of str
        Gives `Parsed` with a code, or raises `Misfit`.
    """
    codes: Mapping[str, str] = {
        fold(word): code
        for code, label in column.values.items()
        for word in (label.en, label.ja, code)
    }

    def parse(text: str) -> Parsed:
        plain, rules = clean(text)
        if plain in column.values:
            return Parsed(plain, rules)
        code = codes.get(fold(plain))
        if code is None:
            raise Misfit("category")
        return Parsed(code, joined(rules, "label"))

    return parse
