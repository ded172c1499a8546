from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest

import kamlab as kl
from kamlab.foundation.errors import ArgumentError
from kamlab.lab.path_explorer import explore_paths
from kamlab.lab.path_model import path_model
from kamlab.lab.path_rows import MOST_ROWS, shown_rows
from kamlab.lab.path_view import PathSketch, draw_paths
from kamlab.lab.path_what_if import compute_paths, slider_values
from tests.lab.path_parts import CAUSES, MODEL, NOBS, population

DRAWN_ALIKE = 0.005
"""Share of pixels: words that touch something else are laid over it in another order."""


@pytest.fixture(scope="module")
def fit():
    return kl.fit_sem(MODEL, cov=population(), nobs=NOBS)


@pytest.fixture(scope="module")
def model(fit):
    return path_model(fit)


def words_of(artists):
    return [one.get_text() for one in artists if isinstance(one, mpl.text.Text)]


def test_paths_are_chosen_in_words(fit):
    path, outcome, value, back, *_ = explore_paths(fit).children
    assert len(path.options) == sum(map(len, CAUSES.values()))
    assert path.label == "Shared values → Trust"
    assert "Propensity to leave" in [label for label, _ in outcome.options]
    assert (value.min, value.max, value.step) == (-1, 1, 0.05)
    assert value.value == pytest.approx(0.3)
    assert back.description == "Back to the estimate"


def test_moving_the_slider_changes_sentence_and_picture(fit):
    *_, value, _, sentence, picture = explore_paths(fit, path="trust -> commitment").children
    before = sentence.value, picture.value
    value.value = 0.5
    assert "were 0.50 instead of 0.30" in sentence.value
    assert picture.value != before[1]
    assert sentence.value.removeprefix("<p>").removesuffix("</p>") in picture.value
    assert sentence.value != before[0]


def test_the_button_goes_back_to_the_estimate(fit):
    *_, value, back, sentence, picture = explore_paths(fit).children
    before = sentence.value, picture.value
    value.value = -0.4
    back.click()
    assert value.value == pytest.approx(0.3)
    assert (sentence.value, picture.value) == before


def test_another_path_begins_at_its_own_estimate_and_keeps_the_outcome_if_it_can(fit):
    path, outcome, value, _, sentence, _ = explore_paths(fit, outcome="cooperation").children
    value.value = 0.6
    options = dict(path.options)
    path.value = options["Trust → Commitment"]
    assert outcome.label == "Cooperation"
    assert value.value == pytest.approx(0.3)
    assert "Trust → Commitment is estimated at 0.30" in sentence.value
    path.value = options["Opportunistic behaviour → Trust"]
    assert value.value == pytest.approx(-0.3)
    path.value = options["Commitment → Propensity to leave"]
    assert [label for label, _ in outcome.options] == ["Propensity to leave"]
    assert outcome.label == "Propensity to leave"


def test_another_outcome_keeps_the_value(fit):
    path, outcome, value, _, sentence, _ = explore_paths(fit, path="trust→commitment").children
    value.value = 0.5
    outcome.value = dict(outcome.options)["Propensity to leave"]
    assert value.value == 0.5
    assert "on Propensity to leave" in sentence.value
    assert path.label == "Trust → Commitment"


def test_impossible_values_are_said_to_be_so(fit):
    *_, value, _, sentence, picture = explore_paths(fit, path="trust -> commitment").children
    value.value = 1.0
    assert "cannot be 1.00" in sentence.value
    assert "R² of Commitment would be" in sentence.value
    assert "cannot be 1.00" in picture.value


def test_explorer_speaks_japanese(fit):
    kl.use_language("ja")
    path, outcome, value, back, sentence, _ = explore_paths(fit).children
    assert (path.description, outcome.description, value.description) == ("パス", "結果", "値")
    assert path.label == "価値共有 → 信頼"
    assert back.description == "推定値に戻す"
    value.value = 0.5
    assert "ではなく0.50なら" in sentence.value


def test_labels_can_be_given_and_are_harmless(fit):
    labels = {"trust": "<script>", "commitment": "$x$ {y}"}
    explorer = explore_paths(fit, path="trust -> commitment", labels=labels)
    path, *_, value, _, sentence, picture = explorer.children
    value.value = 0.5
    assert path.label == "<script> → $x$ {y}"
    assert "<script>" not in sentence.value + picture.value
    assert "&lt;script&gt; → $x$ {y}" in sentence.value


def test_unknown_places_to_begin_are_refused(fit):
    with pytest.raises(ArgumentError, match="no path 'a -> b'"):
        explore_paths(fit, path="a -> b")
    with pytest.raises(ArgumentError, match="does not lead to 'trust'"):
        explore_paths(fit, path="trust -> commitment", outcome="trust")


def test_lists_begin_with_what_changes_most_and_hold_no_more_than_fits(model):
    path = model.find_path("trust -> commitment")
    outcome = model.find_outcome(path, "cooperation")
    of, on, among = shown_rows(model, path, outcome)
    assert str(of.labels[0]) == "Commitment"
    assert of.changes.all()
    causes = {str(label): changes for label, changes in zip(on.labels, on.changes, strict=True)}
    assert causes["Communication"]
    assert not causes["Relationship benefits"]
    assert len(among.labels) == MOST_ROWS
    assert str(among.labels[0]) == "Trust and Commitment"


def test_nothing_leaves_its_axis_while_the_slider_moves(model):
    path = model.find_path("trust -> commitment")
    outcome = model.find_outcome(path, "cooperation")
    lists = shown_rows(model, path, outcome)
    for value in slider_values(0.3):
        view = compute_paths(model, "trust -> commitment", value, outcome="cooperation")
        if view.problem is None:
            for rows in lists:
                low, high = rows.limits
                assert low - 1e-12 <= rows.of(view).min()
                assert rows.of(view).max() <= high + 1e-12


def test_picture_shows_numbers_before_and_after(model, language):
    view = compute_paths(model, "trust -> commitment", 0.5, outcome="propensity_to_leave")
    figure = draw_paths(view)
    said = words_of(figure.moving)
    effect = model.names.index("commitment")
    before, after = view.r_squared[:, effect]
    assert f"R² {before:.2f}→{after:.2f}" in said
    assert "0.50" in said
    leave, trust = (model.names.index(name) for name in ("propensity_to_leave", "trust"))
    assert f"{view.total[1, leave, trust]:.2f}".replace("-", "−") in said
    assert str(view.sentence) in figure.alt
    named = {"en": "Propensity to leave −0.09, then −0.15", "ja": "離脱性向 −0.09→−0.15"}
    assert named[language] in figure.alt


def test_picture_of_an_impossible_value_shows_no_consequences(model):
    view = compute_paths(model, "trust -> commitment", 1.0)
    sketch = PathSketch(view)
    figure = sketch.show(view)
    share = view.r_squared[1, model.names.index("commitment")]
    assert f"→{share:.2f}" in "".join(words_of(figure.moving))
    assert not [one for one in figure.moving if one.axes in [own.ax for own in sketch.lists]]
    assert "then" not in figure.alt


def test_what_is_drawn_again_looks_like_what_is_drawn_at_once(model):
    sketch = PathSketch(compute_paths(model, "trust -> commitment"))
    for value in (0.9, -0.2, 0.55):
        figure = sketch.show(compute_paths(model, "trust -> commitment", value))
        live = mpl.image.imread(BytesIO(figure.png()))[:, :, :3]
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    buffer.seek(0)
    whole = mpl.image.imread(buffer)[:, :, :3]
    assert live.shape == whole.shape
    assert (np.abs(live - whole).max(axis=2) > 0.1).mean() < DRAWN_ALIKE


def test_words_of_the_lists_do_not_cover_each_other(model, language):
    view = compute_paths(model, "opportunism -> trust", -0.5, outcome="uncertainty")
    sketch = PathSketch(view)
    figure = sketch.show(view)
    figure.png()
    renderer = figure.agg.get_renderer()
    written = [text for one in sketch.lists for text in one.ax.get_yticklabels()]
    written += [text for one in sketch.lists for text in (*one.values, one.ax.title)]
    boxes = [text.get_window_extent(renderer) for text in written if text.get_text()]
    assert not [1 for n, box in enumerate(boxes) if box.count_overlaps(boxes[:n])]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)
