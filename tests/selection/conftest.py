import pandas as pd
import pytest

import kamlab as kl
from kamlab.portfolio.declaration.library import load_model

CRITERIA = """
id = "tiny"
name = {{ en = "Tiny", ja = "小" }}
[citation]
text = "made up"
status = "design"
[scale]
minimum = 0
maximum = 10
status = "design"
[cut]
rule = "midpoint"
status = "design"
[effort]
status = "design"
{axes}
{cells}
"""
AXIS = """
[[axis]]
name = "{name}"
label = {{ en = "{name} axis", ja = "{name}軸" }}
status = "design"
items = [{items}]
"""
CELL = """
[[cell]]
name = "{first}_{second}"
label = {{ en = "{first} {second}", ja = "セル{first}{second}" }}
levels = {{ static = "{first}", relational = "{second}" }}
effort = 0
status = "design"
prescription = {{ en = "x", ja = "あ" }}
prescription_status = "design"
"""


@pytest.fixture
def criteria(tmp_path):
    """Make criteria with plain columns and weights on two axes."""

    def make(static, relational):
        axes = "".join(
            AXIS.format(
                name=name,
                items=", ".join(f'{{ column = "{c}", weight = {w} }}' for c, w in items.items()),
            )
            for name, items in (("static", static), ("relational", relational))
        )
        levels = ("low", "high")
        cells = "".join(CELL.format(first=a, second=b) for a in levels for b in levels)
        path = tmp_path / "tiny.toml"
        path.write_text(CRITERIA.format(axes=axes, cells=cells), encoding="utf-8")
        return load_model(path)

    return make


@pytest.fixture
def rated():
    """Make a company whose accounts A, B, C … have the given points."""

    def make(**columns):
        count = len(next(iter(columns.values())))
        ids = [chr(ord("A") + number) for number in range(count)]
        return kl.Company(accounts=pd.DataFrame({"account_id": ids, **columns}))

    return make
