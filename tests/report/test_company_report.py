import dataclasses
import hashlib
import re
import warnings
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import ArgumentError, KamlabError, ModelError
from kamlab.foundation.language import current_language
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import money_range
from kamlab.report.sections.hypotheses import hypotheses_section
from kamlab.report.sections.limits import limits_section
from kamlab.report.sections.staying import staying_section
from kamlab.report.sections.value import value_section
from tests.foundation.html_judge import HOSTILE
from tests.report.html_of import read

SECTIONS = [
    *("glance", "intake", "portfolio", "quality", "staying"),
    *("value", "hypotheses", "next_steps", "limits", "provenance"),
]


def made(company, **options):
    return kl.company_report(company, **{"hypotheses": None, **options})


def analyses_of(company, **options):
    """Return the analyses of a report of which only some sections are wanted."""
    standard = {
        **{"hypotheses": None, "model": None, "raise_by": {"trust": 1}},
        **{"discount_rate": 0.1, "top": 10, "seed": 0},
    }
    return Analyses(company=company, **{**standard, **options})


@pytest.fixture(scope="module", autouse=True)
def _coarse_pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kamlab.report.page.PRINT_DPI", 40)
        yield


@pytest.fixture(scope="module")
def report(small_company):
    return made(small_company)


@pytest.fixture(scope="module")
def japanese(small_company):
    return made(small_company, language="ja")


@pytest.fixture(scope="module")
def page(report):
    return read(report.html())


def test_sections_come_in_the_order_of_the_chain(report, page):
    assert [section.name for section in report] == SECTIONS
    assert [part["id"] for part in page.all("section")] == SECTIONS
    links = [link["href"] for link in page.all("a")]
    assert links == [f"#{name}" for name in SECTIONS]


def test_headings_go_down_step_by_step(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_what_each_section_says_first_stands_at_a_glance(report):
    words = read(report["glance"]._repr_html_()).words
    leads = [section.lead for section in report if section.lead]
    assert len(leads) >= 6
    assert words[1 : 1 + len(leads)] == leads
    assert report["hypotheses"].heading in words[-1]


def test_the_page_loads_nothing_and_runs_nothing(report, japanese):
    for each in (report, japanese):
        html = each.html()
        shown = read(html)
        assert {tag for tag, _ in shown.tags} & {"script", "link", "iframe", "object"} == set()
        assert not re.search(r"https?://|url\(|@import| on\w+=", re.sub(r"base64,[^\"]+", "", html))
        assert all(i["src"].startswith("data:image/png;base64,") for i in shown.all("img"))


def test_every_picture_has_words_and_says_that_it_is_simulated(page, japanese):
    pictures = page.all("img")
    assert len(pictures) >= 5
    assert all(len(each["alt"]) > 40 for each in pictures)
    assert all(each["alt"].endswith("Simulated data") for each in pictures)
    shown = read(japanese.html())
    assert all(each["alt"].endswith("模擬データ") for each in shown.all("img"))
    assert "All data in this report are simulated" in page.text


def test_real_data_are_not_called_simulated(small_company):
    real = dataclasses.replace(small_company, simulated=False, source="crm.xlsx")
    html = made(without(real, "survey"), top=3).html()
    assert "imulated" not in read(html).text
    assert not any("imulated" in each["alt"] for each in read(html).all("img"))


def test_the_japanese_report_is_japanese(japanese):
    shown = read(japanese.html())
    assert shown.all("html") == [{"lang": "ja"}]
    for section in japanese:
        assert re.search("[ぁ-んァ-ン一-龥]", section.heading)
        if section.lead:
            assert re.search("[ぁ-ん]", section.lead)
    headings = {heading for heading in shown.words if heading in {"Account", "Cell", "Term"}}
    assert not headings


def test_numbers_in_the_report_are_those_of_the_analyses(small_company, report):
    error = kl.score_error(small_company)
    rows = kl.analysis_table(small_company)
    terms = str(read("".join(report["provenance"].blocks)).text)
    formula = re.search(r"stayed ~ [\w +]+?(?= Lifetime)", terms)[0]
    worth = re.search(r"log\(ltv\) ~ [\w +]+?(?= Raised)", terms)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stay = kl.fit_retention(formula, rows, error=error)
        gain = kl.value_of_quality(
            stay, kl.fit_value(worth, rows, error=error), raise_by={"trust": 1}
        )
    total = gain.tidy().iloc[0]
    amount = money_range(total, "estimate", "conf_low", "conf_high", "JPY")
    assert str(amount) in report["value"].lead
    assert f"about {(1 - stay.augment()['stay_probability']).sum():.1f} would" in (
        report["staying"].lead
    )
    first = gain.augment()["account_id"][0]
    assert f"are at {first} " in report["next_steps"].lead


def test_accounts_that_have_left_are_no_next_step(small_company, report):
    periods = small_company.periods.sort_values("start")
    gone = set(periods.loc[periods["stayed"].eq(False).fillna(False), "account_id"])
    text = read("".join(report["next_steps"].blocks)).text
    assert gone
    assert not gone & set(re.findall(r"A-\d{3}", text))


def test_names_stay_words(small_company, report):
    names = (HOSTILE * 5)[: len(small_company.accounts)]
    accounts = small_company.accounts.assign(name=names, name_en=names, industry=names)
    company = dataclasses.replace(small_company, accounts=accounts, name=HOSTILE[0])
    shown, ours = read(made(company, top=40).html()), read(report.html())
    assert {tag for tag, _ in shown.tags} == {tag for tag, _ in ours.tags}
    attributes = {name for _, attrs in shown.tags for name in attrs}
    assert attributes == {name for _, attrs in ours.tags for name in attrs}
    assert all(name in shown.text for name in HOSTILE)
    assert shown.words[1] == f"Key account report: {HOSTILE[0]}"


def without(company, *tables):
    return dataclasses.replace(company, **dict.fromkeys(tables))


@pytest.mark.parametrize(
    ("tables", "section", "needs"),
    [
        (["survey"], "quality", "needs the table survey"),
        (["periods"], "staying", "needs the table periods"),
        (["periods"], "value", "needs the table periods"),
    ],
)
def test_a_section_without_data_says_what_would_be_needed(small_company, tables, section, needs):
    report = made(without(small_company, *tables))
    assert not report[section].lead
    assert needs in read("".join(report[section].blocks)).text
    assert report[section].heading in read("".join(report["glance"].blocks)).words[-1]


def test_a_company_of_ids_alone_gets_a_report_of_needs(language):
    report = made(kl.Company(accounts=pd.DataFrame({"account_id": ["1", "2"]})))
    silent = [section.name for section in report if not section.lead]
    assert silent == [name for name in SECTIONS if name != "intake"]
    read(report.html())


def periods(company, **columns):
    return dataclasses.replace(company, periods=company.periods.assign(**columns))


@pytest.mark.parametrize("stayed", [True, False, None])
def test_outcomes_that_are_all_alike_or_unknown_do_not_stop_it(small_company, stayed):
    same = pd.array([stayed] * len(small_company.periods), dtype="boolean")
    report = made(periods(small_company, stayed=same))
    assert not report["staying"].lead
    assert "no answer yet" in read("".join(report["staying"].blocks)).text


def test_one_respondent_each_leaves_scores_uncorrected_and_says_so(small_company):
    survey = small_company.survey.drop_duplicates(["account_id", "wave"])
    analyses = analyses_of(dataclasses.replace(small_company, survey=survey))
    assert value_section(analyses, None).lead
    text = read("".join(limits_section(analyses).blocks)).text
    assert "measurement error of the scores is not known" in text


def test_warnings_become_words_of_the_section(small_company):
    accounts = small_company.accounts
    accounts.loc[:5, "employees"] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        section = value_section(
            analyses_of(dataclasses.replace(small_company, accounts=accounts)), None
        )
    text = read("".join(section.blocks)).text
    assert text.count("missing in size") == 1, "the note and the warning say the same"


def test_hypotheses_have_verdicts_and_say_that_they_were_not_declared(small_company):
    trust = kl.Hypothesis(
        name="trust_keeps",
        statement="Customers who <trust> us stay.",
        model="stayed ~ trust",
        term="trust",
        above=0,
    )
    untold = kl.Hypothesis(
        name="prestige", statement="Prestige.", model="stayed ~ nothing", term="nothing", above=0
    )
    section = hypotheses_section(analyses_of(small_company, hypotheses=[trust, untold]), None)
    assert "Of 2 hypotheses" in section.lead
    assert "1 cannot be tested" in section.lead
    assert "None of them was declared before the data were seen" in section.lead
    text = read("".join(section.blocks)).text
    assert "Customers who <trust> us stay." in text
    assert "Prestige." in text
    assert "nothing" in text


def test_a_declaration_that_was_changed_is_shown_with_the_change(small_company, tmp_path):
    path = tmp_path / "claims.toml"
    words = {"model": "stayed ~ trust", "term": "trust", "statement": "Trust keeps."}
    claims = [
        kl.Hypothesis(name="a", above=0, **words),
        kl.Hypothesis(name="b", above=0.1, **words),
    ]
    kl.declare_hypotheses(claims, path, declared_on=date(2021, 1, 1))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("above = 0.1", "above = 0.3"), encoding="utf-8")
    section = hypotheses_section(analyses_of(small_company, hypotheses=str(path)), None)
    assert "known: 1 of those tested" in section.lead
    shown = read("".join(section.blocks)).text
    assert "b above 0.1 0.3" in shown
    assert "before the outcomes" in shown
    assert "changed since" in shown


def test_progress_tells_of_each_step_before_it_is_made(small_company):
    told = []
    made(without(small_company, "survey"), progress=lambda *step: told.append(step))
    assert [number for number, _, _ in told] == list(range(1, len(SECTIONS)))
    assert {of for _, of, _ in told} == {len(SECTIONS) - 1}
    assert told[4][2].ja == "関係の質の価値"


def test_the_language_in_use_is_as_before(small_company):
    assert current_language() == "en"
    report = made(without(small_company, "survey", "periods"), language="ja")
    assert current_language() == "en"
    assert "重要顧客レポート" in report.title
    assert 'lang="ja"' in report.html()
    assert "目次" in report.html()


def test_a_section_is_found_by_name_and_others_are_refused(report):
    assert report["portfolio"].heading == "The portfolio and its doubts"
    assert "<h2>" in report["portfolio"]._repr_html_()
    assert report["portfolio"].lead in repr(report["portfolio"])
    with pytest.raises(ArgumentError, match=r"no section portfolo.*did you mean.*Sections: glance"):
        report["portfolo"]


def test_a_report_shows_its_headings_and_first_words(report):
    assert "5. Who may leave" in repr(report)
    assert report["staying"].lead in report._repr_html_()
    assert len(report) == 10


def test_it_is_written_once_and_over_another_only_when_told(report, tmp_path):
    path = report.write(tmp_path / "new" / "r.html")
    assert path.read_text(encoding="utf-8") == report.html()
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(KamlabError, match="already"):
        report.write(path)
    assert path.read_text(encoding="utf-8") == "mine"
    report.write(path, overwrite=True)
    assert [each.name for each in path.parent.iterdir()] == ["r.html"]
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_place_that_is_taken_is_refused_before_any_work(small_company, tmp_path):
    path = tmp_path / "r.html"
    path.write_text("mine", encoding="utf-8")
    told = []
    with pytest.raises(KamlabError, match="already"):
        kl.write_report(small_company, path, progress=lambda *step: told.append(step))
    assert not told


def test_write_report_writes_what_company_report_shows(small_company, tmp_path):
    options = {"language": "ja", "top": 3, "seed": 4, "hypotheses": None, "discount_rate": 0.2}
    few = without(small_company, "survey")
    path = kl.write_report(few, tmp_path / "r.html", **options)
    assert path.read_text(encoding="utf-8") == made(few, **options).html()


def test_the_same_data_and_seed_give_the_same_page(report):
    again = made(kl.simulate_company(n_accounts=40, seed=5))
    assert again.html() == report.html()


def test_files_that_were_read_are_named_with_their_hashes(small_company, tmp_path):
    export = kl.write_company(without(small_company, "survey", "periods"), tmp_path / "crm.xlsx")
    mapping = tmp_path / "crm.toml"
    mapping.write_text("# mine", encoding="utf-8")
    report = made(kl.check_company(export), mapping=mapping)
    text = read("".join(report["provenance"].blocks)).text
    for path in (export, mapping):
        assert f"{path.name} Its SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}" in text
    assert str(tmp_path) not in report.html()
    assert "crm.xlsx: " in report["intake"].lead


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"top": 0}, ArgumentError, "top is 0"),
        ({"top": 2.5}, ArgumentError, "top is 2.5"),
        ({"raise_by": {}}, ArgumentError, "raise_by needs at least one score"),
        ({"raise_by": {"trust": "1"}}, ArgumentError, "raise_by needs"),
        ({"raise_by": {"trust": np.nan}}, ArgumentError, "raise_by needs"),
        ({"discount_rate": -1}, ArgumentError, "discount_rate is -1"),
        ({"model": "bensau"}, (ArgumentError, ModelError), "bensaou"),
        ({"hypotheses": "podcasts"}, ArgumentError, "podcast"),
        ({"hypotheses": "nowhere.toml"}, KamlabError, "nowhere.toml"),
        ({"language": "fr"}, ValueError, "fr"),
    ],
)
def test_options_that_a_report_does_not_take_are_refused(small_company, options, error, says):
    with pytest.raises(error, match=says):
        made(small_company, **options)


def test_all_wrong_options_are_named_at_once(small_company):
    with pytest.raises(ArgumentError, match=r"(?s)raise_by.*discount_rate.*top"):
        made(small_company, top=-1, raise_by={}, discount_rate=None)


@pytest.mark.parametrize("given", ["crm.xlsx", None, 3])
def test_something_that_is_no_company_is_refused(given):
    with pytest.raises(ArgumentError, match="of a company or of an intake"):
        made(given)


def test_a_score_that_nobody_measured_is_named(small_company):
    analyses = analyses_of(small_company, raise_by={"loyalty": 1})
    assert "loyalty" in read("".join(value_section(analyses, None).blocks)).text
    assert staying_section(analyses, None).lead
