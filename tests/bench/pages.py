"""What a person waits for once many sites are there: totals, pages, tiles."""

from pathlib import Path
from typing import Any

from geo_app.app import create_app
from geo_app.samples import generated_sites
from geo_app.services import Landproof, figures, mapping, uploads, users
from geo_app.settings import Settings
from tests.bench.timing import medians, show, timed

LAYER = "grassland_restored"
SIZE = 100_000
TILE = (11, 1575, 797)


def run(folder: Path, sites: int | None, runs: int) -> dict[str, Any]:
    """Time each answer on an instance with many sites in one layer."""
    size = sites or SIZE
    lp = Landproof(Settings(home=folder / f"pages-{size}"))
    path = generated_sites(size, 7, folder)
    with path.open("rb") as source:
        upload = uploads.receive(lp, source, path.name, LAYER, "bench")
    uploads.read(lp, upload.id)
    uploads.accept(lp, upload.id, "bench")
    client = _signed_in(lp)
    steps = {
        "totals": lambda: figures.totals(lp, LAYER),
        "totals by district": lambda: figures.totals(lp, LAYER, "district"),
        "start page": lambda: _get(client, "/"),
        "page of the sites table": lambda: _get(client, f"/sites?layer={LAYER}"),
        f"map tile {'/'.join(map(str, TILE))}": lambda: mapping.tile_of(lp, LAYER, *TILE),
    }
    found = medians([{name: timed(step) for name, step in steps.items()} for _ in range(runs)])
    show(f"{size} sites", found, "totals")
    lp.store.close()
    return found


def _signed_in(lp: Landproof) -> Any:
    client = create_app(lp.settings).test_client()
    client.get(f"/in/{users.new_link(lp)}", base_url="http://127.0.0.1")
    return client


def _get(client: Any, address: str) -> None:
    answer = client.get(address, base_url="http://127.0.0.1")
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
