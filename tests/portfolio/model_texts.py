"""Model files for tests: two written out, and others made from a few words."""

import json
from itertools import count, product

import pytest

import kamlab as kl
from kamlab.portfolio.declaration.library import load_model

# Two axes with columns of one's own: what a user writes first.
OWN = """
id = "own"
name = { en = "Our own", ja = "自社モデル" }

[citation]
text = "our own, 2026"
status = "design"

[scale]
minimum = 0
maximum = 10
status = "design"
source = "ours"

[cut]
rule = 5.5
status = "design"
source = "ours"

[[axis]]
name = "pull"
label = { en = "Pull", ja = "魅力" }
status = "design"
source = "ours"
items = [
    { column = "growth", weight = 3 },
    { column = "prestige", weight = 1 },
]

[[axis]]
name = "reach"
label = { en = "Reach", ja = "競争力" }
status = "design"
source = "ours"
items = [{ column = "strength", weight = 1 }]

[[cell]]
name = "grow"
label = { en = "Grow", ja = "成長" }
levels = { pull = "high", reach = "high" }
effort = 2
status = "design"
source = "ours"
prescription = { en = "Invest.", ja = "投資する。" }
prescription_status = "design"

[[cell]]
name = "pick"
label = { en = "Pick", ja = "選択" }
levels = { pull = "high", reach = "low" }
effort = 1
status = "design"
source = "ours"
prescription = { en = "Choose.", ja = "選ぶ。" }
prescription_status = "design"

[[cell]]
name = "keep"
label = { en = "Keep", ja = "維持" }
levels = { pull = "low", reach = "high" }
effort = 1
status = "design"
source = "ours"
prescription = { en = "Maintain.", ja = "保つ。" }
prescription_status = "design"

[[cell]]
name = "leave"
label = { en = "Leave", ja = "撤退" }
levels = { pull = "low", reach = "low" }
effort = 0
status = "design"
source = "ours"
prescription = { en = "Let go.", ja = "手放す。" }
prescription_status = "design"
"""
# Everything that a file may say: three axes of which one is a ladder, several cuts, merged cells.
FULL = """\
id = "full"
name = { en = "All of it", ja = "すべて" }

[citation]
text = "our own, 2026"
status = "secondary"

[scale]
minimum = 0
maximum = 10
status = "published"
source = "the book"
page = "12"

[cut]
rule = 5.5
status = "design"
source = "ours"

[effort]
status = "design"
source = "our ranking"

[[axis]]
name = "pull"
label = { en = "Pull", ja = "魅力" }
status = "design"
source = "ours"
measure = { status = "design", source = "our items" }
weights = { status = "design", source = "our weights" }
items = [
    { column = "growth", weight = 3 },
    { column = "prestige", weight = 1, reverse = true },
    { column = "revenue", range = [0, 100] },
    { column = "orders", rank = true },
]

[[axis]]
name = "reach"
label = { en = "Reach", ja = "競争力" }
status = "design"
source = "ours"
levels = ["weak", "fair", "strong"]
cut = { rule = [3, 8], status = "design", source = "our cuts" }
items = [
    { column = "strength", weight = 1 },
]

[[axis]]
name = "phase"
label = { en = "Phase", ja = "段階" }
status = "design"
source = "ours"
rules = [
    { level = "running", needs = [{ column = "ending", is = false }] },
    { level = "over", needs = [
        { column = "ending", is = true },
        { column = "days", at_least = 1 },
    ] },
]

[[cell]]
name = "grow"
label = { en = "Grow", ja = "成長" }
levels = { pull = "high", reach = "strong", phase = "running" }
effort = 2
status = "design"
source = "ours"
description = { en = "Good.", ja = "よい。" }
description_status = "design"
description_source = "ours too"
prescription = { en = "Invest.", ja = "投資する。" }
prescription_status = "design"
prescription_source = "we"

[[cell]]
name = "pick"
label = { en = "Pick", ja = "選択" }
levels = { pull = "high", reach = ["weak", "fair"], phase = "running" }
effort = 1
status = "design"
source = "ours"
prescription = { en = "Choose.", ja = "選ぶ。" }
prescription_status = "design"

[[cell]]
name = "leave"
label = { en = "Leave", ja = "撤退" }
levels = { pull = "low", phase = "running" }
effort = 0
status = "design"
source = "ours"
prescription = { en = "Let go.", ja = "手放す。" }
prescription_status = "design"

[[cell]]
name = "gone"
label = { en = "Gone", ja = "終了" }
levels = { phase = "over" }
effort = 0
status = "design"
source = "ours"
prescription = { en = "Say farewell.", ja = "見送る。" }
prescription_status = "design"

[[missing]]
en = "the book"
ja = "その本"

[[remark]]
en = "Ours."
ja = "自社のもの。"
"""
OURS = 'status = "design"\nsource = "ours"'
_numbers = count()


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def model_text(axes, *, cells=None, scale=(1, 7), cut="midpoint"):
    """Return a model file.

    `axes` maps names to a list of items (columns, or dictionaries of an item's entries) or to a
    dictionary of an axis's entries; `cells` maps names to levels. Left out, every combination
    of levels is a cell, named after its levels.
    """
    named = {name: _entries(given) for name, given in axes.items()}
    parts = [
        f'id = "own"\nname = {toml(both("own"))}',
        '[citation]\ntext = "our own, 2026"\nstatus = "design"',
        f"[scale]\nminimum = {scale[0]}\nmaximum = {scale[1]}\n{OURS}",
        f"[cut]\nrule = {toml(cut)}\n{OURS}",
    ]
    for name, entries in named.items():
        listed = "\n".join(f"{key} = {toml(value)}" for key, value in entries.items())
        parts.append(f'[[axis]]\nname = "{name}"\nlabel = {toml(both(name))}\n{OURS}\n{listed}')
    for number, (name, levels) in enumerate((cells or _combinations(named)).items()):
        parts.append(
            f'[[cell]]\nname = "{name}"\nlabel = {toml(both(name))}\nlevels = {toml(levels)}\n'
            f"effort = {number % 3}\n{OURS}\n"
            f'prescription = {toml(both(f"do {name}"))}\nprescription_status = "design"'
        )
    return "\n\n".join(parts) + "\n"


def make_model(folder, axes, **more):
    """Return the model, read from a file in the folder."""
    path = folder / f"own{next(_numbers)}.toml"
    path.write_text(model_text(axes, **more), encoding="utf-8")
    return load_model(path)


def both(word):
    return {"en": word, "ja": f"日本語の{word}"}


def _entries(given):
    entries = dict(given) if isinstance(given, dict) else {"items": given}
    if "items" in entries:
        items = [{"column": item} if isinstance(item, str) else item for item in entries["items"]]
        entries["items"] = items
    if isinstance(entries.get("cut"), str | int | float | list):
        entries["cut"] = {"rule": entries["cut"], "status": "design"}
    return entries


def _combinations(named):
    levels = {name: _levels(entries) for name, entries in named.items()}
    return {
        "_".join(combination): dict(zip(levels, combination, strict=True))
        for combination in product(*levels.values())
    }


def _levels(entries):
    if "rules" in entries:
        return [rule["level"] for rule in entries["rules"]]
    return entries.get("levels", ["low", "high"])


def written(tmp_path, text, name="own.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def complaints(tmp_path, text):
    """Return the problems that a file is refused with, one by one."""
    with pytest.raises(kl.ModelError) as caught:
        load_model(written(tmp_path, text, "our model.toml"))
    head, *problems = str(caught.value).split("\n- ")
    assert "our model.toml" in head
    return problems


def line_number(text, part):
    assert text.count(part) == 1, part
    return text[: text.index(part)].count("\n") + 1


def at(line, language):
    return {"en": f"line {line}, ", "ja": f"{line}行目、"}[language]
