"""What the README promises: from a messy export to a company in under ten lines."""

import re
import shutil
from pathlib import Path

import pytest

import kamlab as kl

ROOT = Path(__file__).resolve().parents[2]
LINES = 10


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
@pytest.mark.filterwarnings("ignore::kamlab.DataWarning")
def test_the_readme_reads_the_messy_export(readme, tmp_path, monkeypatch):
    text = ROOT.joinpath(readme).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    [code] = [block for block in blocks if "propose_mapping" in block]
    assert len(code.splitlines()) < LINES
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("private").mkdir()
    shutil.copy(kl.example_file("messy_export_ja.xlsx"), "private/crm.xlsx")
    names = {"kl": kl}
    exec(compile(code, readme, "exec"), names)
    counts, company = names["intake"].tidy().set_index("table"), names["company"]
    assert {name: len(frame) for name, frame in company.tables.items()} == counts[
        "rows_accepted"
    ].to_dict()
    assert (counts["rows_read"] == counts["rows_accepted"] + counts["rows_set_aside"]).all()
    again = kl.read_company("private/crm.xlsx", mapping="private/crm.toml", bad_rows="set_aside")
    assert again.accounts.equals(company.accounts)
    assert company.periods["revenue"].median() > 1_000_000  # in yen, not in thousands
