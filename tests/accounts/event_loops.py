"""What a log of events says of one account, in plain loops over its events."""

import pandas as pd

from kamlab.accounts.events import EVENT_FACTS

YEAR = 365.25
NAN = float("nan")
ANSWERED = ("accepted", "deferred", "refused")


def months(number):
    return pd.DateOffset(months=number)


def is_known(cell):
    return isinstance(cell, str)


def share(part, whole):
    return len(part) / len(whole) if len(whole) else NAN


def breaks_silence(event, earlier, since, log_first):
    """Whether an event comes from the customer, two years after the one before."""
    if event["kind"] == "inbound_after_silence":
        return True
    if event["direction"] != "inbound":
        return False
    quiet = max(e["day"] for e in earlier) if earlier else None
    if quiet is None:
        if pd.isna(since):
            return False
        quiet = max(since, log_first)
    return quiet <= event["day"] - months(24)


def event_facts(events, end, since, left, log_first):
    """Return the facts of one account's events up to the day `end`; all dates without hours."""
    row = dict.fromkeys(EVENT_FACTS, NAN)
    if log_first is None or log_first > end:
        return row
    events = [dict(e, day=e["occurred_on"].normalize()) for e in events]
    events = [e for e in events if e["day"] <= end]

    def of(*kinds):
        return [e for e in events if e["kind"] in kinds]

    def before(event):
        return [e for e in events if e["day"] < event["day"]]

    days = [e["day"] for e in events]
    begin = min([log_first if pd.isna(since) else max(log_first, since), *days])
    stop = end if left is None else max([left, *days])
    years = ((stop - begin).days + 1) / YEAR if stop >= begin else NAN
    for name, kinds in {
        "introductions_a_year": ["introduction"],
        "proposals_a_year": ["proposal", "re_proposal"],
        "complaints_a_year": ["complaint"],
        "meetings_a_year": ["meeting"],
    }.items():
        row[name] = len(of(*kinds)) / years
    row["inbound_after_silence"] = len(of("inbound_after_silence"))
    row["requests_for_proposal"] = len(of("request_for_proposal"))
    row["reproposals"] = len(of("re_proposal"))
    row["instruction_share"] = share(of("instruction"), [e for e in events if is_known(e["kind"])])

    answered = [e for e in of("proposal", "re_proposal") if e["outcome"] in ANSWERED]
    accepted = [e for e in answered if e["outcome"] == "accepted"]
    again = [e for e in answered if e["kind"] == "re_proposal"]
    row["acceptance_rate"] = share(accepted, answered)
    row["deferred_share"] = share([e for e in answered if e["outcome"] == "deferred"], answered)
    row["reproposals_accepted"] = len([e for e in again if e["outcome"] == "accepted"])
    row["reproposal_acceptance"] = share([e for e in again if e["outcome"] == "accepted"], again)
    row["wins_after_losses"] = sum(
        len([e for e in before(win) if e["kind"] == "lost_deal"]) >= 2 for win in accepted
    )
    refused = [e["day"] for e in answered if e["outcome"] == "refused"]
    row["invited_after_refusal"] = sum(
        any(e["day"] - months(18) <= day <= e["day"] - months(6) for day in refused)
        for e in of("request_for_proposal")
    )

    inbound = [e for e in events if e["direction"] == "inbound"]
    row["inbound_share"] = share(inbound, [e for e in events if is_known(e["direction"])])
    row["silence_broken"] = sum(breaks_silence(e, before(e), since, log_first) for e in events)
    complaints = [e["day"] for e in of("complaint")]
    row["had_complaint"] = float(bool(complaints))
    if complaints:
        row["years_since_complaint"] = (end - min(complaints)).days / YEAR
    if days:
        row["days_since_event"] = (end - max(days)).days
    return row
