"""`python -m kamlab`: an export, its check, its report, without writing any Python."""

import sys

from kamlab.command.main import main

if __name__ == "__main__":
    sys.exit(main())
