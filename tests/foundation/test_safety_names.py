"""Names from the data are shown to the letter and never run: in HTML, pictures and explorers."""

import dataclasses
import io
import warnings
from contextlib import suppress
from html import escape
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from xml.etree import ElementTree

import ipywidgets as widgets
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from openpyxl import Workbook

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.foundation.errors import KamlabWarning, NotApplicable
from kamlab.foundation.language import Text
from kamlab.foundation.results import Result
from kamlab.lab.questions import QUESTIONS
from kamlab.portfolio.declaration.library import load_model
from tests.foundation.html_judge import HOSTILE, Shown, assert_harmless

STAY = "stayed ~ trust + commitment + satisfaction + tenure + industry + Q('<b onclick=x>')"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size + Q('<b onclick=x>')"


def hostile(number):
    return f"{HOSTILE[number % len(HOSTILE)]} {number}"


def renamed(frame, ids):
    words = {column: ids for column in frame if column == "account_id"}
    changed = {column: frame[column].map(map_) for column, map_ in words.items()}
    for column in ("name", "name_en", "manager", "respondent_id", "contact_id", "function", "role"):
        if column in frame:
            codes, _ = pd.factorize(frame[column])
            changed[column] = [f"{column} {hostile(code)}" for code in codes]
    for first, column in enumerate(("industry", "region")):
        if column in frame:
            codes, _ = pd.factorize(frame[column])
            changed[column] = [hostile(4 * first + code % 4) for code in codes]
    return frame.assign(**changed)


@pytest.fixture(scope="module")
def dangerous(company):
    """The sample company with names that would do harm where they were taken for HTML."""
    ids = {name: hostile(at) for at, name in enumerate(company.accounts["account_id"])}
    frames = {name: renamed(frame, ids) for name, frame in company.tables.items()}
    size = frames["accounts"]["employees"].astype(float)
    frames["accounts"]["<b onclick=x>"] = size % 7
    return dataclasses.replace(company, **frames, name=HOSTILE[0], source=HOSTILE[1])


@pytest.fixture(scope="module")
def fits(dangerous):
    table = kl.analysis_table(dangerous)
    stay = kl.fit_retention(STAY, table)
    worth = kl.fit_value(WORTH, table, currency="JPY")
    return stay, worth, kl.value_of_quality(stay, worth, raise_by={"trust": 1}), table


@pytest.fixture(scope="module")
def own_model(tmp_path_factory):
    """A classification model whose names are hostile."""
    source = Path(kl.__file__).parent / "portfolio" / "models" / "bensaou.toml"
    text = source.read_text(encoding="utf-8")
    labels = ("Customer's specific investment", "顧客側の関係特殊的投資")
    for name in (*labels, "Bensaou: buyer-supplier portfolio", "買い手・サプライヤーの"):
        assert name in text
        text = text.replace(name, HOSTILE[1].replace('"', r"\""))
    path = tmp_path_factory.mktemp("model") / "own.toml"
    path.write_text(text.replace('id = "bensaou"', 'id = "own"'), encoding="utf-8")
    return load_model(path)


@pytest.fixture(scope="module")
def dangerous_results(dangerous, fits, own_model, one_of_every_kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KamlabWarning)
        stay, worth, gain, table = fits
        made = one_of_every_kind(dangerous, stay, worth, gain, table)
        accounts, orders = dangerous.accounts, dangerous.transactions
        before, after = (kl.classify(accounts.assign(buyer_ties=points)) for points in (2.0, 6.0))
        sides = [kl.classify(dangerous, f"bensaou_{side}") for side in ("context", "management")]
        chosen = kl.select_accounts(dangerous)
        lossy = table.assign(net_margin=table["net_margin"].where(table.index % 5 > 0, -1.0))
        plan = {"hours_a_year": 1500, "share_for_accounts": 0.8}
        plan |= {"hours_key_account": 240, "hours_other_account": 40}
        more = {
            "own_model": kl.classify(accounts, own_model),
            "moves": kl.moves(before, after),
            "portfolios": kl.compare_portfolios(dangerous, ["bensaou", own_model]),
            "design": kl.match_design(*sides),
            "selection": chosen,
            "concentration": kl.measure_concentration(dangerous),
            "coverage": kl.account_coverage(dangerous, chosen),
            "capacity": kl.plan_capacity(dangerous, **plan),
            "compared": kl.compare({HOSTILE[0]: stay, HOSTILE[1]: made["probit"]}),
            "by_industry": kl.survival_curves(dangerous, by="industry"),
            "by_region": kl.survival_curves(dangerous, by="region"),
            "two_part": kl.fit_value("ltv ~ trust", lossy, model="two_part"),
            "proportionality": made["cox"].proportionality(),
            "purchase_validation": kl.validate_purchases(orders, split="2025-03-31"),
        }
        return made | more


def kinds_of_result():
    for module in walk_packages(kl.__path__, "kamlab."):
        import_module(module.name)
    kinds = [Result]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if not kind.__abstractmethods__:
            yield kind.__name__


def test_every_kind_of_result_is_among_them(dangerous_results):
    made = {type(result).__name__ for result in dangerous_results.values()}
    elsewhere = {"Intake"}  # made of a file: tests/intake
    assert set(kinds_of_result()) - elsewhere <= made


def test_the_company_is_shown_harmlessly(dangerous):
    html = dangerous._repr_html_()
    assert_harmless(html)
    assert HOSTILE[0] in Shown(html).text
    assert HOSTILE[1] in Shown(html).text


def tables_of(result):
    for verb in (result.tidy, result.glance, result.augment):
        with suppress(NotApplicable):
            yield verb()


def test_every_summary_and_table_is_harmless(dangerous_results, language):
    for result in dangerous_results.values():
        assert_harmless(result._repr_html_())
        for frame in tables_of(result):
            assert_harmless(labelled(frame)._repr_html_())


def test_names_are_shown_to_the_letter(dangerous_results):
    board = dangerous_results["board"]
    shown = Shown(labelled(board.augment()).head(8).to_html()).text
    assert all(name in shown for name in HOSTILE)
    assert HOSTILE[1] in Shown(dangerous_results["own_model"]._repr_html_()).text


def test_a_card_is_harmless(own_model, language):
    assert_harmless(own_model.card()._repr_html_())


def test_a_term_named_by_data_is_shown_to_the_letter(dangerous_results):
    text = Shown(dangerous_results["stay"]._repr_html_()).text
    assert "<b onclick=x>" in text
    assert HOSTILE[0] in text


@pytest.fixture(scope="module")
def proposal(tmp_path_factory):
    """A proposed mapping of an export whose sheet, headings and cells are hostile."""
    path = tmp_path_factory.mktemp("export") / "&lt;svg onload=alert(1)&gt;.xlsx"
    book = Workbook()
    book.active.title = "customers"
    book.active.append(["account_id", "is_key", "manager", "Account Owner", *HOSTILE])
    for word in HOSTILE:
        book.active.append([word, *[word] * 3, *HOSTILE])
    book.create_sheet("<b onclick=x>").append(HOSTILE)
    for cell in (cell for sheet in book for row in sheet for cell in row):
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    book.save(path)
    return kl.propose_mapping(path)


def test_a_proposed_mapping_is_shown_to_the_letter_and_harmless(proposal, language):
    html = proposal._repr_html_()
    assert_harmless(html)
    text = Shown(html).text
    names = ("&lt;svg onload=alert(1)&gt;.xlsx", "<b onclick=x>", *HOSTILE)
    assert all(name in text for name in names)
    assert len(proposal.questions()) == 2


def drawn(result):
    """Return the picture of a result, or None where it has none."""
    with warnings.catch_warnings(), suppress(NotApplicable):
        warnings.simplefilter("ignore", KamlabWarning)
        return result.plot().get_figure(root=True)


def test_every_picture_can_be_drawn_and_its_alt_text_is_harmless(dangerous_results):
    for result in dangerous_results.values():
        if (figure := drawn(result)) is not None:
            bundle, _ = figure._repr_mimebundle_()
            assert_harmless(bundle["text/html"])
            assert dict(Shown(bundle["text/html"]).attributes)["alt"] == figure.alt
            plt.close(figure)


@pytest.mark.parametrize("name", ["by_industry", "compared", "board", "stay"])
def test_a_picture_as_svg_is_well_formed_and_runs_nothing(dangerous_results, name):
    with io.StringIO() as stream, plt.rc_context({"svg.fonttype": "none"}):
        drawn(dangerous_results[name]).savefig(stream, format="svg")
        written = stream.getvalue()
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(written).iter()}
    assert not tags & {"script", "iframe", "foreignObject", "a", "img"}
    assert name != "by_industry" or escape(HOSTILE[0]) in written


def inside(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def assert_harmless_widgets(box):
    for widget in inside(box):
        if isinstance(widget, widgets.HTML):
            assert_harmless(widget.value)
        assert not getattr(widget, "description_allow_html", False)
        assert not getattr(widget, "tooltip", None)


def dropdown(box):
    return next(widget for widget in inside(box) if isinstance(widget, widgets.Dropdown))


@pytest.mark.parametrize("explorer", ["portfolio", "own_model", "trust", "paths"])
def test_explorers_are_harmless_for_every_name(
    dangerous, fits, dangerous_results, own_model, explorer, language
):
    stay, worth, _, _ = fits
    labels = {"trust": HOSTILE[0], "trust_4": Text(HOSTILE[1], HOSTILE[4])}
    box = {
        "portfolio": lambda: kl.explore_portfolio(dangerous),
        "own_model": lambda: kl.explore_portfolio(dangerous, own_model),
        "trust": lambda: kl.explore_trust(stay, worth),
        "paths": lambda: kl.explore_paths(dangerous_results["model"], labels=labels),
    }[explorer]()
    chooser = dropdown(box)
    assert_harmless_widgets(box)
    for _, value in chooser.options[:5]:
        chooser.value = value
        assert_harmless_widgets(box)


def test_an_explorer_of_value_is_harmless():
    assert_harmless_widgets(kl.explore_lifetime_value())


def test_feedback_on_an_answer_is_harmless():
    question = next(iter(QUESTIONS))
    assert_harmless(kl.check_answer(question, HOSTILE[0])._repr_html_())


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>", "<p onclick='x'>", "<img src=x>", "<svg/onload=x>", "<a href=x>",
        "<img src='javascript:x'>", "<!-- x -->", "<iframe src=x>",
    ],
)  # fmt: skip
def test_the_judge_of_these_tests_sees_harm(html):
    with pytest.raises(AssertionError):
        assert_harmless(html)
