"""Gamma-Gamma to 30 digits: log-likelihood and expected spend of hard rows, in spend.csv.

Usage, in this folder: python write_spend.py      (mpmath 1.4.1 on Python 3.11)
`expected_spend` is the mean value of an order given the mean of x orders: the published
p (gamma + x m) / (p x + q - 1), compared here with the integral of p / nu over the posterior
of nu (a gamma of shape p x + q and rate gamma + x m); with x = 0 nothing is known of the
customer, and `loglik` is empty.
"""

import csv

import mpmath
from models import loglik_spend
from mpmath import exp, inf, log, loggamma, mpf, quad

mpmath.mp.dps = 40
SETS = {
    "cdnow": ("6.25", "3.74", "15.44"),
    "q_near_one": ("2.5", "1.02", "8"),
    "tiny_p": ("0.05", "4", "900"),
    "large": ("400", "90", "70"),
    "yen": ("3.1", "2.8", "45000"),
}
ROWS = [
    ("0", "0"),
    ("1", "11.77"),
    ("2", "22.35"),
    ("29", "36.5"),
    ("1", "0.01"),
    ("500", "299.63"),
    ("5000", "41.3"),
    ("7", "1250000"),
]


def by_integral(p, q, gamma, x, m):
    shape, rate = p * x + q, gamma + x * m
    middle = (shape - 1) / rate if shape > 2 else shape / rate
    width = shape**0.5 / rate
    cuts = [
        mpf(0),
        *(
            middle + k * width
            for k in (-20, -8, -3, 0, 3, 8, 20, 60, 300)
            if middle + k * width > 0
        ),
        inf,
    ]
    constant = shape * log(rate) - loggamma(shape)
    return quad(lambda v: p / v * exp(constant + (shape - 1) * log(v) - rate * v), cuts)


def main():
    out = []
    for name, given in SETS.items():
        p, q, gamma = (mpf(v) for v in given)
        for row in ROWS:
            x, m = (mpf(v) for v in row)
            expected = p * (gamma + x * m) / (p * x + q - 1)
            if name != "q_near_one" or x > 0:  # else the integrand is all but improper at zero
                assert abs(by_integral(p, q, gamma, x, m) / expected - 1) < 1e-12, (name, row)
            value = mpmath.nstr(loglik_spend((p, q, gamma), x, m), 30) if x > 0 else ""
            out.append([name, *given, *row, value, mpmath.nstr(expected, 30)])
    with open("spend.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["set", "p", "q", "gamma", "frequency", "mean_order_value", "loglik", "expected_spend"]
        )
        writer.writerows(out)


if __name__ == "__main__":
    main()
