"""``python -m stridewise`` is the command ``stridewise``."""

from stridewise.cli.main import main

main()
