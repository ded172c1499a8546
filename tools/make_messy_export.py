"""Make the messy exports in ``data/examples`` anew: ``python -m tools.make_messy_export``."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.messy_export.export import write_all

FOLDER = Path(__file__).resolve().parent.parent / "data" / "examples"


def main() -> int:
    """Write the examples."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_all(FOLDER)
    print(f"written to data/{FOLDER.name}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
