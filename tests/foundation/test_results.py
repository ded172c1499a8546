"""What every result promises, whatever was analysed."""

import dataclasses
import re
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.foundation.language import use_language
from kamlab.foundation.results import Result
from kamlab.foundation.style import DescribedFigure

NAMES = (
    *("board", "quality", "theory", "stay", "worth", "gain", "both", "model", "nested"),
    *("score_error", "probit", "hazard", "firth", "random_intercept", "cox", "corrected"),
    *(
        "survival",
        "validation",
        "forecasts",
        "curve",
        "curve_by_trust",
        "elasticities",
        "gain_of_retention",
    ),
    *("purchases", "spend", "residual_value", "gamma", "median", "own_retention"),
    *("simex", "causality", "intake", "power", "hypotheses"),
)
COMPARISONS = (
    *("both", "nested", "elasticities", "gain_of_retention", "causality"),
    "hypotheses",
)
"""Results that have no accounts of their own."""
ROWS_OF_ANOTHER_KIND = ("curve", "simex", "intake", "power")
"""A cohort's periods, levels of a simulation, rows read, companies: `augment` has no account."""
WITH_ROWS = tuple(name for name in NAMES if name not in {*COMPARISONS, *ROWS_OF_ANOTHER_KIND})
BY_PERIOD = ("worth", "gamma", "median", "own_retention", "validation", "forecasts")
HOSTILE = '$\\frac$ <script>alert("x")</script> & {0} %s'
HOSTILE_ONES = ("board", "worth", "stay", "gain", "theory", "both", "model", "levels", "nested")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def result(results, name):
    return results[name]


def test_it_is_a_result_with_six_verbs(result):
    assert isinstance(result, Result)
    for verb in ("tidy", "glance", "augment", "summary", "plot", "report"):
        assert callable(getattr(result, verb))


def test_tidy_has_one_row_per_term(result, name):
    tidy = result.tidy()
    keys = {
        "both": ["result", "term"],
        "model": ["lhs", "op", "rhs", "group"],
        "survival": ["curve", "time"],
        "gain_of_retention": ["discount_rate", "retention_rate"],
        "causality": ["challenge"],
        "forecasts": ["foretold_by", "term"],
        "intake": ["table"],
        "power": ["n_accounts"],
    }
    assert not tidy.duplicated(keys.get(name, ["term"])).any()
    assert len(tidy)
    assert tidy.index.equals(pd.RangeIndex(len(tidy)))


def test_glance_has_one_row_except_for_a_comparison(result, name):
    assert len(result.glance()) == (2 if name == "both" else 1)


@pytest.mark.parametrize("name", WITH_ROWS)
def test_augment_has_an_account_in_every_row(results, name):
    table = results[name].augment()
    assert table["account_id"].notna().all()
    keys = {
        "quality": ["account_id", "wave"],
        "score_error": ["account_id", "wave"],
        "model": ["account_id", "respondent_id", "wave"],
    }
    key = ["account_id", "period"] if name in BY_PERIOD else keys.get(name, ["account_id"])
    assert not table.duplicated(key).any()
    assert table.index.equals(pd.RangeIndex(len(table)))


@pytest.mark.parametrize("name", COMPARISONS)
def test_a_comparison_says_why_it_has_no_accounts(results, name, language):
    with pytest.raises(kl.NotApplicable, match="augment"):
        results[name].augment()


def test_no_attribute_can_be_assigned(result):
    for field in dataclasses.fields(result):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, field.name, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.something_new = 1


@pytest.mark.parametrize("verb", ["tidy", "glance", "augment"])
def test_changing_a_returned_frame_does_not_change_the_result(result, name, verb):
    if name in COMPARISONS and verb == "augment":
        verb = "tidy"
    before = getattr(result, verb)().copy(deep=True)
    report = result.report()
    spoilt = getattr(result, verb)()
    for column in list(spoilt.columns):
        spoilt[column] = None
    pd.testing.assert_frame_equal(getattr(result, verb)(), before)
    assert result.report() == report


@pytest.mark.parametrize("verb", ["tidy", "glance", "augment"])
def test_the_names_of_columns_are_the_same_in_both_languages(result, name, verb):
    if name in COMPARISONS and verb == "augment":
        verb = "glance"
    english = list(getattr(result, verb)().columns)
    use_language("ja")
    assert list(getattr(result, verb)().columns) == english


@pytest.mark.parametrize("verb", ["tidy", "glance", "augment"])
def test_people_are_shown_every_column(result, name, verb, language):
    if name in COMPARISONS and verb == "augment":
        verb = "glance"
    frame = getattr(result, verb)()
    assert labelled(frame).shape == frame.shape


def test_report_and_summary_are_in_the_language_in_use(result):
    texts = {}
    for language in ("en", "ja"):
        use_language(language)
        texts[language] = (
            result.report(),
            str(result.summary()),
            result._repr_html_(),
            repr(result),
        )
    japanese = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
    for english, other in zip(texts["en"], texts["ja"], strict=True):
        assert english != other
        assert japanese.search(other)
        assert "None" not in english + other


def test_the_report_has_numbers_and_no_holes(result, language):
    report = result.report()
    assert re.search(r"\d", report)
    assert not re.search(r"\bnan\b|\{|\}|<NA>", report)


def test_a_summary_keeps_the_language_in_which_it_was_made(result):
    summary = result.summary()
    text = str(summary)
    use_language("ja")
    assert str(summary) == text


def test_the_page_has_title_notes_and_both_tables(result, language):
    page = result._repr_html_()
    assert page.count("<table") == 2
    assert str(result.title).split(":")[0].replace("&", "&amp;")[:12] in page
    assert page.count("<small>") == len(result.notes)


def hostile_company(company):
    names = [f"{HOSTILE} {number}" for number in range(len(company.accounts))]
    accounts = company.accounts.assign(name=names, name_en=names)
    return dataclasses.replace(company, accounts=accounts)


@pytest.fixture(scope="module")
def hostile(company):
    mean = hostile_company(company)
    table = kl.analysis_table(mean)
    stay = kl.fit_retention("stayed ~ trust + tenure", table)
    worth = kl.fit_value("log(ltv) ~ trust + size", table, currency="<b>JPY</b>")
    moments = pd.DataFrame(np.eye(12), *2 * [results_names()])
    survey = mean.survey.dropna()
    survey[HOSTILE] = np.where(survey["wave"] > survey["wave"].min(), HOSTILE, "<i>")
    model = "trust =~ trust_1 + trust_2 + trust_3; trust ~ commitment_1"
    return {
        "company": mean,
        "board": kl.classify(mean.accounts),
        "stay": stay,
        "worth": worth,
        "gain": kl.value_of_quality(stay, worth, raise_by={"trust": 1}),
        "theory": kl.assess_theory(cov=moments, nobs=99, source=HOSTILE),
        "both": kl.compare({HOSTILE: stay, "<i>": kl.fit_retention("stayed ~ trust", table)}),
        "model": kl.fit_sem(model, survey, group=HOSTILE),
        "levels": kl.measurement_invariance(model, survey, group=HOSTILE),
        "nested": kl.compare_nested(
            {
                HOSTILE: kl.fit_sem(model, survey),
                "<i>": kl.fit_sem(model.replace("~ comm", "~ 0*comm"), survey),
            }
        ),
    }


def results_names():
    return list(dict.fromkeys(p for h in kl.theory.HYPOTHESES for p in (h.cause, h.outcome)))


@pytest.mark.parametrize("name", ["company", *HOSTILE_ONES])
def test_a_page_escapes_what_the_data_bring(hostile, name, language):
    page = hostile[name]._repr_html_()
    for tag in ("<script", "<b>", "<i>"):
        assert tag not in page


@pytest.mark.parametrize("name", HOSTILE_ONES[2:])
def test_a_figure_draws_what_the_data_bring_as_it_stands(hostile, name, language):
    ax = hostile[name].plot()
    page = ax.figure.html()
    assert "<script" not in page
    if name in ("gain", "nested"):
        ticks = [label.get_text() for label in ax.get_yticklabels()]
        assert (all if name == "gain" else any)("$\\frac$" in tick for tick in ticks)


def test_plot_returns_axes_of_a_described_figure_without_a_warning(result, language):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = result.plot()
        assert isinstance(ax.figure, DescribedFigure)
        png = ax.figure.png()
    assert png.startswith(b"\x89PNG")
    assert ax.get_title(loc="left") or ax.get_title()


def test_alt_text_is_there_in_each_language_and_carries_numbers(result):
    texts = []
    for language in ("en", "ja"):
        use_language(language)
        texts.append(result.plot().figure.alt)
    assert texts[0] != texts[1]
    for text in texts:
        assert re.search(r"\d", text)
        assert "{" not in text


def test_the_picture_goes_to_notebooks_with_its_alt_text(results):
    figure = results["stay"].plot().figure
    bundle, metadata = figure._repr_mimebundle_()
    assert f'alt="{figure.alt[:20]}' in bundle["text/html"]
    assert bundle["text/plain"] == figure.alt == metadata["image/png"]["alt"]


def test_a_users_own_axes_are_used_and_no_figure_is_made(result, language):
    _, (left, right) = plt.subplots(1, 2)
    figures = plt.get_fignums()
    assert result.plot(right) is right
    assert plt.get_fignums() == figures
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        right.figure.canvas.draw()
    assert right.has_data() or right.texts or right.collections
    assert not left.has_data()


def test_drawing_leaves_the_users_settings_alone(result, language):
    before = dict(mpl.rcParams)
    result.plot()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", ["board", "quality"])
def test_points_set_apart_by_chance_are_set_apart_alike_every_time(results, name):
    first, second = (results[name].plot().figure.png() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("wrong", [{}, {"a": None}, [1, 2], None])
def test_a_comparison_needs_at_least_two_results(wrong, language):
    with pytest.raises(kl.ArgumentError):
        kl.compare(wrong)


@pytest.mark.parametrize("what", ["board", "quality"])
def test_what_has_no_estimates_cannot_be_compared(results, what, language):
    with pytest.raises(kl.ArgumentError, match="mine"):
        kl.compare({"mine": results[what], "other": results["stay"]})


@pytest.mark.parametrize("wrong", [1, "stay", pd.DataFrame({"term": [], "estimate": []})])
def test_what_is_no_result_cannot_be_compared(results, wrong, language):
    with pytest.raises(kl.ArgumentError):
        kl.compare({"good": results["stay"], "mine": wrong})


def test_a_comparison_stacks_the_tables_under_their_names(results):
    stay, both = results["stay"], results["both"]
    own = both.tidy().query("result == 'all'").drop(columns="result").reset_index(drop=True)
    pd.testing.assert_frame_equal(own, stay.tidy())
    assert both.glance()["result"].tolist() == ["all", "trust"]


def test_adding_to_the_callers_dictionary_does_not_change_the_comparison(results):
    given = {"a": results["stay"], "b": results["worth"]}
    both = kl.compare(given)
    given["c"] = results["stay"]
    assert both.glance()["result"].tolist() == ["a", "b"]


def test_many_results_can_be_compared(results):
    many = kl.compare({f"fit {n}": results["stay"] for n in range(9)})
    assert len(many.plot().get_legend().get_texts()) == 9


@pytest.mark.parametrize("name", ["board", "quality", "stay", "worth", "gain", "model"])
def test_what_a_reader_does_to_a_results_parts_does_not_change_its_report(results, name):
    result = results[name]
    before = result.report(), result.augment()
    for field in dataclasses.fields(result):
        part = getattr(result, field.name)
        if isinstance(part, pd.DataFrame):
            for column in part.columns:
                part[column] = part[column].iloc[0]
        elif isinstance(part, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                part[:] = 0
    assert result.report() == before[0]
    pd.testing.assert_frame_equal(result.augment(), before[1])
