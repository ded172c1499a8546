"""Makes accounts.csv: 400 contracts with delayed entry, whose trust shifts the curve.

Usage, in this folder: python make_accounts.py      (numpy 1.26.4)
`renewals` counts every renewal made, those before observation began (`entry`) included; one
who `left` failed at renewal number renewals + 1. Who left before entry was never seen.
"""

from pathlib import Path

import numpy as np

WANTED = 400


def accounts():
    rng = np.random.default_rng(21)
    rows = []
    while len(rows) < WANTED:
        trust = round(float(rng.normal()), 2)
        alpha, beta = np.exp(-0.3 - 0.4 * trust), np.exp(0.9 + 0.3 * trust)
        life = rng.geometric(rng.beta(alpha, beta))  # the renewal at which one leaves
        entry, watched = int(rng.integers(0, 5)), int(rng.integers(1, 7))
        if life <= entry:
            continue
        left = life <= entry + watched
        renewals = life - 1 if left else entry + watched
        rows.append((f"{len(rows):03d}", entry, renewals, int(left), trust))
    return rows


if __name__ == "__main__":
    lines = ["account_id,entry,renewals,left,trust"]
    lines += [",".join(str(v) for v in row) for row in accounts()]
    Path("accounts.csv").write_text("\n".join(lines) + "\n")
