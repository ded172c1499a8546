"""Write the data dictionary from the declarations: ``python tools/write_dictionary.py``.

Two forms in two languages: ``data/dictionary.<language>.csv`` for Excel, and pages to read in
``docs``. A test fails when they are stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kamlab.foundation.language import LANGUAGES, speaking
from kamlab.intake.giving.data_dictionary import as_csv, as_page

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"en": "docs/data_dictionary.md", "ja": "docs/data_dictionary.ja.md"}


def dictionary_files() -> dict[str, bytes]:
    """Return what each file has to hold, by its path from the root of the project."""
    files = {}
    for language in LANGUAGES:
        with speaking(language):
            files[f"data/dictionary.{language}.csv"] = as_csv().encode("utf-8-sig")
            files[PAGES[language]] = as_page().encode("utf-8")
    return files


def main() -> int:
    """Write every file."""
    for name, content in dictionary_files().items():
        (ROOT / name).write_bytes(content)
        print(f"written: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
