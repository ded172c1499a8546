import pandas as pd
import pytest

import kamlab as kl
from kamlab.portfolio.model import load_model, shipped_models

OWN = """
id = "own"
name = { en = "Our own", ja = "自社モデル" }

[citation]
text = "our own, 2026"
status = "design"

[scale]
minimum = 0
maximum = 10
status = "design"
source = "ours"

[cut]
rule = 5.5
status = "design"
source = "ours"

[[axis]]
name = "pull"
label = { en = "Pull", ja = "魅力" }
status = "design"
source = "ours"
items = [
    { column = "growth", weight = 3 },
    { column = "prestige", weight = 1 },
]

[[axis]]
name = "reach"
label = { en = "Reach", ja = "競争力" }
status = "design"
source = "ours"
items = [{ column = "strength", weight = 1 }]

[[cell]]
name = "grow"
label = { en = "Grow", ja = "成長" }
levels = { pull = "high", reach = "high" }
status = "design"
source = "ours"
prescription = { en = "Invest.", ja = "投資する。" }
prescription_status = "design"

[[cell]]
name = "pick"
label = { en = "Pick", ja = "選択" }
levels = { pull = "high", reach = "low" }
status = "design"
source = "ours"
prescription = { en = "Choose.", ja = "選ぶ。" }
prescription_status = "design"

[[cell]]
name = "keep"
label = { en = "Keep", ja = "維持" }
levels = { pull = "low", reach = "high" }
status = "design"
source = "ours"
prescription = { en = "Maintain.", ja = "保つ。" }
prescription_status = "design"

[[cell]]
name = "leave"
label = { en = "Leave", ja = "撤退" }
levels = { pull = "low", reach = "low" }
status = "design"
source = "ours"
prescription = { en = "Let go.", ja = "手放す。" }
prescription_status = "design"
"""
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["A", "B", "C", "D"],
        "growth": [10.0, 6.0, 2.0, 1.0],
        "prestige": [0.0, 8.0, 10.0, 1.0],
        "strength": [9.0, 1.0, 5.5, 2.0],
    }
)


def written(tmp_path, text, name="own.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("as_text", [True, False])
def test_a_model_of_ones_own_works_from_its_file(tmp_path, as_text):
    path = written(tmp_path, OWN)
    board = kl.classify(ACCOUNTS, str(path) if as_text else path)
    found = board.augment()
    assert found["score_pull"].tolist() == [7.5, 6.5, 4.0, 1.0]
    assert found["cell"].tolist() == ["grow", "pick", "keep", "leave"]
    assert found["distance"].tolist() == [2.0, 1.0, 0.0, 3.5]
    board.plot()
    assert "7.50" in board.explain("A")


def test_a_changed_file_is_read_anew(tmp_path):
    path = written(tmp_path, OWN)
    kl.classify(ACCOUNTS, path)
    written(tmp_path, OWN.replace("rule = 5.5", "rule = 8"))
    assert kl.classify(ACCOUNTS, path).augment()["cell"].tolist() == [
        "keep",
        "leave",
        "leave",
        "leave",
    ]


def test_one_axis_and_three_axes_are_scored_but_have_no_map(tmp_path, language):
    head, _, cells = OWN.partition("[[cell]]")
    one = head[: head.index('[[axis]]\nname = "reach"')]
    cells = "[[cell]]" + cells
    kept = [c for c in cells.split("[[cell]]")[1:] if 'reach = "low"' in c]
    one += "".join("[[cell]]" + c.replace(', reach = "low"', "") for c in kept)
    board = kl.classify(ACCOUNTS, written(tmp_path, one))
    assert board.augment()["cell"].tolist() == ["pick", "pick", "leave", "leave"]
    with pytest.raises(kl.NotApplicable, match="1"):
        board.plot()


def test_zero_weights_are_allowed_where_others_carry_the_axis(tmp_path):
    path = written(tmp_path, OWN.replace('"prestige", weight = 1', '"prestige", weight = 0'))
    assert kl.classify(ACCOUNTS, path).augment()["score_pull"].tolist() == [10.0, 6.0, 2.0, 1.0]


# What is changed, what by, and the words that must point at the place.
MISTAKES = {
    "all weights zero": ("weight = 1 }]", "weight = 0 }]", ["reach"]),
    "negative weight": ("weight = 3", "weight = -3", ["pull"]),
    "weight not a number": ("weight = 3", 'weight = "much"', ["pull"]),
    "weight is nan": ("weight = 3", "weight = nan", ["pull"]),
    "no items": ('items = [{ column = "strength", weight = 1 }]', "items = []", ["reach"]),
    "items missing": ('items = [{ column = "strength", weight = 1 }]', "", ["items", "reach"]),
    "item without column": ('{ column = "strength", weight', "{ weight", ["column", "reach"]),
    "item without weight": ('"strength", weight = 1', '"strength"', ["weight", "reach"]),
    "axis without label": ('label = { en = "Reach", ja = "競争力" }', "", ["label", "reach"]),
    "label without Japanese": ('en = "Pull", ja = "魅力"', 'en = "Pull"', ["ja", "pull"]),
    "label as plain text": ('{ en = "Pull", ja = "魅力" }', '"Pull"', ["pull"]),
    "unknown status": (
        'text = "our own, 2026"\nstatus = "design"',
        'text = "x"\nstatus = "sure"',
        ["sure"],
    ),
    "no cut": ('[cut]\nrule = 5.5\nstatus = "design"\nsource = "ours"', "", ["cut"]),
    "cut rule unknown": ("rule = 5.5", 'rule = "mean"', ["mean"]),
    "cut without rule": ("rule = 5.5", "", ["rule", "cut"]),
    "no scale": (
        '[scale]\nminimum = 0\nmaximum = 10\nstatus = "design"\nsource = "ours"',
        "",
        ["scale"],
    ),
    "scale upside down": ("minimum = 0", "minimum = 20", ["scale"]),
    "no id": ('id = "own"', "", ["id"]),
    "no citation status": (
        '"our own, 2026"\nstatus = "design"',
        '"our own, 2026"',
        ["status", "citation"],
    ),
    "published without source": (
        'status = "design"\nsource = "ours"\nprescription = { en = "Let',
        'status = "published"\nsource = ""\nprescription = { en = "Let',
        ["leave"],
    ),
    "cell twice": ('{ pull = "low", reach = "low" }', '{ pull = "low", reach = "high" }', ["4"]),
    "two cells of one name": ('name = "leave"', 'name = "keep"', ["keep"]),
    "two axes of one name": ('name = "reach"', 'name = "pull"', ["pull"]),
    "level unknown": ('{ pull = "low", reach = "low" }', '{ pull = "low", reach = "none" }', ["4"]),
    "cell without an axis's level": (
        '{ pull = "low", reach = "low" }',
        '{ pull = "low" }',
        ["reach", "leave"],
    ),
    "cell without prescription": (
        'prescription = { en = "Let go.", ja = "手放す。" }',
        "",
        ["prescription", "leave"],
    ),
    "no cells": (OWN[OWN.index("[[cell]]") :], "", ["cell"]),
    "axes as a number": (
        OWN[OWN.index("[[axis]]") : OWN.index("[[cell]]")],
        "axis = 3\n",
        ["axis"],
    ),
    "broken TOML": ("rule = 5.5", "rule = = 5.5", ["line"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_model_file_is_told_with_file_and_place(tmp_path, mistake, language):
    old, new, places = MISTAKES[mistake]
    assert old in OWN
    path = written(tmp_path, OWN.replace(old, new), "our model.toml")
    with pytest.raises(kl.ModelError) as caught:
        kl.classify(ACCOUNTS, path)
    message = str(caught.value)
    assert "our model.toml" in message
    for place in places:
        assert place in message


def test_a_file_in_another_encoding_is_refused(tmp_path, language):
    path = tmp_path / "own.toml"
    path.write_bytes(OWN.encode("cp932"))
    with pytest.raises(kl.ModelError, match=r"own\.toml"):
        load_model(path)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path, language):
    (tmp_path / "folder.toml").mkdir()
    for name in ("gone.toml", "folder.toml"):
        with pytest.raises(kl.ModelError, match=name):
            load_model(tmp_path / name)


def test_an_unknown_model_is_refused_with_those_that_are_known(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(ACCOUNTS, "bensau")
    assert "bensau" in str(caught.value)
    assert all(name in str(caught.value).replace("'bensau'", "") for name in shipped_models())


@pytest.mark.parametrize("name", shipped_models())
def test_every_shipped_model_can_be_read_and_its_columns_are_declared(name):
    declared = set(kl.dictionary().query("table == 'accounts'")["column"])
    assert set(load_model(name).items) <= declared


@pytest.mark.parametrize("part", ["cut", "scale"])
def test_a_recalled_cut_or_scale_warns_when_it_is_used(tmp_path, part):
    head, _, tail = OWN.partition(f"[{part}]")
    path = written(tmp_path, head + f"[{part}]" + tail.replace('"design"', '"recalled"', 1))
    with pytest.warns(kl.RecalledClaimWarning):
        kl.classify(ACCOUNTS, path)


def test_axes_may_bear_the_names_of_columns(tmp_path):
    text = OWN.replace('"pull"', '"name"').replace("pull =", "name =")
    board = kl.classify(ACCOUNTS.assign(name=list("wxyz")), written(tmp_path, text))
    assert board.augment()["name"].tolist() == list("wxyz")
    board.plot()


def test_a_shipped_model_cannot_be_changed():
    with pytest.raises(TypeError):
        load_model("bensaou").axes[0].items["buyer_ties"] = 0
