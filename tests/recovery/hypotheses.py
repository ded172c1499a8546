"""False hypotheses on companies whose truth is known: how often are they "supported"?

`python tests/recovery/hypotheses.py 1000` tests thirteen hypotheses whose effect lies in truth at
the very end of the range claimed, beside true ones, on a thousand companies; the test runs a few.
"""

import sys
import warnings
from unittest import mock

import numpy as np
import pandas as pd
from scipy import stats

import kamlab as kl
from kamlab.hypotheses.examined import Examined, corrected
from kamlab.hypotheses.methods import retention, value
from kamlab.hypotheses.methods.registry import evidence
from kamlab.hypotheses.tables import Tables

N_ACCOUNTS = 240
AT_ONCE = 100
"""Companies that are simulated as one large company and then taken apart, which is faster: nothing
joins accounts of a simulated company but the calendar."""
FIRST_SEED = 50_000
CONF_LEVEL = 0.95
TRUTH = {"retention": {"satisfaction": 0.0, "tenure": 0.0}, "log_margin": {"satisfaction": 0.0}}
TRUST_ON_MARGIN, COMMITMENT_ON_STAYING = 0.10, 0.60
TRUST_TO_COMMITMENT = 0.3929
"""The path between respondents' scores: `paths_of_large_companies()`, error 0.0010."""

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"
PATH = "commitment ~ trust"
ON_ACCOUNTS = {"table": "accounts"}
ON_SURVEY = {"method": "sem", "table": "survey", "model": PATH, "term": PATH}
SCORES = {"method": "retention", "model": STAY, "corrected": True}
MONEY = {"method": "value", "model": WORTH, "corrected": True}
SMALL = {"term": "trust", "above": -TRUST_ON_MARGIN, "below": TRUST_ON_MARGIN}
FALSE = {
    "satisfaction_staying": {**SCORES, "term": "satisfaction", "above": 0},
    "tenure_staying": {**SCORES, "term": "tenure", "above": 0},
    "commitment_strong": {**SCORES, "term": "commitment", "above": COMMITMENT_ON_STAYING},
    "size_staying": {"model": "stayed ~ size + tenure", "term": "size", "above": 0},
    "size_against_staying": {"model": "stayed ~ size", "term": "size", "below": 0},
    "satisfaction_margin": {**MONEY, "term": "satisfaction", "above": 0},
    "trust_margin_small": {**MONEY, **SMALL},
    "size_trust": {"method": "linear", "model": "trust ~ size", "term": "size", "above": 0},
    "size_wallet": {
        "method": "linear", "model": "share_of_wallet ~ size", "term": "size", "above": 0,
        **ON_ACCOUNTS,
    },
    "employees_wallet": {
        "method": "correlation", "model": "share_of_wallet ~ employees", "above": 0,
        **ON_ACCOUNTS,
    },
    "size_commitment": {"method": "correlation", "model": "commitment ~ size", "above": 0},
    "path_strong": {**ON_SURVEY, "above": TRUST_TO_COMMITMENT},
    "size_foretells": {
        "method": "forecast",
        "model": "stayed ~ trust + commitment + size",
        "rival": "stayed ~ trust + commitment",
        "above": 0,
    },
}  # fmt: skip
TRUE = {
    "commitment_staying": {**SCORES, "term": "commitment", "above": 0},
    "trust_margin": {**MONEY, "term": "trust", "above": 0},
    "size_margin": {"method": "correlation", "model": "size ~ net_margin", "above": 0,
                    **ON_ACCOUNTS},
    "path": {**ON_SURVEY, "above": 0},
}  # fmt: skip
UNCORRECTED = {
    f"{name}, uncorrected": {**FALSE[name], "corrected": False}
    for name in ("satisfaction_staying", "satisfaction_margin", "trust_margin_small")
}


def hypotheses(kinds):
    return [
        kl.Hypothesis(name=name.replace(", ", "_"), statement=name, **given)
        for name, given in kinds.items()
    ]


def companies(seed, count=AT_ONCE, n_accounts=N_ACCOUNTS):
    """Return the tables of some companies, each of its own accounts."""
    tables = Tables.of(kl.simulate_company(n_accounts * count, seed, **TRUTH))
    ids = np.array_split(tables.accounts["account_id"].to_numpy(), count)
    return (tables.only(pd.Index(own)) for own in ids)


def examined(tables, kinds):
    """Return the evidence of every hypothesis on one company."""
    with (
        warnings.catch_warnings(),
        mock.patch.object(retention, "fit_retention", _fitted_once(retention.fit_retention)),
        mock.patch.object(value, "fit_value", _fitted_once(value.fit_value)),
    ):
        warnings.simplefilter("ignore")
        return [_examined(one, tables) for one in hypotheses(kinds)]


def _fitted_once(fit):
    """Return a function that fits the same regression of one company only once."""
    known = {}

    def fitted(formula, rows, *, error, seed):
        key = (formula, error is None)
        if key not in known:
            known[key] = fit(formula, rows, error=error, seed=seed)
        return known[key]

    return fitted


def _examined(hypothesis, tables):
    try:
        return Examined(hypothesis, evidence=evidence(hypothesis, tables))
    except kl.KamlabError as error:
        return Examined(hypothesis, reason=error.text)


def supported(examined, correction):
    """Return whether each hypothesis is supported after a correction among those given."""
    alone = np.array([one.verdict(CONF_LEVEL) == "supported" for one in examined])
    return alone & (np.nan_to_num(corrected(examined, correction), nan=1.0) < 1 - CONF_LEVEL)


def outcomes(tables):
    """Return one row a hypothesis and one row a family of one company: supported or not."""
    found = examined(tables, FALSE | TRUE | UNCORRECTED)
    false, true = found[: len(FALSE)], found[len(FALSE) : len(FALSE) + len(TRUE)]
    naive = found[-len(UNCORRECTED) :]
    rows = [
        (one.hypothesis.name, one.reason is not None, alone)
        for one, alone in zip(found, supported(found, "none"), strict=True)
    ]
    both = [*false, *true]
    for correction in ("none", "holm", "bh"):
        rows.append((f"any false one: {correction}", False, supported(false, correction).any()))
        hits = supported(both, correction)
        wrong = hits[: len(false)].sum()
        rows.append((f"any false one beside true ones: {correction}", False, wrong > 0))
        rows.append((f"share of false ones: {correction}", False, wrong / max(hits.sum(), 1)))
        own = supported(naive, correction).any()
        rows.append((f"any, scores uncorrected: {correction}", False, own))
    table = pd.DataFrame(rows, columns=["what", "not_applicable", "supported"])
    return table.assign(supported=table["supported"].astype(float))


def rates(table):
    """Return how often each was supported, and where it was tested.

    Limits are Wilson's, which of a mean share of false ones are too wide.
    """
    tested = table[~table["not_applicable"]]
    groups = tested.groupby("what", sort=False)["supported"]
    result = pd.DataFrame({"rate": groups.mean(), "tested": groups.size()})
    limits = [
        stats.binomtest(round(rate * count), int(count)).proportion_ci(method="wilson")
        for rate, count in zip(result["rate"], result["tested"], strict=True)
    ]
    return result.assign(low=[one.low for one in limits], high=[one.high for one in limits])


def paths_of_large_companies(n_accounts=100_000, seeds=range(1, 5)):
    """Return the path between respondents' scores, which measurement error makes smaller."""
    asked = hypotheses({"path": TRUE["path"]})[0]
    found = []
    for seed in seeds:
        company = kl.simulate_company(n_accounts, seed, **TRUTH)
        found.append(evidence(asked, Tables.of(company)).estimate)
    return np.mean(found), stats.sem(found)


def main(count):
    """Run replications, printing what was found so far from time to time."""
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + -(-count // AT_ONCE)):
        for tables in companies(seed):
            found.append(outcomes(tables))
            if len(found) % 50 == 0:
                print(f"\n{len(found)} companies of {N_ACCOUNTS} accounts")
                print(rates(pd.concat(found)).round(4).to_string(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
