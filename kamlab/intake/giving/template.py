"""An empty workbook to fill in, which `read_company` reads as it is."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from openpyxl import Workbook

from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.errors import ArgumentError, KamlabError
from kamlab.foundation.language import LANGUAGES, Language, current_language, say, speaking
from kamlab.intake.giving.look import fit_to_page
from kamlab.intake.giving.target import make_way
from kamlab.intake.giving.template_help import add_choices, add_dictionary, add_start
from kamlab.intake.giving.template_tables import add_table


def write_template(
    path: str | PathLike[str], *, language: Language | None = None, overwrite: bool = False
) -> Path:
    """Write a workbook with every table and column that kamlab knows, ready to be filled in.

    Parameters
    ----------
    path : str or path
        Ends in .xlsx.
    language : {"en", "ja"}, optional
        Of headings, explanations and drop-downs; the current language if left out.
    overwrite : bool

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    KamlabError
        If the name does not end in .xlsx, the language is another one, or the file is there
        already.

    Notes
    -----
    Filled in, it reads with `kl.read_company` as it stands: headings are in row 1, what belongs
    in a column is told by the comment on its heading, and sheets that stay empty are passed
    over. Only `account_id` is compulsory in the table of customers; every other table may be
    left as it is.

    Examples
    --------
    >>> kl.write_template("private/company.xlsx", language="ja")  # doctest: +SKIP
    """
    path = Path(path)
    language = language or current_language()
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ArgumentError(say("intake.template_language", language=language, known=known))
    if path.suffix.lower() != ".xlsx":
        raise KamlabError(say("intake.not_xlsx", path=path))
    if path.exists() and not overwrite:
        raise KamlabError(say("intake.exists", path=path))
    make_way(path)
    with speaking(language):
        book = _template()
    book.save(path)
    return path


def _template() -> Workbook:
    book = Workbook()
    del book["Sheet"]
    add_start(book)
    choices = add_choices(book)
    for name in (*TABLES, SETTINGS):
        add_table(book, table(name), choices)
    add_dictionary(book)
    # Written first because the tables refer to it; looked at last.
    book.move_sheet(book[str(say("intake.template_choices"))], offset=len(book.sheetnames))
    for sheet in book.worksheets:
        fit_to_page(sheet)
    book.active = 0
    return book
