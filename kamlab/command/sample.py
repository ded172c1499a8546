"""`python -m kamlab sample`: a simulated company as files, to try everything on."""

from __future__ import annotations

import argparse
from pathlib import Path

from kamlab.accounts.samples import SAMPLE_SEED
from kamlab.accounts.simulate import simulate_company
from kamlab.command.exits import Exit
from kamlab.command.files import check_places
from kamlab.command.streams import say_result
from kamlab.foundation.language import say
from kamlab.intake.giving.whole import whole, whole_folder
from kamlab.intake.giving.write import write_company

USUAL_SIZE = 240


def run(options: argparse.Namespace) -> Exit:
    """Write the company with headings in the language of the command."""
    path = Path(options.output)
    check_places({}, {"OUT": path}, overwrite=options.overwrite)
    size = USUAL_SIZE if options.n_accounts is None else options.n_accounts
    seed = SAMPLE_SEED if options.seed is None else options.seed
    company = simulate_company(size, seed)
    place = whole_folder if path.is_dir() or not path.suffix else whole
    with place(path) as draft:
        write_company(company, draft, headings="label")
    words = {"path": path, "size": size, "seed": seed}
    say_result(say("command.sample_done", **words))
    return Exit.DONE
