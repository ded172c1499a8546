"""Tables with doubts, found and told."""

import pandas as pd
import pytest

from kamlab.accounts.validate import check_tables, sheet_of
from kamlab.intake.checking.find_doubts import find_doubts


@pytest.fixture
def doubts_of():
    """Return {(table, column, row): sentence} in English for tables given as columns."""

    def find(as_of=None, **tables):
        frames = {name: pd.DataFrame(columns) for name, columns in tables.items()}
        checked = check_tables({name: sheet_of(name, frame) for name, frame in frames.items()})
        assert not checked.findings, "the tables hold errors, not only doubts"
        found = find_doubts(checked.sheets, as_of)
        assert {finding.severity for finding in found} <= {"warning"}
        problems = [one for f in found for one in f.problems(checked.sheets[f.table])]
        for one in problems:
            assert str(one.row or "") in one.sentence.ja
        return {(one.table, one.column, one.row): one.sentence.en for one in problems}

    return find
