"""Look into a ZIP and take out only what is wanted, under names of our own.

Nothing of the archive becomes a path. Counts, sizes and places of the members are checked
before anything is unpacked, their checksums while it is.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TypeVar

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_

MAX_MEMBERS = 1000
MAX_BYTES = 4 << 30
BOMB_BYTES, BOMB_RATIO = 64 << 20, 100  # above this size, how far it may have been squeezed
MAX_NAME_BYTES = 255
_CHUNK = 1 << 20
_LOCAL_HEAD = 30
_ENCRYPTED = 0x1
_UTF8 = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f]|(^|/)\.\.(/|$)|^/|^[A-Za-z]:")
_READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
T = TypeVar("T")
_DAMAGED = N_("{file} is a damaged ZIP archive: {found}. Pack the files again and send the new archive.")


@dataclass(frozen=True)
class Member:
    """A file in the archive: its name as a person wrote it, and where it is kept."""

    name: str
    info: zipfile.ZipInfo

    @property
    def path(self) -> PurePosixPath:
        """The name as a path, for its folder, stem and suffix only."""
        return PurePosixPath(self.name)

    @property
    def suffix(self) -> str:
        """The suffix in lower case."""
        return self.path.suffix.lower()


class Archive:
    """A ZIP archive whose table of contents has been checked.

    Raises
    ------
    UnreadableFile
        If it is damaged or could not have been packed in good faith.
    """

    def __init__(self, path: Path, file: str) -> None:
        self.file = file
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise UnreadableFile(_DAMAGED, file=file, found=error) from error
        self.members = tuple(self._checked())

    def _checked(self) -> Iterator[Member]:
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise UnreadableFile(
                N_("{file} holds {found} members, more than {limit}. Pack only the files of one upload."),
                file=self.file,
                found=len(infos),
                limit=MAX_MEMBERS,
            )
        self._check_sizes(infos)
        self._check_places(infos)
        seen: set[str] = set()
        for info in infos:
            name = display_name(info)
            self._check_member(name, info)
            if info.is_dir() or _is_litter(name):
                continue
            if name.casefold() in seen:
                raise UnreadableFile(
                    N_("{file} holds {member!r} twice. Pack each file once."), file=self.file, member=name
                )
            seen.add(name.casefold())
            yield Member(name, info)

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        unpacked = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        if unpacked > MAX_BYTES or (unpacked > BOMB_BYTES and unpacked > BOMB_RATIO * max(packed, 1)):
            raise UnreadableFile(
                N_("{file} would unpack from {packed} to {unpacked} bytes, more than is taken. Send it in parts."),
                file=self.file,
                packed=packed,
                unpacked=unpacked,
            )

    def _check_places(self, infos: list[zipfile.ZipInfo]) -> None:
        """Refuse members that lie over each other: one packed block would unpack many times."""
        ends = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            if info.header_offset < ends:
                raise UnreadableFile(_DAMAGED, file=self.file, found="overlapping members")
            ends = info.header_offset + _LOCAL_HEAD + _name_bytes(info) + info.compress_size
        if infos and ends > self._zip.start_dir:
            raise UnreadableFile(_DAMAGED, file=self.file, found="overlapping members")

    def _check_member(self, name: str, info: zipfile.ZipInfo) -> None:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise UnreadableFile(
                N_("{file} holds a link or device, {member!r}. Pack the file itself."), file=self.file, member=name
            )
        if _BAD_NAME.search(name) or any(len(part.encode()) > MAX_NAME_BYTES for part in name.split("/")):
            raise UnreadableFile(
                N_("{file} holds a member with an impossible name, {member!r}. Pack the files again."),
                file=self.file,
                member=name[:100],
            )
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableFile(
                N_("{file} is protected by a password ({member!r}). Pack it without one."), file=self.file, member=name
            )
        if info.compress_type not in _METHODS:
            raise UnreadableFile(
                N_("{file} is packed in an unusual way (method {found}). Pack it as an ordinary ZIP."),
                file=self.file,
                found=info.compress_type,
            )

    def take(self, member: Member, target: Path) -> Path:
        """Unpack one member to a path of our choice, checking size and checksum."""
        with target.open("wb") as out:
            for chunk in self.chunks(member):
                out.write(chunk)
        return target

    def chunks(self, member: Member) -> Iterator[bytes]:
        """Unpack one member piece by piece, checking size and checksum."""
        held = 0
        try:
            with self._zip.open(member.info) as packed:
                while chunk := packed.read(_CHUNK):
                    held += len(chunk)
                    yield chunk
        except _READ_ERRORS as error:
            raise UnreadableFile(_DAMAGED, file=self.file, found=f"{member.name}: {error}") from error
        if held != member.info.file_size:
            raise UnreadableFile(_DAMAGED, file=self.file, found=f"{member.name}: {held} / {member.info.file_size}")

    def look(self, member: Member, at: Callable[[IO[bytes]], T]) -> T:
        """Have a function look at a member without unpacking it."""
        try:
            with self._zip.open(member.info) as packed:
                return at(packed)
        except _READ_ERRORS as error:
            raise UnreadableFile(_DAMAGED, file=self.file, found=f"{member.name}: {error}") from error


def _name_bytes(info: zipfile.ZipInfo) -> int:
    return len(info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace"))


def _is_litter(name: str) -> bool:
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].lower() in ("thumbs.db", "desktop.ini")


def display_name(info: zipfile.ZipInfo) -> str:
    """Recover a member's name as it was written; Chinese Windows writes GBK and does not say so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for codec in ("utf-8", "gb18030", "cp437"):
            try:
                name = raw.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")
