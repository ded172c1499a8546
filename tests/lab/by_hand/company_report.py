"""Answers of notebook C2: scores and draws by plain loops, people counted one after another."""

from collections import Counter

import kamlab as kl
from tests.lab.by_hand.question import Question


def partners(company):
    board = kl.classify(company, "bensaou").augment()
    return board[board["cell"] == "strategic_partnership"]


def moves(row):
    shares = (row["flips_weights"], row["flips_ratings"], row["flips_respondents"])
    return max(share for share in shares if share == share)


def doubtful_partners(company):
    return sum(moves(row) >= 0.2 for row in partners(company).to_dict("records"))


def all_partners(company):
    return len(partners(company))


def doubtful_accounts(company):
    board = kl.classify(company, "bensaou").augment()
    return sum(moves(row) >= 0.2 for row in board.to_dict("records"))


def gone(company):
    last = {}
    for row in company.periods.sort_values("start").to_dict("records"):
        last[row["account_id"]] = row["stayed"]
    return {account for account, stayed in last.items() if stayed is False}


def single_threads(company):
    people = Counter(company.contacts["account_id"])
    left = gone(company)
    ids = company.accounts["account_id"]
    return sum(people[account] == 1 for account in ids if account not in left)


def single_threads_of_all(company):
    return sum(count == 1 for count in Counter(company.contacts["account_id"]).values())


QUESTIONS = (
    Question(
        "C2-doubtful-partners",
        doubtful_partners,
        hint="flips_",
        wrong=(all_partners, doubtful_accounts),
    ),
    Question(
        "C2-single-threads",
        single_threads,
        hint="n_contacts",
        wrong=(single_threads_of_all,),
        needs="contacts",
    ),
)
