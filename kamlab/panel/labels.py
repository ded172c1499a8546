"""Words for the terms of a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kamlab.accounts.tables import TABLES, constructs, table
from kamlab.foundation.columns import column, glossary
from kamlab.foundation.language import Text, same


def term_labels(terms: Iterable[str]) -> Mapping[str, Text]:
    """Return a term's label where it is a known column, else the term as it was written."""
    known = {col.name: col.label for name in reversed(TABLES) for col in table(name).columns}
    known |= {name: column(name).label for name in glossary()}
    known |= {construct.name: construct.label for construct in constructs()}
    return {term: known.get(term, same(term)) for term in terms}
