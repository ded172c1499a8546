"""The path explorer's picture, of which only what a path changes is drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from kamlab.foundation import style
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lettering import wrapped
from kamlab.lab.path_arrows import MOVED, Arrows
from kamlab.lab.path_rows import Rows, shown_rows
from kamlab.lab.path_what_if import PathWhatIf
from kamlab.sem.picture.names import number

WIDE, TALLEST_DIAGRAM = 10.8, 4.6
"""Inches."""

LARGEST = 1.1
HEAD, FOOT = 0.5, 0.35
"""Inches above for title and key, below for the remark."""

ROW, ABOVE_ROWS, BELOW_ROWS = 0.33, 0.55, 0.4
LEFT_OF_ROWS, RIGHT_OF_ROWS = 1.4, 0.95
LABEL_EMS, LABEL_SIZE = 10.5, 8.5


class LiveFigure(style.DescribedFigure):
    """A figure that pyplot does not know, whose moving artists alone are drawn again."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), dpi=style.DPI)
        self.agg = FigureCanvasAgg(self)
        self.moving: Sequence[Artist] = ()
        self.ground: object = None

    def png(self) -> bytes:
        """Return the picture as PNG."""
        with style.drawing():
            if self.ground is None:
                self.agg.draw()
                self.ground = self.agg.copy_from_bbox(self.bbox)
            self.agg.restore_region(self.ground)
            renderer = self.agg.get_renderer()
            for one in sorted(self.moving, key=lambda artist: artist.zorder):
                one.draw(renderer)
        pixels = np.asarray(self.agg.buffer_rgba())[:, :, :3]
        buffer = BytesIO()
        mpl.image.imsave(
            buffer, pixels, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 1}
        )
        return buffer.getvalue()
