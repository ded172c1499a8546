"""Words for the terms of a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kamlab.accounts.tables import TABLES, constructs, table
from kamlab.foundation.columns import column, glossary
from kamlab.foundation.language import Text, same, say

INTERCEPT = "Intercept"


def term_labels(terms: Iterable[str]) -> Mapping[str, Text]:
    """Return a term's label where it is a known column, else the term as it was written."""
    known = {col.name: col.label for name in reversed(TABLES) for col in table(name).columns}
    known |= {name: column(name).label for name in glossary()}
    known |= {construct.name: construct.label for construct in constructs()}
    known[INTERCEPT] = say("panel.intercept")
    return {term: known[term] if term in known else _joined(term, known) for term in terms}


def _joined(term: str, known: Mapping[str, Text]) -> Text:
    """Return a product of terms in words, and anything else as it was written."""
    parts = term.split(":")
    if len(parts) > 1 and all(part in known for part in parts):
        words = [known[part] for part in parts]
        return Text(" × ".join(w.en for w in words), "×".join(w.ja for w in words))
    return same(term)
