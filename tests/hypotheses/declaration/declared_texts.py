"""A declaration's file that has everything, and a few hypotheses."""

import re

import kamlab as kl
from kamlab.foundation.language import Text

FULL = """\
[declaration]
title = { en = "Ours", ja = "自社の仮説" }
correction = "bh"
conf_level = 0.9

[hypothesis.trust_keeps]
statement = { en = "Trust keeps customers.", ja = "信頼する顧客は残る。" }
method = "retention"
model = "stayed ~ trust + tenure"
term = "trust"
above = 0.05
corrected = true
family = "quality"
source = { status = "secondary", source = "a talk", page = "3" }

[hypothesis.better_list]
statement = "Behaviour finds leavers."
method = "forecast"
model = "stayed ~ meetings_a_year"
rival = "stayed ~ size"
measure = "lift"
capacity = 10
above = 0

[hypothesis.path]
statement = "Trust leads to commitment."
method = "sem"
model = '''
commitment =~ commitment_1 + commitment_2
trust =~ trust_1 + trust_2
commitment ~ trust'''
term = "commitment ~ trust"
table = "survey"
above = 0.1
below = 0.9

[hypothesis.beyond]
statement = "They speak well of us."
not_measurable = { en = "Nobody listens.", ja = "聞いている人がいない。" }

[hypothesis.beyond.source]
value = 43
status = "computed"
source = { en = "ours", ja = "自社" }
"""
TRUST = kl.Hypothesis(
    name="trust_keeps",
    statement=Text("Trust keeps customers.", "信頼する顧客は残る。"),
    model="stayed ~ trust + tenure",
    term="trust",
    above=0.05,
    corrected=True,
    family="quality",
    source=kl.Claim("Trust keeps customers.", "secondary", "a talk", page="3"),
)
WALLET = kl.Hypothesis(
    name="wallet",
    statement="Commitment and share of wallet go together.",
    method="correlation",
    model="commitment ~ share_of_wallet",
    table="accounts",
    above=0.1,
    below=0.8,
)


def written(tmp_path, text, name="ours.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def edited(path, old, new):
    """Edit a file by hand as a user does: above the seals, which stay."""
    text = path.read_text(encoding="utf-8")
    head, seal, tail = text.partition("\n[[seal]]")
    assert head.count(old) == 1, old
    path.write_text(head.replace(old, new) + seal + tail, encoding="utf-8")


def without(text, key):
    """Return a text without the first entry of a key."""
    assert re.search(rf"(?m)^{key} = ", text)
    return re.sub(rf"(?m)^{key} = .*\n", "", text, count=1)
