"""What a reader of an instance can see of it, as one hash."""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from geo_app.services import Landproof, checking, figures, readings
from geo_app.settings import Settings
from geo_app.totals import GROUPS

_OURS = ("id", "upload_id", "before", "differs", "geometry", "drawn", "crs")
_UPLOAD = ("sha256", "filename", "layer", "mode", "records", "accepted", "rejected", "total", "digest")


def visible(home: Path) -> str:
    """Hash every figure, current site, accepted upload and act; numbers and times of uploads are left out."""
    lp = Landproof(Settings(home=home))
    vars(lp).update(_declared())
    try:
        return hashlib.sha256(json.dumps(list(_seen(lp)), default=str).encode()).hexdigest()
    finally:
        lp.store.close()


@cache
def _declared() -> dict[str, Any]:
    """What is the same for every instance, read once."""
    lp = Landproof(Settings())
    return {"layers": lp.layers, "reports": lp.reports, "districts": lp.districts}


def _seen(lp: Landproof) -> Iterator[Any]:
    for group in (None, *GROUPS):
        yield [vars(each) for each in figures.totals(lp, "grassland_restored", group)]
    for report in lp.reports:
        yield [
            (each.claim.printed, each.gross, each.net, each.word, each.sites) for each in figures.reconcile(lp, report)
        ]
    uploads = [each for each in lp.store.uploads.all() if each.accepted_seq is not None]
    for upload in sorted(uploads, key=lambda each: each.accepted_seq):
        yield [getattr(upload, name) for name in _UPLOAD]
    for layer in {each.layer for each in uploads}:
        frame = lp.store.sites.frame(layer)
        yield frame.geometry.to_wkb(hex=True).tolist()
        yield frame.drop(columns=[name for name in _OURS if name in frame]).astype(str).to_numpy().tolist()
    yield [(act.kind, act.who) for act in lp.store.uploads.acts()]


def problems(home: Path) -> list[str]:
    """Return what `check` finds wrong with an instance."""
    lp = Landproof(Settings(home=home))
    try:
        return [each.template.format(**each.values) for each in checking.check(lp).problems]
    finally:
        lp.store.close()


def leftovers(home: Path) -> list[str]:
    """Return what lies about in an instance that no upload needs."""
    lp = Landproof(Settings(home=home))
    try:
        files = {each.name for each in (home / "files").iterdir()} - set(lp.store.keeping.files())
        staged = [f"staged rows of upload {each}" for each in lp.store.readings.leftovers()]
        scratch = [each.name for folder in ("reading", "backup") for each in (home / folder).glob("*")]
        unread = [f"upload {each} that nobody reads" for each in readings.left(lp)]
        return sorted(files) + staged + scratch + unread
    finally:
        lp.store.close()
