"""Model files for tests, written from a few words."""

import json
from itertools import count, product

from kamlab.portfolio.library import load_model

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
