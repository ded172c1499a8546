"""What a hypothesis may be: every mistake is refused by name, all of one at once."""

import math

import pytest

import kamlab as kl
from kamlab.foundation.language import Text, same

STAY = {"model": "stayed ~ trust + tenure", "term": "trust", "above": 0}
LIST = {"method": "forecast", "model": "stayed ~ trust", "rival": "stayed ~ size", "above": 0}
RANKS = {"method": "correlation", "model": "trust ~ size", "above": 0}


def hypothesis(**given):
    return kl.Hypothesis(**{"name": "trust_keeps", "statement": "Trust keeps."} | given)


@pytest.mark.parametrize("given", [STAY, LIST, RANKS])
def test_what_goes_together_is_taken(given):
    assert hypothesis(**given).claims(0.1)


MISTAKES = {
    "capitals in the name": (STAY | {"name": "Trust"}, "name: small letters"),
    "no name": (STAY | {"name": None}, "name: small letters"),
    "no words": (STAY | {"statement": " "}, "statement: say in words"),
    "unknown method": (STAY | {"method": "logit"}, "method: one of retention"),
    "unknown table": (STAY | {"table": "orders"}, "table: one of periods"),
    "unknown measure": (LIST | {"measure": "gini"}, "measure: one of auc"),
    "no model": (STAY | {"model": " "}, "model: a formula"),
    "no end": (STAY | {"above": None}, "above, below, or both"),
    "end in words": (STAY | {"above": "0"}, "finite numbers"),
    "end of yes and no": (STAY | {"above": True}, "finite numbers"),
    "end beyond numbers": (STAY | {"below": math.inf}, "finite numbers"),
    "ends that cross": (STAY | {"below": -1}, "above must be smaller"),
    "ends that meet": (STAY | {"below": 0.0}, "above must be smaller"),
    "no term": (STAY | {"term": ""}, "which row"),
    "term of a correlation": (RANKS | {"term": "trust"}, "a correlation has no term"),
    "term of a forecast": (LIST | {"term": "trust"}, "a forecast has no term"),
    "forecast without rival": (LIST | {"rival": ""}, "rival: the formula to beat"),
    "rival without forecast": (STAY | {"rival": "stayed ~ size"}, "rival: the formula to beat"),
    "table of another method": (STAY | {"table": "accounts"}, "table does not go with retention"),
    "correction of ranks": (RANKS | {"corrected": True}, "corrected goes with"),
    "no places": (LIST | {"capacity": 0}, "capacity: a whole number"),
    "half a place": (LIST | {"capacity": 2.5}, "capacity: a whole number"),
    "places of yes and no": (LIST | {"capacity": True}, "capacity: a whole number"),
    "tested and not measurable": (STAY | {"not_measurable": same("why")}, "model, term, above"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_the_only_one_that_is_told(mistake):
    given, words = MISTAKES[mistake]
    with pytest.raises(kl.ArgumentError) as caught:
        hypothesis(**given)
    whole = str(caught.value)
    assert words in whole
    others = {said for other, (_, said) in MISTAKES.items() if other != mistake} - {words}
    assert not [said for said in others if said in whole]


def test_all_mistakes_are_told_at_once(language):
    with pytest.raises(kl.ArgumentError) as caught:
        hypothesis(method="logit", capacity=0, above=2, below=1, rival="x")
    for word in ("trust_keeps", "method", "model", "above", "term", "rival", "capacity"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("ends", "inside", "outside", "words"),
    [
        ({"above": 0.5}, [0.51, 9], [0.5, -1], "effect > 0.5"),
        ({"above": None, "below": -2}, [-2.01], [-2, 0], "effect < -2"),
        ({"above": -0.1, "below": 0.1}, [0, 0.099], [-0.1, 0.1, 3], "-0.1 < effect < 0.1"),
    ],
)
def test_the_range_claimed_is_open_at_its_ends(ends, inside, outside, words):
    made = hypothesis(**STAY | ends)
    assert str(made.claim) == words
    assert all(made.claims(effect) for effect in inside)
    assert not any(made.claims(effect) for effect in outside)


def test_words_and_whole_numbers_are_taken_as_text_and_float():
    made = hypothesis(**STAY)
    assert made.statement == Text("Trust keeps.", "Trust keeps.")
    assert isinstance(made.above, float)
    assert (made.low, made.high) == (0.0, math.inf)


def test_what_cannot_be_measured_needs_no_model():
    made = hypothesis(not_measurable=same("Nobody records it."))
    assert (made.model, made.above, made.below) == ("", None, None)
