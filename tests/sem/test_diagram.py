"""What a path diagram shows: its words, its lines, and what it leaves out."""

import warnings
from math import nan

import matplotlib.pyplot as plt
import pytest

from kamlab.foundation import style
from kamlab.foundation.language import Text, same, use_language
from kamlab.sem.picture.diagram import Diagram, Edge, Node
from kamlab.sem.picture.inks import NEGATIVE, PLAIN, POSITIVE, UNCLEAR, ink_of, width_of_line
from kamlab.sem.picture.names import number
from kamlab.sem.picture.numbers import number_words
from kamlab.sem.picture.path_diagram import draw_diagram

HOSTILE = ("Café $5$ & Co", "<b>北斗</b>", "R&D {x} $\\alpha$", "100% _under_", "a" * 60)


def estimated(cause, effect, value, *, kind="path", half=0.1, **more):
    return Edge(cause, effect, kind, value, value, value - half, value + half, **more)


def mediation(**more):
    nodes = (Node("X"), Node("M", r_squared=0.3), Node("Y", r_squared=0.41))
    edges = (
        estimated("X", "M", 0.55, label="a", mark="***"),
        estimated("M", "Y", -0.42, label="b", mark="**"),
        estimated("X", "Y", 0.08, label="c'"),
    )
    return draw_diagram(Diagram(nodes, edges), **more)


def factors(*sizes, paths=(), covariances=()):
    names = [f"F{k}" for k in range(len(sizes))]
    items = [
        (name, f"{name}_{k}") for name, size in zip(names, sizes, strict=True) for k in range(size)
    ]
    nodes = [Node(name, latent=True) for name in names] + [Node(item) for _, item in items]
    edges = [estimated(name, item, 0.7, kind="loading") for name, item in items]
    edges += [estimated(f"F{a}", f"F{b}", 0.4) for a, b in paths]
    edges += [estimated(f"F{a}", f"F{b}", 0.3, kind="covariance") for a, b in covariances]
    return Diagram(tuple(nodes), tuple(edges))


def written(ax, gid):
    texts = [text for text in ax.texts if text.get_gid() == gid]
    return {text.get_text().replace("\n", " ") for text in texts}


def drawn(ax, gid):
    return [child for child in ax.get_children() if child.get_gid() == gid]


def remark(ax):
    return " ".join(text.get_text() for text in ax.texts if text.get_gid() == "remark")


def test_every_arrow_has_its_parameter_value_and_mark():
    assert written(mediation(), "number") == {"a = 0.55***", "b = −0.42**", "c' = 0.08"}


def test_an_explained_variable_tells_how_much_of_it_is_explained():
    assert written(mediation(), "note") == {"R² = 0.30", "R² = 0.41"}


def test_a_mean_is_written_into_its_shape():
    ax = draw_diagram(Diagram((Node("i", latent=True, mean=1.5),), ()))
    assert written(ax, "note") == {"mean 1.50"}


def test_a_model_can_be_drawn_before_it_is_fitted():
    nodes = (Node("F", latent=True), Node("x"), Node("y"))
    edges = (
        Edge("F", "x", "loading", estimate=1.0, fixed=True),
        Edge("F", "y", "loading"),
    )
    ax = draw_diagram(Diagram(nodes, edges))
    assert written(ax, "number") == {"1"}
    assert remark(ax) == ""
    assert len(drawn(ax, "loading")) == 2


def test_numbers_are_standardised_unstandardised_or_none():
    edge = Edge("x", "y", estimate=12.3, standardised=0.4, mark="*")
    assert number_words(edge, "standardised") == "0.40*"
    assert number_words(edge, "estimate") == "12.3*"
    assert number_words(edge, "none") == ""


def test_without_a_standardised_value_the_estimate_is_shown():
    assert number_words(Edge("x", "y", estimate=2.0), "standardised") == "2.00"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0.00"),
        (-0.314, "−0.31"),
        (0.0012, "0.0012"),
        (12.34, "12.3"),
        (1234.5, "1,234"),
        (2.5e7, "2.5e+07"),
    ],
)
def test_numbers_keep_what_their_size_needs(value, words):
    assert number(value) == words


@pytest.mark.parametrize(
    ("edge", "ink"),
    [
        (estimated("x", "y", 0.5), POSITIVE),
        (estimated("x", "y", -0.5), NEGATIVE),
        (estimated("x", "y", -0.05), UNCLEAR),
        (Edge("x", "y"), PLAIN),
        (Edge("x", "y", estimate=1.0, fixed=True), PLAIN),
    ],
)
def test_sign_and_doubt_are_told_by_colour_and_pattern(edge, ink):
    assert ink_of(edge) == ink


def test_no_two_kinds_of_line_differ_in_colour_alone():
    patterns = [POSITIVE.dashes, NEGATIVE.dashes, UNCLEAR.dashes]
    assert len(set(patterns)) == len(patterns)
    assert {POSITIVE.color, NEGATIVE.color} <= {look.color for look in style.LOOKS}


def test_a_path_is_thicker_the_larger_its_standardised_value():
    widths = [width_of_line(Edge("x", "y", estimate=v, standardised=v)) for v in (0.1, -0.5, 0.9)]
    assert widths == sorted(widths)
    assert width_of_line(Edge("x", "y", estimate=9.0)) < widths[0]


def test_few_indicators_are_drawn_and_many_are_not():
    few, many = factors(4, 4, paths=[(0, 1)]), factors(7, 7, paths=[(0, 1)])
    assert len(written(draw_diagram(few), "name")) == 10
    assert written(draw_diagram(many), "name") == {"F0", "F1"}
    assert len(written(draw_diagram(many, measurement=True), "name")) == 16


def test_a_measurement_model_shows_its_many_indicators():
    assert len(written(draw_diagram(factors(10, 10, 10)), "name")) == 33


def test_what_is_left_out_is_said_under_the_picture():
    pairs = [(a, b) for a in range(7) for b in range(a)]
    ax = draw_diagram(factors(*[2] * 7, 0, paths=[(k, 7) for k in range(7)], covariances=pairs))
    assert not drawn(ax, "covariance")
    assert "14 indicator(s) not drawn" in " ".join(remark(ax).split())
    assert "21 covariance(s) not drawn" in " ".join(remark(ax).split())


def test_covariances_are_drawn_or_not_as_asked():
    model = factors(0, 0, 0, paths=[(0, 2), (1, 2)], covariances=[(0, 1)])
    assert len(drawn(draw_diagram(model), "covariance")) == 1
    assert not drawn(draw_diagram(model, covariances=False), "covariance")


def test_a_covariance_fixed_at_zero_is_no_line():
    edge = Edge("x", "y", "covariance", estimate=0.0, fixed=True)
    assert not drawn(draw_diagram(Diagram((Node("x"), Node("y")), (edge,))), "covariance")


def test_a_variance_is_no_line():
    ax = draw_diagram(Diagram((Node("x"),), (Edge("x", "x", "covariance", estimate=2.0),)))
    assert not drawn(ax, "covariance")


def test_the_meaning_of_the_lines_is_told_in_both_languages(language):
    words = {"en": ("dashed orange", "dotted grey"), "ja": ("橙の破線", "灰色の点線")}
    said = remark(mediation()).replace("\n", "" if language == "ja" else " ")
    assert all(word in said for word in words[language])


def test_a_remark_comes_before_the_meaning_of_the_lines():
    said = remark(mediation(remark=Text("Group: north.", "群：北。")))
    assert said.startswith("Group: north.")


def test_alt_text_names_the_variables_and_every_path_with_its_value():
    alt = mediation(labels={"X": Text("Trust", "信頼")}).figure.alt
    assert "0 latent" in alt
    assert "3 observed" in alt
    assert "Trust to M a = 0.55***" in alt
    assert "M to Y b = −0.42**" in alt


def test_alt_text_is_there_in_japanese():
    use_language("ja")
    alt = mediation(labels={"X": Text("Trust", "信頼"), "M": "仲介"}).figure.alt
    assert "信頼から仲介（a = 0.55***）" in alt
    assert "潜在変数（楕円）0個、観測変数3個" in alt


def test_alt_text_sums_up_the_indicators_of_each_factor():
    alt = draw_diagram(factors(3, 2, covariances=[(0, 1)])).figure.alt
    assert "F0 by 3 indicator(s), standardised loadings 0.70 to 0.70" in alt
    assert "F0 with F1 0.30" in alt


def test_alt_text_of_many_paths_is_cut_short():
    names = [f"x{k}" for k in range(30)]
    edges = tuple(estimated(name, "y", 0.2) for name in names)
    alt = draw_diagram(Diagram((*map(Node, names), Node("y")), edges)).figure.alt
    assert "and 10 more" in alt


def test_names_are_those_in_words_in_the_language_in_use(language):
    labels = {"X": Text("Shared values", "価値共有"), "Y": "plain", "unknown": same("?")}
    wanted = {"en": "Shared values", "ja": "価値共有"}[language]
    assert {wanted, "M", "plain"} == written(mediation(labels=labels), "name")


def test_two_nodes_of_one_name_are_refused():
    with pytest.raises(ValueError, match="named twice"):
        Diagram((Node("x"), Node("x")), ())


def test_an_edge_to_nowhere_is_refused():
    with pytest.raises(ValueError, match="no nodes"):
        Diagram((Node("x"),), (Edge("x", "y"),))


def test_svg_holds_every_name(tmp_path, language):
    labels = {"F0": Text("Opportunism", "機会主義的行動")}
    ax = draw_diagram(factors(3, 3, paths=[(0, 1)]), labels=labels)
    path = tmp_path / "x.svg"
    with warnings.catch_warnings(), plt.rc_context({"svg.fonttype": "none"}):
        warnings.simplefilter("error")
        ax.figure.savefig(path)
    text = path.read_text(encoding="utf-8")
    names = ["F1", *(f"F{a}_{b}" for a in (0, 1) for b in range(3))]
    assert all(f">{name}<" in text for name in names)
    assert {"en": "Opportunism", "ja": "機会主義"}[language] in text
    assert "IPAexGothic" in text


def test_a_saved_picture_misses_no_glyph_and_cuts_nothing_off(tmp_path, language):
    labels = {f"F{k}": name for k, name in enumerate(HOSTILE)}
    model = factors(2, 2, 2, 2, 2, paths=[(0, 2), (1, 2), (2, 3), (2, 4)], covariances=[(0, 1)])
    ax = draw_diagram(model, labels=labels)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.savefig(tmp_path / "x.png")
    frame = ax.figure.bbox
    for child in [*ax.texts, *drawn(ax, "node"), *drawn(ax, "path")]:
        box = child.get_window_extent()
        assert frame.x0 - 1 <= box.x0
        assert box.x1 <= frame.x1 + 1
        assert frame.y0 - 1 <= box.y0
        assert box.y1 <= frame.y1 + 1


def test_words_shrink_with_the_axes_they_are_drawn_in():
    _, (small, large) = plt.subplots(1, 2, width_ratios=(1, 3), figsize=(9, 4))
    sizes = []
    for ax in (small, large):
        mediation(ax=ax)
        (name,) = [text for text in ax.texts if text.get_text() == "M"]
        sizes.append(name.get_fontsize())
    assert sizes[0] < sizes[1]


def test_the_users_own_settings_stay_as_they_were():
    before = dict(plt.rcParams)
    mediation()
    assert dict(plt.rcParams) == before


def test_values_that_are_unknown_are_not_written():
    ax = draw_diagram(Diagram((Node("x"), Node("y")), (Edge("x", "y", estimate=nan),)))
    assert written(ax, "number") == set()
