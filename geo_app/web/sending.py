"""Sending a file that a person saves."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from flask import Response, send_file


def send(export: Any) -> Response:
    """Send an export under its name.

    Parameters
    ----------
    export : services.exports.Export
        `body` (bytes or the path of a file), `mimetype` and `filename`.
    """
    body = export.body if isinstance(export.body, Path) else io.BytesIO(export.body)
    response = send_file(body, mimetype=export.mimetype, as_attachment=True, download_name=export.filename)
    response.headers["Cache-Control"] = "no-store"
    return response


def send_table(head: Sequence[str], rows: Iterable[Sequence[object]], filename: str) -> Response:
    """Send a short table as CSV that spreadsheets read as UTF-8 and never as formulas."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    body = io.BytesIO(text.getvalue().encode("utf-8-sig"))
    response = send_file(body, mimetype="text/csv", as_attachment=True, download_name=filename)
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
