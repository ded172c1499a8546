"""`kl.compare_nested`: order, tests, what it refuses, and what it says."""

import numpy as np
import pytest
from scipy.stats import chi2

import kamlab as kl
from kamlab.foundation.language import use_language
from kamlab.foundation.style import DescribedFigure
from tests.sem import fit_cases as cases

FREE = "f1 =~ y1 + y2 + y3; f2 =~ y4 + y5 + y6"
EQUAL = "f1 =~ y1 + a*y2 + a*y3; f2 =~ y4 + y5 + y6"
APART = f"{EQUAL}; f1 ~~ 0*f2"


def three(**options):
    texts = {"apart": APART, "free": FREE, "equal": EQUAL}
    return kl.compare_nested({name: cases.fit(text, **options) for name, text in texts.items()})


def test_models_stand_from_the_freest_to_the_most_restricted():
    table = three().tidy()
    assert table["term"].tolist() == ["free", "equal", "apart"]
    assert table["df"].tolist() == [8, 9, 10]
    assert list(three().fits) == ["free", "equal", "apart"]


def test_each_model_is_tested_against_the_one_above():
    table = three().tidy()
    np.testing.assert_allclose(table["chisq_diff"][1:], np.diff(table["chisq"]))
    np.testing.assert_allclose(table["p_value"][1:], chi2.sf(np.diff(table["chisq"]), 1))
    assert table["df_diff"].tolist()[1:] == [1, 1]
    for name in ("cfi", "rmsea"):
        np.testing.assert_allclose(table[f"{name}_diff"][1:], np.diff(table[name]))
    differences = ["chisq_diff", "df_diff", "p_value", "cfi_diff", "rmsea_diff"]
    assert table.loc[0, differences].isna().all()


def test_a_row_has_the_models_own_measures():
    table = three().tidy().set_index("term")
    glance = cases.fit(EQUAL).glance().iloc[0]
    for name in ("npar", "df", "chisq", "aic", "bic", "cfi", "rmsea"):
        assert table.loc["equal", name] == pytest.approx(glance[name]), name


def test_the_whole_is_the_most_restricted_against_the_freest():
    whole, table = three().glance().iloc[0], three().tidy()
    assert whole["chisq_diff"] == pytest.approx(table["chisq"].iloc[-1] - table["chisq"][0])
    assert whole["df_diff"] == 2
    assert whole["nobs"] == 121


@pytest.mark.parametrize("estimator", ["MLM", "MLR"])
def test_robust_differences_are_scaled_and_their_indices_too(estimator):
    table, fits = three(estimator=estimator).tidy(), three(estimator=estimator).fits
    chisq = np.array([fit.glance()["chisq"].item() for fit in fits.values()])
    scaling = np.array([fit.glance()["scaling"].item() for fit in fits.values()])
    df = table["df"].to_numpy()
    factor = np.diff(df * scaling) / np.diff(df)
    np.testing.assert_allclose(table["chisq_diff"][1:], np.diff(chisq) / factor)
    scaled = [fit.glance()["cfi_scaled"].item() for fit in fits.values()]
    np.testing.assert_allclose(table["cfi"], scaled)
    assert "2001" in str(three(estimator=estimator).notes[0])
    assert "2001" not in str(three().notes[0])


def test_a_model_without_degrees_of_freedom_can_be_the_freest():
    free = cases.fit("f =~ y1 + y2 + y3", estimator="MLR")
    equal = cases.fit("f =~ y1 + a*y2 + a*y3", estimator="MLR")
    row = kl.compare_nested({"free": free, "equal": equal}).tidy().iloc[1]
    glance = equal.glance().iloc[0]
    assert row["chisq_diff"] == pytest.approx(glance["chisq_scaled"])


def test_the_order_of_variables_and_the_way_of_writing_do_not_matter():
    other = cases.fit("f2 =~ y4 + y5 + y6; f1 =~ NA*y3 + y2 + y1; f1 ~~ 1*f1; f1 ~~ 0*f2")
    found = kl.compare_nested({"other": other, "free": cases.fit(FREE)})
    assert list(found.fits) == ["free", "other"]
    assert found.tidy()["df_diff"].iloc[1] == 1


def test_a_structure_without_means_is_nested_in_one_with_free_means():
    with_means, without = cases.fit(FREE, meanstructure=True), cases.fit(EQUAL)
    assert kl.compare_nested({"a": with_means, "b": without}).tidy()["df_diff"].iloc[1] == 1
    with_means, without = cases.fit(EQUAL, meanstructure=True), cases.fit(FREE)
    assert kl.compare_nested({"a": with_means, "b": without}).tidy()["df_diff"].iloc[1] == 1


def test_constraints_of_the_freer_model_count():
    bound = cases.fit(f"{FREE.replace('y2', 'c*y2')}; c == 0.5")
    other = cases.fit(APART)
    with pytest.raises(kl.ArgumentError):
        kl.compare_nested({"bound": bound, "other": other})
    near = cases.fit(f"{FREE.replace('y2', 'c*y2')}; c == 0.8")
    with pytest.raises(kl.ArgumentError):
        kl.compare_nested({"near": near, "other": other})
    inside = cases.fit("f1 =~ y1 + 0.5*y2 + y3; f2 =~ y4 + y5 + y6; f1 ~~ 0*f2")
    assert kl.compare_nested({"bound": bound, "in": inside}).tidy()["df_diff"].iloc[1] == 1


def refused(words, fits):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.compare_nested(fits)
    for word in words:
        assert word in caught.value.text.en
        assert word in caught.value.text.ja
    assert caught.value.text.en != caught.value.text.ja
    assert "{name" not in caught.value.text.en


@pytest.mark.parametrize("wrong", [{}, {"a": None}, [1, 2], None])
def test_fewer_than_two_fits_are_refused_with_an_example(wrong):
    refused(['{"free": fit_1'], wrong)


def test_what_is_no_fit_is_named(stay):
    refused(["mine"], {"ours": cases.fit(FREE), "mine": stay})


def test_models_that_are_not_nested_are_refused_by_name():
    other = cases.fit("f1 =~ y1 + y2 + y4; f2 =~ y3 + y5 + y6; f1 ~~ 0*f2")
    refused(["good", "bad", "kl.compare"], {"good": cases.fit(FREE), "bad": other})


def test_other_variables_cases_groups_and_estimators_are_refused_by_name():
    fit = cases.fit(FREE)
    refused(["one", "two"], {"one": fit, "two": cases.fit("f1 =~ y1 + y2 + y3")})
    fewer = kl.fit_sem(EQUAL, cases.complete().head(99))
    refused(["one", "two"], {"one": fit, "two": fewer})
    refused(["one", "two"], {"one": fit, "two": cases.fit(EQUAL, group="group")})
    refused(["one", "two"], {"one": fit, "two": cases.fit(EQUAL, estimator="MLR")})


def test_other_rows_are_refused_though_as_many():
    one = kl.fit_sem(FREE, cases.complete().head(60))
    two = kl.fit_sem(EQUAL, cases.complete().tail(60))
    refused(["one", "two"], {"one": one, "two": two})


def test_two_ways_of_writing_one_model_have_no_test_and_say_so(language):
    written = cases.fit(FREE.replace("y1 +", "NA*y1 +") + "; f1 ~~ 1*f1")
    both = kl.compare_nested({"one": cases.fit(FREE), "two": written})
    assert both.tidy()["df_diff"].iloc[1] == 0
    assert "nan" not in both.report()
    assert both.plot().has_data()


def test_the_report_judges_each_step_and_the_picture_names_every_model():
    both, reports, alts = three(), [], []
    for language in ("en", "ja"):
        use_language(language)
        reports.append(both.report())
        figure = both.plot().figure
        assert isinstance(figure, DescribedFigure)
        alts.append(figure.alt)
    first = both.tidy().iloc[1]
    for report, alt in zip(reports, alts, strict=True):
        assert f"{first['chisq_diff']:.2f}" in report
        for name in ("free", "equal", "apart"):
            assert name in alt
        assert f"{first['cfi']:.3f}" in alt
    assert "do not speak against equal beside free" in reports[0]
    assert "apart fits worse than equal" in reports[0]
    assert reports[0] != reports[1]


def test_adding_to_the_callers_dictionary_does_not_change_the_comparison():
    given = {"a": cases.fit(FREE), "b": cases.fit(EQUAL)}
    both = kl.compare_nested(given)
    given["c"] = cases.fit(APART)
    assert list(both.fits) == ["a", "b"]
