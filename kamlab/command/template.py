"""`python -m kamlab template`: a workbook to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path

from kamlab.command.exits import Exit
from kamlab.command.files import check_places
from kamlab.command.streams import say_result
from kamlab.foundation.language import say
from kamlab.intake.giving.template import write_template
from kamlab.intake.giving.whole import whole


def run(options: argparse.Namespace) -> Exit:
    """Write the template in the language of the command."""
    path = Path(options.output)
    check_places({}, {"OUT.xlsx": path}, overwrite=options.overwrite)
    with whole(path) as draft:
        write_template(draft)
    say_result(say("command.template_done", path=path))
    return Exit.DONE
