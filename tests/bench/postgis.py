"""PostGIS 15 as a peer, in a cluster of its own that goes with the benchmark."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import shapely

BIN = Path("/usr/lib/postgresql/15/bin")
OWNER = "postgres"  # the server does not run as root


class PostGIS:
    """A cluster on a socket in a folder; where it is not installed, `why_not` says so.

    On Debian: ``apt-get install postgresql-15-postgis-3``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.why_not = ""
        if not (BIN / "initdb").exists():
            self.why_not = "postgresql-15-postgis-3 is not installed"

    @property
    def can_be_asked(self) -> bool:
        """Whether it runs."""
        return not self.why_not

    def __enter__(self) -> "PostGIS":
        if self.can_be_asked:
            self._folder.parent.chmod(0o755)
            self._folder.mkdir()
            shutil.chown(self._folder, OWNER)
            data = self._folder / "data"
            self._as_owner(BIN / "initdb", "-D", data, "-A", "trust", "--no-sync")
            options = (
                f"-k {self._folder} -h '' -c shared_buffers=512MB -c fsync=off -c max_parallel_workers_per_gather=0"
            )
            self._as_owner(BIN / "pg_ctl", "-D", data, "-w", "-l", self._folder / "log", "-o", options, "start")
            self.ask("CREATE EXTENSION postgis; CREATE TABLE parcels (id integer, shape geometry)")
        return self

    def __exit__(self, *_: Any) -> None:
        if self.can_be_asked:
            self._as_owner(BIN / "pg_ctl", "-D", self._folder / "data", "-m", "immediate", "-w", "stop")

    def fill(self, plane: np.ndarray) -> None:
        """Put polygons into the table, with an index."""
        lines = "\n".join(f"{at}\t{wkb}" for at, wkb in enumerate(shapely.to_wkb(plane, hex=True)))
        self.ask("TRUNCATE parcels; DROP INDEX IF EXISTS parcels_shape")
        self.ask("COPY parcels FROM STDIN", lines)
        self.ask("CREATE INDEX parcels_shape ON parcels USING gist (shape); ANALYZE parcels")

    def pairs(self) -> str:
        """Add up what pairs of polygons share."""
        return self.ask(
            "SELECT count(*), sum(ST_Area(ST_Intersection(a.shape, b.shape))) FROM parcels a JOIN parcels b"
            " ON a.id < b.id AND ST_Intersects(a.shape, b.shape)"
        )

    def ask(self, statement: str, given: str = "") -> str:
        """Run SQL through psql."""
        return self._as_owner(BIN / "psql", "-h", self._folder, "-d", "postgres", "-qAtc", statement, given=given)

    def _as_owner(self, *command: Any, given: str = "") -> str:
        ended = subprocess.run(
            ["runuser", "-u", OWNER, "--", *map(str, command)],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            cwd=self._folder,
        )
        return ended.stdout
