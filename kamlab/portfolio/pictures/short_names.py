"""What accounts are called in a picture: their names, without the form of the company."""

from __future__ import annotations

import pandas as pd

from kamlab.accounts.identity import identity

FORM = (
    r"^(?:株式会社|有限会社|合同会社|（株）|（有）|㈱|㈲)\s*"
    r"|\s*(?:株式会社|有限会社|合同会社|（株）|（有）|㈱|㈲)$"
    r"|,?\s+(?:Co\.,?\s*)?(?:Ltd\.?|Inc\.?|LLC|K\.K\.|GmbH|AG|Corp\.?|PLC|plc|S\.A\.)$"
)


def short_names(rows: pd.DataFrame) -> list[str]:
    """Return what to call each account in a picture.

    Parameters
    ----------
    rows : DataFrame
        Accounts.

    Returns
    -------
    list of str
        The name in the current language without the form of the company, or with it where two
        accounts could not be told apart otherwise; the id where there is no name.
    """
    table = identity(rows)
    ids = table["account_id"].astype(str)
    names = table.get("name", ids)
    full = names.fillna("").astype(str).str.strip()
    full = full.where(full != "", ids)
    bare = full.str.replace(FORM, "", regex=True)
    shared = bare.duplicated(keep=False) | (bare == "")
    return list(bare.where(~shared, full))
