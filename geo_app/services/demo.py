"""The demonstration: synthetic sites for the real Haixi report."""

from pathlib import Path

from geo_app.errors import Conflict, GeoAppError
from geo_app.i18n import N_
from geo_app.ingest import Choices
from geo_app.samples import Sample, write_samples
from geo_app.services import reviews, uploads
from geo_app.services.landproof import Landproof


def fill(lp: Landproof, folder: Path) -> int:
    """Bring the synthetic files in as any upload would be; return how many were new.

    Files that are in the store already are passed over, so this can be repeated.

    Raises
    ------
    Conflict
        If the instance holds anything but the demonstration.
    """
    if not lp.demonstration and lp.store.uploads.all():
        raise Conflict(
            N_("{home} is not a demonstration: it holds uploads of its own. Set GEO_APP_HOME to another folder."),
            home=str(lp.settings.home),
        )
    lp.store.put("demonstration", "yes")
    samples = write_samples(folder, lp.layers, lp.districts.shapes)
    new = sum(_bring_in(lp, sample.path, sample.layer, _choices(sample)) for sample in samples)
    for layer_id in reviews.behind(lp):
        reviews.catch_up(lp, layer_id)
    return new


def _bring_in(lp: Landproof, path: Path, layer: str, choices: Choices) -> bool:
    with path.open("rb") as source:
        upload = uploads.receive(lp, source, path.name, layer, "demonstration", choices=choices, synthetic=True)
    if upload.state == "accepted":
        return False
    try:
        uploads.read(lp, upload.id)
        uploads.accept(lp, upload.id, "demonstration")
    except GeoAppError as error:
        raise RuntimeError(f"the demonstration's {path.name} cannot be read: {error}") from error
    return True


def _choices(sample: Sample) -> Choices:
    return Choices(crs=sample.choices.get("crs"), status=sample.choices.get("status"), confirmed=("all",))
