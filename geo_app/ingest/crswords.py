"""What is asked about a file whose coordinate system is not stated, or not as it should be."""

from geo_app.i18n import N_
from geo_app.ingest.guessing import DEGREES, MERCATOR, PLAIN, SWAPPED, SWAPPED_PLAIN, UNKNOWN, ZONE

MISSING = {
    DEGREES: N_(
        "{file} names no coordinate system. Its coordinates look like degrees ({x} / {y}). "
        "Name the system with {option}; proposed: {choices}."
    ),
    PLAIN: N_(
        "{file} names no coordinate system. Its eastings look like a CGCS2000 zone without its number "
        "({x} / {y}). Areas are the same in each; choose by place with {option}; proposed: {choices}."
    ),
    SWAPPED: N_(
        "{file} names no coordinate system, and its northings seem to come before its eastings ({x} / {y}). "
        "Name the system with {option}; proposed: {choices}."
    ),
    SWAPPED_PLAIN: N_(
        "{file} names no coordinate system. Its northings seem to come before its eastings, and these look like a "
        "CGCS2000 zone without its number ({x} / {y}). Areas are the same in each; choose by place with {option}; "
        "proposed: {choices}."
    ),
    UNKNOWN: N_(
        "{file} names no coordinate system, and its coordinates ({x} / {y}) suggest none. "
        "Name the system with {option}."
    ),
}
PROPOSED = {
    DEGREES: N_(
        "{file} names no coordinate system. Its coordinates are degrees in China ({x} / {y}), so {proposed} is "
        "proposed. Confirm it with {option}, or name another system."
    ),
    ZONE: N_(
        "{file} names no coordinate system. Its eastings begin with the number of a CGCS2000 zone ({x} / {y}), "
        "so {proposed} is proposed. Confirm it with {option}, or name another system."
    ),
    MERCATOR: N_(
        "{file} names no coordinate system. Its coordinates look like web Mercator ({x} / {y}), so {proposed} is "
        "proposed. Confirm it with {option}, or name another system."
    ),
    SWAPPED: N_(
        "{file} names no coordinate system, and its northings come before its eastings ({x} / {y}), so {proposed} "
        "is proposed. Confirm it with {option}, or name another system."
    ),
}
CONTRADICTED = N_(
    "{file} says its coordinates are in {crs}, but {x} / {y} cannot be. "
    "Name the right system with {option}; proposed: {choices}."
)
CONTRADICTED_PLAIN = N_(
    "{file} says its coordinates are in {crs}, but the eastings ({x} / {y}) carry no zone number. Areas are the same "
    "in each zone; choose by place with {option}; proposed: {choices}."
)
CORRECTED = N_(
    "{file} says its coordinates are in {crs}, but {x} / {y} cannot be, so {proposed} is proposed. "
    "Confirm it with {option}, or name another system."
)
HOPELESS = N_("{file} says its coordinates are in {crs}, but {x} / {y} cannot be. Name the right system with {option}.")
SEVERAL_ZONES = N_(
    "The eastings of {file} begin with several zone numbers ({zones}). One file can be in one system only: name it "
    "with {option}, and the records of the other zones are left out by number; proposed: {choices}."
)
