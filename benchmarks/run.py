"""kamlab beside its peers, in one run.

Each line gives the median of several runs and the ratio to the peer. Classification has no peer:
its lines give seconds. Everything runs on one thread. Named after `run.py`, a part runs alone.
"""

from __future__ import annotations

import os
import sys

PARTS = ("imports", "sem", "lifetime", "agreement", "portfolio")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main(parts: list[str]) -> int:
    """Run some parts, or all."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        print(f"no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")
        return 1
    os.environ.update(dict.fromkeys(THREADS, "1"))  # read when numpy is imported, and by R
    import lifetime
    import rest
    import sem
    from clock import load

    work = {
        "imports": rest.imports,
        "sem": sem.compare,
        "lifetime": lifetime.compare,
        "agreement": rest.agreement,
        "portfolio": rest.portfolio,
    }
    print(f"load: {load()}")
    for part in parts or PARTS:
        work[part]()
    print(f"load: {load()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
