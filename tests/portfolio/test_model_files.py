"""Model files: what they may say, and how they are read and used."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
import kamlab.portfolio
from kamlab.portfolio.declaration.library import load_model, shipped_models
from tests.portfolio.model_texts import FULL, OWN, at, complaints, line_number, written

SHIPPED = Path(kamlab.portfolio.__file__).parent / "models"
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["A", "B", "C", "D"],
        "growth": [10.0, 6.0, 2.0, 1.0],
        "prestige": [0.0, 8.0, 10.0, 1.0],
        "strength": [9.0, 1.0, 5.5, 2.0],
    }
)

FULL_ACCOUNTS = pd.DataFrame(
    {
        "account_id": list("ABCDE"),
        "growth": [9.0, 9, 1, 9, 9],
        "prestige": [1.0, 1, 9, 1, 1],
        "revenue": [90.0, 80, 10, 90, 90],
        "orders": [9, 8, 1, 5, 6],
        "strength": [8.0, 7.9, 5, 9, 9],
        "ending": [False, False, False, True, True],
        "days": [0.0, 0, 0, 1, 0],
    }
)


# A model of one's own, from its file to the picture.


@pytest.mark.parametrize("as_text", [True, False])
def test_a_model_of_ones_own_works_from_its_file(tmp_path, as_text, language):
    path = written(tmp_path, OWN)
    board = kl.classify(ACCOUNTS, str(path) if as_text else path)
    found = board.augment()
    assert found["score_pull"].tolist() == [7.5, 6.5, 4.0, 1.0]
    assert found["cell"].tolist() == ["grow", "pick", "keep", "leave"]
    assert found["effort"].tolist() == [2, 1, 1, 0]
    assert found["distance"].tolist() == [2.0, 1.0, 0.0, 3.5]
    board.plot()
    assert "7.50" in board.explain("A")
    assert {"en": "Invest.", "ja": "投資する。"}[language] in board.explain("A")
    assert {"en": "Grow: 1", "ja": "成長：1社"}[language] in board.report()
    assert {"en": "Our own", "ja": "自社モデル"}[language] in str(board)
    moves = board.what_would_move("D", "keep")
    assert moves[["column", "after"]].to_numpy().tolist() == [["strength", 6.0]]
    assert str(board.model.card())


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


def test_a_model_already_read_can_be_used_again(tmp_path):
    path = written(tmp_path, OWN)
    model = load_model(path)
    path.unlink()
    assert kl.classify(ACCOUNTS, model).augment()["cell"].tolist()[0] == "grow"


def test_all_that_a_file_may_say_reaches_the_model(tmp_path, language):
    model = load_model(written(tmp_path, FULL))
    assert (model.id, str(model.name)) == ("full", {"en": "All of it", "ja": "すべて"}[language])
    assert (model.citation.value, model.citation.status) == ("our own, 2026", "secondary")
    assert model.scale.value == (0, 10)
    assert (model.scale.status, model.scale.source, model.scale.page) == (
        "published",
        "the book",
        "12",
    )
    assert (model.effort.status, model.effort.source) == ("design", "our ranking")
    pull, reach, phase = model.axes
    assert [item.column for item in pull.items] == ["growth", "prestige", "revenue", "orders"]
    assert pull.weights.tolist() == [3, 1, 1, 1]
    assert [item.reverse for item in pull.items] == [False, True, False, False]
    assert pull.items[2].bounds == (0, 100)
    assert [item.ranked for item in pull.items] == [False, False, False, True]
    assert [item.is_rating for item in pull.items] == [True, True, False, False]
    assert (pull.levels, pull.cut.value, pull.cut.source) == (("low", "high"), (5.5,), "ours")
    assert (pull.measure.source, pull.weighting.source) == ("our items", "our weights")
    assert reach.levels == ("weak", "fair", "strong")
    assert (reach.cut.value, reach.cut.source) == ((3, 8), "our cuts")
    assert phase.is_ladder
    assert phase.levels == ("running", "over")
    assert [(n.column, n.test, n.value) for n in phase.rules[1].needs] == [
        ("ending", "is", 1),
        ("days", "at_least", 1),
    ]
    assert model.columns == (
        "growth", "prestige", "revenue", "orders", "strength", "ending", "days"
    )  # fmt: skip
    grow, pick, leave, gone = model.cells
    assert pick.levels == (("high",), ("weak", "fair"), ("running",))
    assert leave.levels == (("low",), ("weak", "fair", "strong"), ("running",))
    assert [cell.effort for cell in model.cells] == [2, 1, 0, 0]
    assert str(grow.description.value) == {"en": "Good.", "ja": "よい。"}[language]
    assert (grow.description.source, grow.prescription.source) == ("ours too", "we")
    assert gone.description is None
    assert [str(text) for text in model.missing + model.remarks] == {
        "en": ["the book", "Ours."],
        "ja": ["その本", "自社のもの。"],
    }[language]


def test_a_file_with_everything_classifies(tmp_path, language):
    board = kl.classify(FULL_ACCOUNTS, written(tmp_path, FULL))
    found = board.augment()["cell"].tolist()
    assert found[:4] == ["grow", "pick", "leave", "gone"]
    assert pd.isna(found[4])
    assert board.explain("C")
    assert board.report()
    assert str(board.model.card())


def test_one_axis_is_scored_but_has_no_map(tmp_path, language):
    head, _, cells = OWN.partition("[[cell]]")
    one = head[: head.index('[[axis]]\nname = "reach"')]
    kept = [c for c in ("[[cell]]" + cells).split("[[cell]]")[1:] if 'reach = "low"' in c]
    one += "".join("[[cell]]" + c.replace(', reach = "low"', "") for c in kept)
    board = kl.classify(ACCOUNTS, written(tmp_path, one))
    assert board.augment()["cell"].tolist() == ["pick", "pick", "leave", "leave"]
    with pytest.raises(kl.NotApplicable, match="1"):
        board.plot()


def test_three_axes_have_no_map(tmp_path, language):
    third = (
        '[[axis]]\nname = "third"\nlabel = { en = "Third", ja = "第三" }\nstatus = "design"\n'
        'source = "ours"\nitems = [{ column = "growth" }]\n\n[[cell]]'
    )
    text = OWN.replace("[[cell]]", third, 1)
    board = kl.classify(ACCOUNTS, written(tmp_path, text))
    assert board.augment()["cell"].tolist() == ["grow", "pick", "keep", "leave"]
    with pytest.raises(kl.NotApplicable, match="3"):
        board.plot()


def test_a_weight_left_out_is_one(tmp_path):
    path = written(tmp_path, OWN.replace(", weight = 3", "").replace(", weight = 1 }", " }"))
    assert kl.classify(ACCOUNTS, path).augment()["score_pull"].tolist() == [5.0, 7.0, 6.0, 1.0]


def test_zero_weights_are_allowed_where_others_carry_the_axis(tmp_path):
    path = written(tmp_path, OWN.replace('"prestige", weight = 1', '"prestige", weight = 0'))
    accounts = ACCOUNTS.drop(columns="prestige")
    assert kl.classify(accounts, path).augment()["score_pull"].tolist() == [10.0, 6.0, 2.0, 1.0]


def test_axes_may_bear_the_names_of_columns(tmp_path):
    text = OWN.replace('"pull"', '"name"').replace("pull =", "name =")
    board = kl.classify(ACCOUNTS.assign(name=list("wxyz")), written(tmp_path, text))
    assert board.augment()["name"].tolist() == list("wxyz")
    board.plot()


def test_names_may_be_japanese_and_texts_may_hold_braces(tmp_path, language):
    text = OWN.replace('"pull"', '"魅力度"').replace("pull =", '"魅力度" =')
    text = text.replace('"growth"', '"成長性"').replace('en = "Pull"', 'en = "Pull {x} 100 %"')
    text = text.replace('"grow"', '"育成"').replace('en = "Our own"', 'en = "{ours} %s"')
    board = kl.classify(ACCOUNTS.rename(columns={"growth": "成長性"}), written(tmp_path, text))
    assert board.augment()["score_魅力度"].tolist() == [7.5, 6.5, 4.0, 1.0]
    for said in (board.explain("A"), board.report(), str(board), str(board.model.card())):
        assert said
    assert board.what_would_move("D", "育成")["axis"].tolist() == ["魅力度", "reach"]


# Ways of writing the same.


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path, end, mark, language):
    path = tmp_path / "own.toml"
    path.write_bytes((mark + FULL.replace("\n", end)).encode("utf-8"))
    assert load_model(path) == load_model(written(tmp_path, FULL, "plain.toml"))
    damaged = FULL.replace("minimum = 0", 'minimum = "zero"')
    path.write_bytes((mark + damaged.replace("\n", end)).encode("utf-8"))
    with pytest.raises(kl.ModelError) as caught:
        load_model(path)
    assert str(caught.value).count("\n- ") == 1
    assert at(line_number(FULL, "minimum = 0"), language) in str(caught.value)


def inline(text, kind):
    """Return the text with its blocks of a kind as one list of tables."""
    parts = re.split(r"(?m)^(?=\[)", text)
    blocks = [part for part in parts if part.startswith(f"[[{kind}]]")]
    tables = []
    for block in blocks:
        body = re.sub(r"\n\s*(?=[{\]])", " ", block.split("\n", 1)[1].strip())
        tables.append("    { " + ", ".join(body.splitlines()) + " },\n")
    rest = [part for part in parts[1:] if part not in blocks]
    return f"{parts[0]}{kind} = [\n{''.join(tables)}]\n\n{''.join(rest)}"


@pytest.mark.parametrize("kind", ["axis", "cell"])
def test_blocks_may_be_a_list_of_tables(tmp_path, kind, language):
    text = inline(FULL, kind)
    assert f"[[{kind}]]" not in text
    assert load_model(written(tmp_path, text)) == load_model(written(tmp_path, FULL, "p.toml"))
    broken = text.replace('label = { en = "Leave", ja = "撤退" }', 'label = "Leave"')
    broken = broken.replace('label = { en = "Reach", ja = "競争力" }', 'label = "Reach"')
    found = complaints(tmp_path, broken)
    assert len(found) == 2
    listed = {"axis": '    { name = "reach"', "cell": '    { name = "leave"'}[kind]
    name = {"axis": "reach", "cell": "leave"}[kind]
    complaint = next(one for one in found if name in one.split("label")[0])
    assert complaint.startswith(at(line_number(broken, listed), language))


def test_inner_tables_may_have_headings_of_their_own(tmp_path, language):
    text = FULL.replace('cut = { rule = [3, 8], status = "design", source = "our cuts" }\n', "")
    tail = '\n[axis.cut]\nrule = [3, 8]\nstatus = "design"\nsource = "our cuts"\n'
    text = text.replace('    { column = "strength", weight = 1 },\n]\n',
                        '    { column = "strength", weight = 1 },\n]\n' + tail)  # fmt: skip
    assert load_model(written(tmp_path, text)) == load_model(written(tmp_path, FULL, "p.toml"))
    text = text.replace("rule = [3, 8]", "rule = [8, 3]")
    (found,) = complaints(tmp_path, text)
    assert found.startswith(at(line_number(text, "rule = [8, 3]"), language))


# The models that come with kamlab.


@pytest.mark.parametrize("name", shipped_models())
def test_every_shipped_model_is_read_and_bears_the_name_of_its_file(name):
    assert load_model(name).id == name
    assert load_model(name) == load_model(SHIPPED / f"{name}.toml")


@pytest.mark.parametrize("name", shipped_models())
def test_the_columns_of_every_shipped_model_are_declared_or_counted(name, company):
    declared = set(kl.dictionary().query("table in ['accounts', 'survey']")["column"])
    assert set(load_model(name).columns) <= declared | set(kl.account_facts(company))


@pytest.mark.parametrize("name", shipped_models())
def test_every_shipped_model_may_be_copied_and_used_as_ones_own(name, tmp_path, company):
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    path = written(tmp_path, text.replace(f'id = "{name}"', 'id = "copy"'))
    found, expected = (kl.classify(company, model).augment() for model in (path, name))
    pd.testing.assert_frame_equal(found, expected)


def test_models_lists_what_is_shipped(language):
    table = kl.models()
    assert table["model"].tolist() == list(shipped_models())
    assert set(table) == {"model", "title", "n_axes", "n_cells", "n_statements", "n_recalled"}
    row = table.set_index("model").loc["bensaou"]
    assert (row["n_axes"], row["n_cells"]) == (2, 4)
    assert row["title"] == str(load_model("bensaou").name)


@pytest.mark.parametrize("part", ["[scale]", "[cut]"])
def test_a_recalled_cut_or_scale_warns_when_it_is_used(tmp_path, part):
    head, _, tail = OWN.partition(part)
    path = written(tmp_path, head + part + tail.replace('"design"', '"recalled"', 1))
    with pytest.warns(kl.RecalledClaimWarning):
        kl.classify(ACCOUNTS, path)


def test_a_recalled_cut_that_the_user_replaces_does_not_warn(tmp_path):
    head, _, tail = OWN.partition("[cut]")
    path = written(tmp_path, head + "[cut]" + tail.replace('"design"', '"recalled"', 1))
    assert len(kl.classify(ACCOUNTS, path, cut=5).augment()) == 4


def test_a_shipped_model_cannot_be_changed():
    model = load_model("bensaou")
    with pytest.raises(AttributeError):
        model.axes = ()
    with pytest.raises(AttributeError):
        model.axes[0].items[0].weight = 0
    with pytest.raises(TypeError):
        model.axes[0].items[0] = None
    model.axes[0].weights[:] = 0
    model.cell_of_levels[:] = 0
    assert model == load_model("bensaou")
    assert load_model("bensaou").axes[0].weights.all()
    assert len(np.unique(load_model("bensaou").cell_of_levels)) == 4


@pytest.mark.parametrize("model", ["bensau", "", "four s", 5, None, ["bensaou"]])
def test_an_unknown_model_is_refused_with_those_that_are_known(model, language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(ACCOUNTS, model)
    assert all(name in str(caught.value) for name in shipped_models())


def test_an_unknown_model_is_told_the_nearest(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(ACCOUNTS, "milman_wilson")
    before_the_list = str(caught.value).split({"en": "Models that", "ja": "付属"}[language])[0]
    assert "millman_wilson" in before_the_list


@pytest.mark.parametrize("name", ["de_blick", "deblick", "de_blick_4s"])
def test_the_model_of_de_blick_is_refused_with_the_reason(name, language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(kl.sample_company(), name)
    assert "four_s" in str(caught.value)
    assert {"en": "Wikipedia", "ja": "ウィキペディア"}[language] in str(caught.value)
