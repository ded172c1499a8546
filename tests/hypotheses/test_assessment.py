"""What an assessment shows: sentences from rows, the picture, notes."""

import re

import numpy as np
import pytest

import kamlab as kl
from kamlab.foundation.language import Text, same, use_language
from kamlab.hypotheses.assessment_sentences import sentence_of

ROW = {
    "statement": "Trust keeps customers.",
    "claim": "effect > 0",
    "effect_is": "change of the log odds",
    "effect_size_is": "probability",
    "estimate": 0.5678,
    "conf_low": 0.1234,
    "conf_high": 1.0122,
    "p_value": 0.01,
    "p_corrected": 0.0456,
    "effect_size": 0.06,
    "nobs": 1234,
    "n_accounts": 201,
    "verdict": "supported",
    "verdict_alone": "supported",
    "assumptions": "",
    "reason": "",
}
WORDS = {
    "supported": ("Supported", "支持されました"),
    "refuted": ("Refuted", "反証されました"),
    "undecided": ("Undecided", "未決です"),
}


@pytest.fixture(scope="module")
def found(company):
    statement = Text("Trust keeps.", "信頼が続けさせる。")
    stay = {"statement": statement, "model": "stayed ~ trust", "term": "trust"}
    return kl.assess_hypotheses(
        [
            kl.Hypothesis(name="trust", above=0, **stay),
            kl.Hypothesis(name="not_trust", below=0, **stay),
            kl.Hypothesis(name="mood", statement="m", not_measurable=same("No record.")),
        ],
        company,
    )


@pytest.mark.parametrize("verdict", WORDS)
def test_a_sentence_has_the_verdict_and_the_numbers_of_its_row(verdict):
    said = sentence_of(ROW | {"verdict": verdict, "verdict_alone": verdict})
    for word, text in zip(WORDS[verdict], (said.en, said.ja), strict=True):
        assert word in text
        for number in ("0.568", "0.123", "1.012", "0.046", "1,234", "201", "Trust keeps"):
            assert number in text
        assert "effect > 0" in text


def test_sentences_of_different_verdicts_differ():
    said = [str(sentence_of(ROW | {"verdict": v, "verdict_alone": v})) for v in WORDS]
    assert len(set(said)) == 3


def test_a_small_p_value_is_said_as_a_bound_and_money_without_decimals():
    said = str(sentence_of(ROW | {"p_corrected": 0.0001, "estimate": 1234567.8}))
    assert "<0.001" in said
    assert "1,234,568" in said


def test_a_sentence_says_what_the_correction_and_the_checks_changed():
    row = ROW | {"verdict": "undecided", "assumptions": "a straight line does"}
    said = str(sentence_of(row))
    assert "the correction for many tests leaves it open" in said
    assert "that fail: a straight line does" in said
    assert "correction for many tests" not in str(sentence_of(ROW))


def test_what_cannot_be_tested_is_said_with_its_reason_and_no_numbers():
    row = ROW | {"verdict": "not_applicable", "reason": "No record.", "estimate": np.nan}
    said = str(sentence_of(row))
    assert "Cannot be tested: No record." in said
    assert "nan" not in said


def test_the_report_counts_verdicts(found, language):
    report = found.report()
    start = {
        "en": "Of 3 hypotheses 1 are supported, 1 refuted, 0 undecided; 1 cannot be tested.",
        "ja": "3個の仮説のうち、支持1、反証1、未決0、検証できないもの1でした。",
    }
    assert report.startswith(start[language])
    assert ("信頼が続けさせる" in report) == (language == "ja")


def test_notes_say_the_rule_the_correction_and_that_nothing_was_declared(found):
    notes = " ".join(str(note) for note in found.notes)
    assert "2.5%" in notes
    assert "Holm within families: main (2)" in notes
    assert "Not declared beforehand" in notes
    assert "1 cannot be tested" in notes


def test_statements_claims_and_verdicts_are_in_the_language_in_use(found):
    english = found.tidy()
    use_language("ja")
    japanese = found.tidy()
    assert english["statement"].iloc[0] == "Trust keeps."
    assert japanese["statement"].iloc[0] == "信頼が続けさせる。"
    assert japanese["claim"].iloc[0] == "効果 > 0"
    assert "支持" in str(found.summary())
    assert "主張" in str(found.summary())


def test_simulated_data_are_called_so(found):
    assert "simulated" in str(found.title)
    assert "simulated" in found.plot().get_title(loc="left")


def test_a_declaration_gives_its_title(company, tmp_path):
    one = kl.Hypothesis(name="a", statement="s", model="stayed ~ size", term="size", above=0)
    made = kl.declare_hypotheses([one], tmp_path / "d.toml", title="Our own <plan>")
    found = kl.assess_hypotheses(made, company)
    assert str(found.title).startswith("Our own <plan>")
    assert "&lt;plan&gt;" in found._repr_html_()
    assert "<plan>" not in found._repr_html_()


def test_the_picture_shows_how_clear_each_is_of_its_end(found, language):
    ax = found.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["trust", "not_trust"]
    marks = {
        line.get_label(): line.get_xdata()
        for line in ax.lines
        if re.search("supported|refuted|支持|反証", str(line.get_label()))
    }
    supported, refuted = marks.values()
    assert supported[0] > 1.96
    assert refuted[0] < -1.96
    assert supported[0] == pytest.approx(-refuted[0])
    assert "trust: " in ax.figure.alt or "trust：" in ax.figure.alt


def test_a_very_clear_effect_is_drawn_at_the_edge(company):
    sure = kl.Hypothesis(
        name="mean",
        statement="s",
        method="linear",
        table="accounts",
        model="share_of_wallet ~ 1",
        term="Intercept",
        above=0,
    )
    ax = kl.assess_hypotheses(sure, company).plot()
    assert max(max(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 1) == 6


def test_it_has_no_accounts(found, language):
    with pytest.raises(kl.NotApplicable, match="augment"):
        found.augment()
