"""`python -m gesso`, and the start of the frozen app."""

from __future__ import annotations

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from gesso.cli.main import main

    sys.exit(main())
