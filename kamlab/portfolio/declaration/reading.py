"""Reading classification models from their files; a mistake is refused with its line."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path

from kamlab.foundation import toml_entries
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.toml_source import Block, FileKind, Source
from kamlab.portfolio.declaration import entries
from kamlab.portfolio.declaration.model import Axis, Cell, Condition, Item, Model, Rule

MODEL_FILE = FileKind(
    unreadable="portfolio.unreadable",
    missing="portfolio.no_such_file",
    wrong="portfolio.bad_model",
)
TWO_LEVELS = ("low", "high")
TESTS = ("at_least", "at_most", "below", "is")
BLOCKS = {"citation", "scale", "cut", "effort", "axis", "cell", "missing", "remark", "not_this"}


def read_model(path: Path) -> Model:
    """Read a model's file, or raise `ModelError` with every mistake."""
    source = Source.read(path, MODEL_FILE)
    top = source.whole()
    top.taken |= BLOCKS
    head = {
        "id": top.name_of("id"),
        "name": top.text("name"),
        "citation": _citation(source.block("citation")),
        "scale": _scale(source.block("scale")),
        "effort": _finished_claim(source.block("effort"), say("portfolio.effort_scale")),
    }
    top.finish()
    common_cut = source.block("cut") if "cut" in source.declared else None
    axis_blocks, cell_blocks = source.blocks("axis"), source.blocks("cell")
    axes = [_axis(block, head["scale"], common_cut) for block in axis_blocks]
    if not axes:
        source.note(1, "axis", say("foundation.toml_missing_entry", entry="[[axis]]"))
    named = all(axis.name and axis.levels and all(axis.levels) for axis in axes)
    cells = [_cell(block, axes if named else []) for block in cell_blocks]
    _refuse_doubles(axis_blocks, [axis.name for axis in axes])
    _refuse_doubles(cell_blocks, [cell.name for cell in cells])
    missing, remarks = _texts(source, "missing"), _texts(source, "remark")
    source.refuse()
    made = Model(**head, axes=tuple(axes), cells=tuple(cells), missing=missing, remarks=remarks)
    _refuse_gaps(source, made)
    source.refuse()
    return made


def _citation(block: Block) -> Claim:
    text = block.take("text", toml_entries.wording)
    status = block.take("status", toml_entries.status)
    block.finish()
    return Claim(text, status or Status.DESIGN, text or "?")


def _scale(block: Block) -> Claim | None:
    low, high = (
        block.take("minimum", toml_entries.number),
        block.take("maximum", toml_entries.number),
    )
    claim: Claim | None = block.claim((low, high))
    if low is not None and high is not None and not low < high:
        block.bad("minimum", say("portfolio.bad_scale", low=f"{low:g}", high=f"{high:g}"))
    block.finish()
    return claim


def _axis(block: Block, scale: Claim | None, common_cut: Block | None) -> Axis:
    name, label = block.name_of("name"), block.text("label")
    item_blocks, rule_blocks = block.inners("items"), block.inners("rules")
    items = tuple(_item(inner) for inner in item_blocks)
    rules = tuple(_rule(inner) for inner in rule_blocks)
    _refuse_doubles(item_blocks, [item.column for item in items])
    _refuse_doubles(rule_blocks, [rule.level for rule in rules])
    _refuse_items_or_rules(block, items, rules)
    cut = Claim((), Status.DESIGN) if rules else _cut_of(block, scale, common_cut)
    named = [item.column for item in items] or [rule.level for rule in rules]
    measured = join([same(name) for name in named])
    axis = Axis(
        name=name,
        label=label,
        levels=tuple(rule.level for rule in rules) or _levels(block, cut),
        items=items,
        rules=rules,
        origin=block.claim(label),
        measure=_finished_claim(block.inner("measure"), measured),
        weighting=_weighting(block, items),
        cut=cut or Claim((), Status.DESIGN),
    )
    block.finish()
    return axis


def _cut_of(block: Block, scale: Claim | None, common_cut: Block | None) -> Claim | None:
    own = block.inner("cut")
    return _cut(own if "cut" in block.entry or common_cut is None else common_cut, scale)


def _weighting(block: Block, items: tuple[Item, ...]) -> Claim:
    weights = join([same(f"{item.weight:g}") for item in items])
    return _finished_claim(block.inner("weights"), weights) if items else Claim("", Status.DESIGN)


def _refuse_items_or_rules(block: Block, items: tuple[Item, ...], rules: tuple[Rule, ...]) -> None:
    if bool(items) == bool(rules):
        block.bad("", say("portfolio.items_or_rules"))
    if items and not sum(item.weight for item in items) > 0:
        block.bad("items", say("portfolio.bad_weights"))
    if len(rules) == 1:
        block.bad("rules", say("portfolio.too_few_levels"))


def _levels(block: Block, cut: Claim | None) -> tuple[str, ...]:
    levels: tuple[str, ...] = block.take("levels", entries.names, TWO_LEVELS) or ()
    if cut is not None and cut.value is not None:
        cuts = 1 if isinstance(cut.value, str) else len(cut.value)
        if len(levels) != cuts + 1:
            words = {"levels": len(levels), "cuts": cuts, "needed": cuts + 1}
            block.bad("levels", say("portfolio.bad_levels", **words))
    return levels


def _finished_claim(block: Block, value: object) -> Claim:
    claim = block.claim(value, "", Status.DESIGN)
    block.finish()
    return claim or Claim(value, Status.DESIGN)


def _item(block: Block) -> Item:
    item = Item(
        column=block.take("column", entries.column),
        weight=block.take("weight", entries.weight, 1.0) or 0.0,
        reverse=bool(block.take("reverse", toml_entries.flag, default=False)),
        bounds=block.take("range", entries.bounds, None),
        ranked=bool(block.take("rank", toml_entries.flag, default=False)),
    )
    if item.bounds and item.ranked:
        block.bad("range", say("portfolio.range_or_rank"))
    block.finish()
    return item


def _rule(block: Block) -> Rule:
    level = block.name_of("level")
    needs = tuple(_condition(inner) for inner in block.inners("needs"))
    if not needs:
        block.bad("needs", say("portfolio.no_conditions"))
    block.finish()
    return Rule(level, needs)


def _condition(block: Block) -> Condition:
    column = block.take("column", entries.column)
    given = [test for test in TESTS if test in block.entry]
    if len(given) != 1:
        block.bad("", say("portfolio.one_test", tests=", ".join(TESTS)))
        return Condition(column, "is", 1.0)
    test = given[0]
    value = block.take(test, toml_entries.flag if test == "is" else toml_entries.number)
    block.finish()
    return Condition(column, test, float(value or 0))


def _cut(block: Block, scale: Claim | None) -> Claim | None:
    rule = block.take("rule", entries.checked_cut)
    claim: Claim | None = block.claim(rule)
    block.finish()
    if scale is not None and isinstance(rule, tuple) and None not in scale.value:
        low, high = scale.value
        if outside := [score for score in rule if not low < score <= high]:
            listed = ", ".join(f"{score:g}" for score in outside)
            reason = say("portfolio.cut_off_scale", cut=listed, low=f"{low:g}", high=f"{high:g}")
            block.bad("rule", reason)
    return claim


def _cell(block: Block, axes: list[Axis]) -> Cell:
    label = block.text("label")
    description = block.text("description", None)
    prescription = block.text("prescription")
    has = description is not None
    cell = Cell(
        name=block.name_of("name"),
        label=label,
        levels=_cell_levels(block, axes),
        effort=block.take("effort", entries.effort),
        origin=block.claim(label),
        description=block.claim(description, "description_") if has else None,
        prescription=block.claim(prescription, "prescription_"),
    )
    block.finish()
    return cell


def _cell_levels(block: Block, axes: list[Axis]) -> tuple[tuple[str, ...], ...]:
    given = block.take("levels", toml_entries.mapping) or {}
    known = {axis.name: axis.levels for axis in axes}
    for name in given.keys() - known.keys() if axes else ():
        block.bad("levels", say("portfolio.no_such_axis", axis=name, known=", ".join(known)))
    covered = []
    for axis, levels in known.items():
        own = given.get(axis, list(levels))
        own = own if isinstance(own, list) else [own]
        if unknown := [level for level in own if level not in levels]:
            listed = ", ".join(map(toml_entries.shown, unknown))
            known_levels = ", ".join(levels)
            reason = say("portfolio.no_such_level", axis=axis, level=listed, known=known_levels)
            block.bad("levels", reason)
        if not own:
            block.bad("levels", say("portfolio.no_level", axis=axis))
        covered.append(tuple(level for level in own if isinstance(level, str)))
    return tuple(covered)


def _texts(source: Source, kind: str) -> tuple[Text, ...]:
    blocks = source.blocks(kind)
    wrapped = [Block(source, kind, {"text": block.entry}, block.line) for block in blocks]
    return tuple(block.text("text") for block in wrapped)


def _refuse_doubles(blocks: list[Block], names: list[str]) -> None:
    known: set[str] = set()
    for block, name in zip(blocks, names, strict=True):
        if name in known:
            block.bad("name", say("portfolio.name_twice", name=name))
        known.add(name)


def _refuse_gaps(source: Source, model: Model) -> None:
    covered = Counter(levels for cell in model.cells for levels in product(*cell.levels))
    line = source.places.block("cell", 1)
    for levels in product(*(axis.levels for axis in model.axes)):
        if covered[levels] != 1:
            pairs = zip(model.axes, levels, strict=True)
            where = ", ".join(f"{axis.name} {level}" for axis, level in pairs)
            key = "portfolio.uncovered" if covered[levels] == 0 else "portfolio.covered_twice"
            source.note(line, "cell", say(key, levels=where))
