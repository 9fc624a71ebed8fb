"""One opened installation: its settings, declarations and store."""

import tempfile
from functools import cached_property
from pathlib import Path

from geo_app.districts import Districts, load_districts
from geo_app.errors import NotFound
from geo_app.i18n import N_
from geo_app.layers import Layers, load_layers
from geo_app.methods import ByMethod
from geo_app.model import Report
from geo_app.queue import JobQueue
from geo_app.reports import load_reports
from geo_app.services.entries import reports_in
from geo_app.settings import Settings
from geo_app.store import Store


class Landproof:
    """What every use case works on.

    Everything is opened when it is first asked for, so that what only reads files, such as
    measuring one, leaves no state behind.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.may_make = True
        self.net_methods: dict[tuple[str, ...], dict[str | None, ByMethod]] = {}  # of `net_methods`
        self.counts_at_once = True  # also large layers, instead of leaving them to the worker
        self._ledger: tuple[int, dict[str, Report]] = (0, {})  # the newest act, and the reports after it

    @cached_property
    def layers(self) -> Layers:
        """The layers of ``layers/``."""
        return load_layers(self.settings.layers)

    @property
    def reports(self) -> dict[str, Report]:
        """The reports by id: those of ``data/reports/``, and of the ledger those with a confirmed figure."""
        if not self.is_made:
            return self.filed_reports
        newest = self.store.ledger.last()
        if newest != self._ledger[0]:
            self._ledger = (newest, reports_in(self.store.ledger))
        return {**self.filed_reports, **self._ledger[1]}

    @cached_property
    def filed_reports(self) -> dict[str, Report]:
        """The reports of ``data/reports/`` by id."""
        return load_reports(self.settings.reports, self.layers.measures)

    @cached_property
    def districts(self) -> Districts:
        """The boundary set."""
        return load_districts(self.settings.boundaries)

    @cached_property
    def store(self) -> Store:
        """The store; made when missing. What only reads gets an empty one that goes with the process."""
        path = self.settings.home / "landproof.db"
        if not self.may_make and not self.is_made:
            self._scratch = tempfile.TemporaryDirectory(prefix="landproof-")
            path = Path(self._scratch.name) / path.name
        return Store(path)

    @property
    def is_made(self) -> bool:
        """Whether there is an instance."""
        return (self.settings.home / "landproof.db").is_file()

    def demand_instance(self) -> None:
        """Raise NotFound if the folder of the instance holds none; looking must not make one."""
        if not self.is_made:
            raise NotFound(
                N_("There is no instance in {home}. Set GEO_APP_HOME to the folder of one."),
                home=str(self.settings.home),
            )

    @cached_property
    def queue(self) -> JobQueue:
        """The queue to the worker."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        return JobQueue(self.settings.home / "queue.db")

    @property
    def place(self) -> str:
        """The place that totals are about where no report says: that of the first report file."""
        places = [report.place for report in self.filed_reports.values()] or list(self.districts.places)
        return places[0] if places else ""

    @property
    def demonstration(self) -> bool:
        """Whether this instance shows the synthetic demonstration."""
        return self.store.get("demonstration") == "yes"

    @property
    def only_synthetic(self) -> bool:
        """Whether every upload in force is synthetic."""
        return not self.store.uploads.any_own()
