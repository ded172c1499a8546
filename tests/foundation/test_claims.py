import dataclasses
import warnings

import pytest

import kamlab as kl
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.errors import RecalledClaimWarning
from kamlab.foundation.language import Text

SOURCE = "J. Marketing 58(3)"


def test_a_recalled_value_warns_when_used_and_is_still_given(language):
    with pytest.warns(RecalledClaimWarning, match="204"):
        assert Claim(204, "recalled").use() == 204


@pytest.mark.parametrize("status", ["published", "secondary", "computed", "design"])
def test_a_checked_value_is_used_in_silence(status):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Claim(43, status, SOURCE).use() == 43


@pytest.mark.parametrize("status", ["published", "secondary"])
@pytest.mark.parametrize("source", ["", "   "])
def test_what_was_read_somewhere_must_say_where(status, source):
    with pytest.raises(ValueError, match="source"):
        Claim(0.48, status, source)


@pytest.mark.parametrize("status", ["sure", "", "Published ", None])
def test_an_unknown_status_is_refused(status):
    with pytest.raises(ValueError, match="not a valid"):
        Claim(1, status, SOURCE)


def test_a_claim_cannot_be_changed():
    claim = Claim(1, "design")
    with pytest.raises(dataclasses.FrozenInstanceError):
        claim.value = 2


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_words_in_both_languages(status):
    label = status.label
    assert label.en
    assert label.ja
    assert label.en != label.ja


def test_a_citation_carries_status_source_and_page(language):
    claim = Claim(1, "published", SOURCE, page="p. 22")
    colon = {"en": ": ", "ja": "："}[language]
    assert str(claim.citation) == f"{Status.PUBLISHED.label}{colon}{SOURCE}, p. 22"
    assert str(Claim(1, "design").citation) == str(Status.DESIGN.label)


def test_a_claim_is_read_from_an_entry_of_a_file():
    entry = {"status": "secondary", "source": SOURCE, "unit": "%", "page": "7", "more": 1}
    claim = Claim.from_toml(entry, 5)
    assert (claim.value, claim.status, claim.source, claim.unit, claim.page) == (
        5, Status.SECONDARY, SOURCE, "%", "7"
    )  # fmt: skip


def test_no_number_of_the_theorys_authors_is_shipped():
    from kamlab.theory.kmv import SIGNS

    assert SIGNS.status is Status.SECONDARY
    assert not hasattr(kl.theory, "COEFFICIENTS")


def test_a_text_may_be_claimed():
    assert str(Claim(Text("Trust", "信頼"), "design").use()) == "Trust"
