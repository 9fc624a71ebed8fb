"""``python -m geo_app``."""

import sys
from typing import Any

from geo_app.cli import main
from geo_app.settings import Settings


def make_app(settings: Settings) -> Any:
    """Make the web application; only ``serve`` needs it, so only then is Flask loaded."""
    from geo_app.app import create_app  # noqa: PLC0415 - half a second that other commands need not wait

    return create_app(settings)


if __name__ == "__main__":
    sys.exit(main(make_app))
