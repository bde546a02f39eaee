"""`make bench`: what Berita costs on this machine, now; `make bench ARGS=poll` measures one part.

Figures are of this machine at this moment: compare them with the bare loop beside them. CPU is
that of the measured process, its threads and its parser; servers run in processes of their own.
"""

import argparse
import os
import platform

from rich.console import Console
from rich.table import Table

from tests.bench.parts import PARTS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="make bench ARGS=…")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="; ".join(PARTS))
    asked = parser.parse_args().parts or list(PARTS)
    busy = os.getloadavg()[0]
    title = f"Berita on Python {platform.python_version()}, {os.cpu_count()} cores, load {busy:.1f}"
    table = Table("what", "figure", "beside", title=title, title_justify="left")
    for name in asked:
        for row in PARTS[name]():
            table.add_row(row.what, row.figure, row.beside)
        table.add_section()
    Console(width=None if os.isatty(1) else 110).print(table)


if __name__ == "__main__":
    main()
