"""Build hook: the folder ``data`` travels inside a wheel as ``kamlab/data``."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelData(BuildHookInterface):
    """Add ``data`` to a built wheel, and leave an editable install without a copy of it.

    ``force-include`` in ``pyproject.toml`` would copy the folder in both cases, and the copy of an
    editable install would go stale beside the checkout.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folder to the builder, unless the install is editable."""
        if version == "standard":
            build_data["force_include"]["data"] = "kamlab/data"
