"""Write agreement_tables.csv and scikit-learn's measures of agreement of each table.

Run where scikit-learn is installed, which kamlab does not need:
``python tests/reference/sklearn_agreement.py``. Both files are committed.
"""

import csv
import platform
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TABLES = HERE / "agreement_tables.csv"
NUMBERS = HERE / "sklearn_agreement.csv"


def tables():
    """Return tables of counts by name: small, uneven, empty classes, many accounts."""
    draw = np.random.default_rng(1960)
    thirds, uneven = np.full(3, 1 / 3), np.array([0.8, 0.15, 0.05])
    sevenths, quarters = np.array([30, 20, 20, 10, 10, 5, 5]) / 100, np.full(4, 0.25)
    mixed = 0.6 * np.outer(uneven, uneven) + 0.4 * np.diag(uneven)

    def drawn(count, shares):
        return draw.multinomial(count, shares.ravel()).reshape(shares.shape)

    return {
        "two_by_two": np.array([[20, 5], [10, 15]]),
        "three_accounts": np.array([[1, 1], [0, 1]]),
        "worse_than_chance": np.array([[1, 9, 2], [8, 0, 3], [2, 4, 1]]),
        "all_agree": np.diag([5, 3, 2]),
        "classes_renamed": np.array([[0, 7, 0], [0, 0, 4], [9, 0, 0]]),
        "empty_classes": np.array([[12, 0, 4], [0, 0, 0], [3, 0, 9]]),
        "one_apart": np.array([[239, 0], [0, 1]]),
        "independent_240": drawn(240, np.outer(thirds, thirds)),
        "uneven_240": drawn(240, mixed),
        "seven_by_four_240": drawn(240, np.outer(sevenths, quarters)),
        "uneven_10000": drawn(10_000, mixed),
        "seven_by_four_100000": drawn(100_000, np.outer(sevenths, quarters)),
        "uneven_100000": drawn(100_000, mixed),
    }


def measures(table):
    """Return scikit-learn's numbers, which it makes from the accounts one by one."""
    from sklearn.metrics import adjusted_mutual_info_score, cohen_kappa_score

    rows, columns = np.indices(table.shape)
    first, second = (np.repeat(part.ravel(), table.ravel()) for part in (rows, columns))
    yield "ami", adjusted_mutual_info_score(first, second)
    if table.shape[0] == table.shape[1]:
        labels = range(len(table))
        yield "kappa", cohen_kappa_score(first, second, labels=labels)
        for weights in ("linear", "quadratic"):
            value = cohen_kappa_score(first, second, labels=labels, weights=weights)
            yield f"kappa_{weights}", value


def main():
    import sklearn

    with TABLES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["table", "row", "column", "count"])
        for name, table in tables().items():
            writer.writerows((name, *cell, count) for cell, count in np.ndenumerate(table))
    with NUMBERS.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# scikit-learn {sklearn.__version__}, Python {platform.python_version()}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["table", "measure", "value"])
        for name, table in tables().items():
            writer.writerows((name, what, f"{value:.15g}") for what, value in measures(table))


if __name__ == "__main__":
    main()
