"""kamlab beside its peers, in one run.

Each line gives the median of several runs and the ratio to the peer. Classification has no peer:
its lines give seconds. Everything runs on one thread, but for orders in files, which take all
processors. Named after `run.py`, a part runs alone; `transactions_large` runs only when named.
"""

from __future__ import annotations

import os
import sys

PARTS = ("imports", "sem", "lifetime", "agreement", "portfolio", "transactions")
ONLY_NAMED = ("transactions_large",)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main(parts: list[str]) -> int:
    """Run some parts, or all."""
    known = (*PARTS, *ONLY_NAMED)
    unknown = [part for part in parts if part not in known]
    if unknown:
        print(f"no part {', '.join(unknown)}; there are: {', '.join(known)}")
        return 1
    os.environ.update(dict.fromkeys(THREADS, "1"))  # read when numpy is imported, and by R
    import lifetime
    import rest
    import sem
    import transactions
    from clock import load

    work = {
        "imports": rest.imports,
        "sem": sem.compare,
        "lifetime": lifetime.compare,
        "agreement": rest.agreement,
        "portfolio": rest.portfolio,
        "transactions": transactions.compare,
        "transactions_large": transactions.compare_large,
    }
    print(f"load: {load()}")
    for part in parts or PARTS:
        work[part]()
    print(f"load: {load()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
