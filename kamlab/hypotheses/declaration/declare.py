"""Declaring hypotheses: written down with date and hash before the data are looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import Text, listed, paragraph, same, say
from kamlab.hypotheses.declaration import reading
from kamlab.hypotheses.declaration.declaration import CORRECTIONS, Correction, Declaration
from kamlab.hypotheses.declaration.reading import read_declaration
from kamlab.hypotheses.declaration.seal import DatedBy, Seal
from kamlab.hypotheses.declaration.writing import declaration_text, seal_text
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.intake.giving.whole import put_text


def declare_hypotheses(
    hypotheses: Iterable[Hypothesis] | Declaration,
    path: str | PathLike[str],
    *,
    correction: Correction | None = None,
    conf_level: float | None = None,
    title: str | Text | None = None,
    declared_on: date | None = None,
) -> Declaration:
    """Write hypotheses to a file and seal them with today's date and a hash.

    Parameters
    ----------
    hypotheses : iterable of Hypothesis, or Declaration
        From `kl.load_hypotheses` too: a library, to declare it for your data; or a file that
        was edited by hand, to seal it as it is now.
    path : str or path
        A `.toml` file. If it holds a declaration already, what is new in it is sealed beside the
        earlier seals, which stay.
    correction : {"holm", "bh", "none"}, optional
        How hypotheses of one family are corrected for one another: Holm, Benjamini-Hochberg,
        or not at all. If left out: that of the declaration given, else of the file if it is
        there, else Holm.
    conf_level : float, optional
        Of the intervals; if left out: likewise, else 0.95.
    title : str or Text, optional
    declared_on : date, optional
        The day on which they were declared, if not today; the seal then says that it was dated
        by hand.

    Returns
    -------
    Declaration
        As it stands in the file. Where nothing has changed since the last seal, no other is set.

    Raises
    ------
    ArgumentError
        With everything that is wrong: what is no hypothesis, a name given twice, a day that is
        still to come or before the last seal. Also where the file is no declaration, is one of
        other hypotheses, or was edited by hand since its last seal and would lose that.
    KamlabError
        If the file cannot be written.

    Notes
    -----
    The seal is the SHA-256 of the date and the canonical text of correction, level and every
    hypothesis (JSON in UTF-8, keys sorted, one line each); the title does not count. It shows
    slips, not fraud: the date is that of the computer's clock. To convince others, send them the
    hash today: `declaration.seals[-1].sha256`.

    Comments in the file stay where only a seal is added; they go where hypotheses are replaced.

    Examples
    --------
    >>> trust = kl.Hypothesis(
    ...     name="trust_keeps",
    ...     statement="Trust keeps customers.",
    ...     above=0,
    ...     model="stayed ~ trust + tenure",
    ...     term="trust",
    ... )
    >>> kl.declare_hypotheses([trust], "private/trust.toml").state  # doctest: +SKIP
    'sealed'
    """
    path = Path(path)
    there = _there(path) if path.exists() else None
    given = _given(hypotheses, there, correction, conf_level, title)
    day = date.today() if declared_on is None else declared_on
    problems = [*_problems(given, path), *_problems_of_day(day, there)]
    if problems := problems or _clashes(given, there):
        raise ArgumentError(say("hypotheses.cannot_declare", problems=paragraph(problems)))
    seals = there.seals if there else ()
    is_sealed = bool(seals) and seals[-1].text == given.text and not seals[-1].is_broken
    dated_by: DatedBy = "clock" if declared_on is None else "hand"
    new = () if is_sealed else (Seal.of(given.text, day, dated_by),)
    if there and (there.text, there.title) == (given.text, given.title):
        written = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n" + seal_text(new)
    else:
        written = declaration_text(given) + seal_text((*seals, *new))
    if new or there is None or there.title != given.title:
        put_text(written, path)
    return read_declaration(path)


def _given(
    hypotheses: Any, there: Declaration | None, correction: Any, conf_level: Any, title: Any
) -> Declaration:
    if isinstance(hypotheses, Declaration):
        base = hypotheses
    else:
        base = replace(there or Declaration(()), hypotheses=_as_tuple(hypotheses))
    words = same(title) if isinstance(title, str) else title
    own = {"correction": correction, "conf_level": conf_level, "title": words}
    changed = {name: value for name, value in own.items() if value is not None}
    return replace(base, seals=(), path=None, **changed)


def _as_tuple(hypotheses: Any) -> tuple[Any, ...]:
    if isinstance(hypotheses, Iterable) and not isinstance(hypotheses, str):
        return tuple(hypotheses)
    return (hypotheses,)


def _there(path: Path) -> Declaration:
    try:
        return read_declaration(path)
    except ModelError as error:
        raise ArgumentError(
            say("hypotheses.no_declaration_there", path=path, reason=error.text)
        ) from error


def _problems(given: Declaration, path: Path) -> list[Text]:
    strangers = [type(h).__name__ for h in given.hypotheses if not isinstance(h, Hypothesis)]
    names = Counter(h.name for h in given.hypotheses if isinstance(h, Hypothesis))
    twice = [name for name, count in names.items() if count > 1]
    found = [
        (not given.hypotheses, say("hypotheses.declare_none")),
        (bool(strangers), say("hypotheses.declare_strangers", got=listed(strangers))),
        (bool(twice), say("hypotheses.declare_twice", names=listed(twice))),
        (not isinstance(given.title, Text), say("hypotheses.declare_title")),
        (path.suffix != ".toml", say("hypotheses.declare_suffix", path=path)),
        *((True, say("hypotheses.declare_value", name=name)) for name in _unwritable(given)),
    ]
    checks = {"correction": reading.one_of(CORRECTIONS), "conf_level": reading.level}
    for name, check in checks.items():
        try:
            check(getattr(given, name))
        except (ValueError, TypeError) as error:
            words = {"name": name, "reason": error.args[0]}
            found.append((True, say("hypotheses.declare_bad", **words)))
    return [text for wrong, text in found if wrong]


def _unwritable(given: Declaration) -> list[str]:
    """Return the hypotheses whose source has a value that is neither words nor a number."""
    values = {
        hypothesis.name: hypothesis.source.value
        for hypothesis in given.hypotheses
        if isinstance(hypothesis, Hypothesis) and hypothesis.source is not None
    }
    kinds = (str, Text, int, float)
    return [n for n, v in values.items() if isinstance(v, bool) or not isinstance(v, kinds)]


def _problems_of_day(day: Any, there: Declaration | None) -> list[Text]:
    try:
        reading.day(day)
    except TypeError as error:
        return [say("hypotheses.declare_bad", name="declared_on", reason=error.args[0])]
    if day > date.today():
        return [say("hypotheses.declare_to_come", day=day)]
    last = max((seal.declared_on for seal in there.seals), default=day) if there else day
    return [say("hypotheses.declare_before", day=day, last=last)] if day < last else []


def _clashes(given: Declaration, there: Declaration | None) -> list[Text]:
    """Return why a file that is there cannot take what is given."""
    if there is None or not there.path:
        return []
    own = {getattr(hypothesis, "name", None) for hypothesis in given.hypotheses}
    if own.isdisjoint(hypothesis.name for hypothesis in there):
        return [say("hypotheses.declare_other", path=there.path, title=there.title)]
    edited = there.state != "sealed" and there.text != given.text
    return [say("hypotheses.declare_edited", path=there.path)] if edited else []
