"""Every error that Landproof raises on purpose.

::

    GeoAppError
    ├── Refused              what was given cannot be taken (exit 2, HTTP 422)
    │   ├── UnreadableFile   the bytes are not what they should be
    │   ├── UnsupportedFormat
    │   └── UnknownColumn
    ├── AnswerNeeded         a person has to decide first (exit 3, HTTP 409)
    ├── NotFound             no such report, layer, upload or site (exit 2, HTTP 404)
    ├── NotAllowed           not signed in, or not for this user (HTTP 403)
    ├── Conflict             the store has moved on meanwhile (exit 2, HTTP 409)
    │   ├── Superseded       a reading that is no longer wanted
    │   ├── Stale            an upload whose layer has changed since it was compared with it
    │   └── AlreadyAccepted  the same file is in force
    ├── StoreFailed          the disk or the store fails, or is kept busy (exit 2, HTTP 507 or 503)
    ├── LayerError           a layer file is wrong (exit 2)
    ├── ReportError          a report file is wrong (exit 2)
    └── SettingError         a setting is wrong (exit 2)

A message says what was found, what was expected and what to do. It is kept as a
template and its values, so that the edges can translate it before they fill it.
"""

import errno
from typing import Any

from geo_app.filling import fill
from geo_app.i18n import N_

_MOST_CHOICES = 50  # that a sentence names


class GeoAppError(Exception):
    """Base of all errors that carry a sentence for the user.

    Parameters
    ----------
    template : str
        English sentence with ``{name}`` places, marked by ``N_``.
    **values
        What fills the places.

    Attributes
    ----------
    known : dict
        What had been found out about a file until then: names and values of `ingest.Reading`.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        self.known: dict[str, Any] = {}
        super().__init__(fill(template, values))


class Refused(GeoAppError):
    """What was given cannot be taken; nothing was stored."""


class UnreadableFile(Refused):
    """The bytes of a file are not what its kind should hold."""


class UnsupportedFormat(Refused):
    """The file is of a kind that Landproof does not read."""


class UnknownColumn(Refused):
    """A column was named that the file does not have."""


class AnswerNeeded(GeoAppError):
    """A person has to answer something before the work can go on.

    Parameters
    ----------
    needs : str
        One of ``crs encoding columns sublayer status confirmation``.
    option : str
        The command-line option that gives the answer.
    choices : tuple of str
        Answers to choose from; empty when free text is asked. Of a confirmation: what is proposed,
        as `ingest.Choices.confirmed` takes it.

    Attributes
    ----------
    more : tuple of AnswerNeeded
        What else will have to be answered, as far as it is known.
    places : dict
        Of a coordinate system: answer to where it would put the records, as plain values.
    """

    def __init__(
        self, template: str, *, needs: str, option: str, choices: tuple[str, ...] = (), **values: object
    ) -> None:
        shown = ", ".join(choices[:_MOST_CHOICES]) + (", …" if len(choices) > _MOST_CHOICES else "")
        super().__init__(template, option=option, choices=shown, **values)
        self.needs = needs
        self.option = option
        self.choices = choices
        self.more: tuple[AnswerNeeded, ...] = ()
        self.places: dict[str, Any] = {}


class NotFound(GeoAppError):
    """What was asked for does not exist."""


class NotAllowed(GeoAppError):
    """The user may not do this."""


class Conflict(GeoAppError):
    """The store has changed since the user looked, or is in use for something else."""


class Superseded(Conflict):
    """A reading of an upload is no longer wanted: it was cancelled, or another one has begun."""


class Stale(Conflict):
    """The layer has changed since an upload was compared with it; it has to be read again before it is accepted."""


class AlreadyAccepted(Conflict):
    """The same bytes, read the same way into the same layer, are in force as upload `first`."""

    def __init__(self, template: str, *, upload: int, first: int) -> None:
        super().__init__(template, upload=upload, first=first)
        self.first = first


class BeingCounted(GeoAppError):
    """What was asked for rests on a large layer that has changed, and that the worker is counting."""


class StoreFailed(GeoAppError):
    """The disk or the store fails, so what was under way was stopped and none of it counts.

    Parameters
    ----------
    why : str
        ``full``, ``busy``, ``unusable``, ``damaged`` or ``newer``.
    """

    def __init__(self, template: str, *, why: str, **values: object) -> None:
        super().__init__(template, **values)
        self.why = why


def disk_failed(error: OSError) -> StoreFailed:
    """Tell in a sentence what an error of the operating system means for the user."""
    found = ": ".join(str(each) for each in (error.strerror or type(error).__name__, error.filename) if each)
    return disk_full(found) if error.errno in (errno.ENOSPC, errno.EDQUOT) else disk_unusable(found)


def reason(error: OSError | StoreFailed) -> str:
    """Return in a few words, for the log, why the disk or the store fails."""
    if isinstance(error, StoreFailed):
        return str(error.values.get("found", error.why))
    return str(error.strerror or type(error).__name__)


def disk_full(found: str) -> StoreFailed:
    """Say that there is no room left."""
    return StoreFailed(
        N_("The disk is full ({found}). What was under way was stopped; none of it counts. Free space and try again."),
        why="full",
        found=found,
    )


def disk_unusable(found: str) -> StoreFailed:
    """Say that something cannot be read or written."""
    return StoreFailed(
        N_(
            "The disk cannot be read or written ({found}). What was under way was stopped; none of it counts. "
            "See to the disk, then try again."
        ),
        why="unusable",
        found=found,
    )


class LayerError(GeoAppError):
    """A file in ``layers/`` is wrong."""


class ReportError(GeoAppError):
    """A file in ``data/reports/`` is wrong."""


class SettingError(GeoAppError):
    """A setting has a value that cannot be used."""

    def __init__(self, name: str, found: object, expected: str) -> None:
        super().__init__(
            N_("{name} is {found!r}, expected {expected}. Correct it and start again."),
            name=name,
            found=found,
            expected=expected,
        )
