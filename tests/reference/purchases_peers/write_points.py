"""Hard points of the three models to 30 digits and more: points.csv, forecasts.csv, new.csv.

Usage, in this folder: python write_points.py      (mpmath 1.4.1 on Python 3.11; minutes).
Every log-likelihood of Pareto/NBD is computed twice, by 2F1 and by quadrature of the integral
that defines it, and every forecast by quadrature over time and by quadrature over the chance
to leave (Pareto/NBD: the published closed form); the script stops if two answers differ.
"""

import csv
from pathlib import Path

import mpmath
from models import (
    discounted_of_new,
    discounted_purchases,
    expected_of_new,
    expected_purchases,
    expected_purchases_again,
    log_death_integral,
    log_death_integral_by_quadrature,
    loglik,
    p_alive,
)
from mpmath import inf, mpf

mpmath.mp.dps = 50

# Parameter sets: CDNOW-like, then the corners. Names say what is hard.
SETS = {
    "paretonbd": {
        "cdnow": ("0.553", "10.578", "0.606", "11.669"),
        "alpha_above_beta": ("0.8", "50", "0.4", "2"),
        "beta_above_alpha": ("1.7", "3", "2.5", "120"),
        "equal": ("1.2", "7", "0.9", "7"),
        "tiny_shapes": ("0.001", "0.5", "0.0005", "0.2"),
        "large_shapes": ("250", "400", "80", "900"),
        "far_apart": ("0.5", "0.001", "0.7", "10000"),
        "s_is_one": ("0.6", "9", "1", "12"),
    },
    "bgnbd": {
        "cdnow": ("0.243", "4.414", "0.793", "2.426"),
        "a_above_one": ("0.6", "8", "3.5", "6"),
        "a_is_one": ("0.6", "8", "1", "2"),
        "tiny": ("0.002", "0.05", "0.001", "0.4"),
        "large": ("180", "300", "40", "700"),
        "hardly_leaves": ("0.7", "12", "0.0001", "5"),
    },
}
SETS["mbgnbd"] = SETS["bgnbd"]

# x, t_x, T
ROWS = [
    ("0", "0", "38.86"),
    ("0", "0", "0.14"),
    ("0", "0", "5200"),
    ("1", "1.71", "38.86"),
    ("2", "30.43", "38.86"),
    ("26", "30.86", "31.00"),
    ("10", "2.5", "200"),
    ("60", "51.9", "52"),
    ("60", "3", "52"),
    ("500", "100", "104"),
    ("500", "100", "100"),
    ("1200", "250.5", "260"),
    ("5000", "519.5", "520"),
    ("5000", "40", "520"),
    ("5000", "5000", "5200"),
]
FORECAST_ROWS = [ROWS[i] for i in (0, 3, 4, 5, 6, 8, 9, 12)]
FORECAST_SETS = {
    "paretonbd": ("cdnow", "alpha_above_beta", "beta_above_alpha", "large_shapes", "s_is_one"),
    "bgnbd": ("cdnow", "a_above_one", "a_is_one", "large"),
    "mbgnbd": ("cdnow", "a_above_one", "a_is_one", "large"),
}
PERIODS = ("1", "52", "520")
DELTA = mpmath.log(mpf("1.1")) / 52  # ten per cent a year, continuously, in weeks
TERMS = ("parameter_1", "parameter_2", "parameter_3", "parameter_4")


def same(u, v, digits, what):
    if abs(u - v) > abs(v) * mpf(10) ** -digits:
        raise SystemExit(f"{what}: {mpmath.nstr(u, 40)} and {mpmath.nstr(v, 40)}")


def text(value, digits=34):
    return mpmath.nstr(value, digits)


def points():
    for model, sets in SETS.items():
        for name, given in sets.items():
            parameters = [mpf(v) for v in given]
            for row in ROWS:
                x, t_x, T = (mpf(v) for v in row)
                if model == "paretonbd" and t_x < T:
                    both = (parameters, x, t_x, T)
                    same(
                        mpmath.exp(
                            log_death_integral_by_quadrature(*both) - log_death_integral(*both)
                        ),
                        1,
                        25,
                        (name, row),
                    )
                value = loglik(model, parameters, x, t_x, T)
                alive = p_alive(model, parameters, x, t_x, T)
                yield [model, name, *given, *row, text(value), text(alive)]


def forecasts():
    mpmath.mp.dps = 30
    for model, names in FORECAST_SETS.items():
        for name in names:
            given = SETS[model][name]
            parameters = [mpf(v) for v in given]
            for row in FORECAST_ROWS:
                x, t_x, T = (mpf(v) for v in row)
                history = (model, parameters, x, t_x, T)
                values = [expected_purchases(*history, mpf(t)) for t in PERIODS]
                for t, value in zip(PERIODS, values, strict=True):
                    if model != "paretonbd" or name != "s_is_one":
                        same(expected_purchases_again(*history, mpf(t)), value, 16, history)
                values.append(discounted_purchases(*history, DELTA, mpf(520)))
                values.append(discounted_purchases(*history, DELTA, inf))
                yield [model, name, *given, *row, *(text(v, 18) for v in values)]
            print(model, name, flush=True)


def new_customers():
    for model, sets in SETS.items():
        for name, given in sets.items():
            parameters = [mpf(v) for v in given]
            values = [expected_of_new(model, parameters, mpf(t)) for t in PERIODS]
            values.append(discounted_of_new(model, parameters, DELTA))
            yield [model, name, *given, *(text(v, 18) for v in values)]


def write(name, header, rows):
    with Path(name).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print("wrote", name, flush=True)


if __name__ == "__main__":
    start = ["model", "set", *TERMS]
    row = ["frequency", "recency", "T"]
    write("points.csv", [*start, *row, "loglik", "p_alive"], points())
    ahead = [f"expected_{t}" for t in PERIODS]
    mpmath.mp.dps = 30
    write("new.csv", [*start, *ahead, "discounted_endless"], new_customers())
    write(
        "forecasts.csv", [*start, *row, *ahead, "discounted_520", "discounted_endless"], forecasts()
    )
