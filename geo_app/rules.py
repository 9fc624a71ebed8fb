"""What can be wrong with a file or a record: one name, one sentence and one cure each.

A `model.Rejection` or `model.Finding` carries the name of a rule and the values that fill its
sentence; both sentences are translated at the edges.
"""

from dataclasses import dataclass

from geo_app.i18n import N_


@dataclass(frozen=True)
class Rule:
    """One fault.

    Attributes
    ----------
    name : str
    severity : str
        One of `model.SEVERITIES`.
    template : str
        What was found, with ``{places}``.
    cure : str
        What to do about it, with the same places.
    phrases : tuple of str
        The places that are filled with a phrase of ours, which has to be translated as well.
    """

    name: str
    severity: str
    template: str
    cure: str
    phrases: tuple[str, ...] = ()


RULES: dict[str, Rule] = {}


def _rule(name: str, severity: str, template: str, cure: str, phrases: tuple[str, ...] = ()) -> None:
    RULES[name] = Rule(name, severity, template, cure, phrases)


# --- a record that is left out -------------------------------------------------------------
_rule(
    "no_geometry",
    "severe",
    N_("The record has no geometry."),
    N_("Draw the site, or give it as a table row in a layer that allows rows without a place."),
)
_rule("empty_geometry", "severe", N_("The geometry holds no coordinates."), N_("Draw the site again."))
_rule(
    "wrong_geometry",
    "severe",
    N_("The geometry is a {found}; this layer takes {expected}."),
    N_("Draw the site as {expected}, or choose a layer that takes a {found}."),
)
_rule(
    "unreadable_geometry",
    "severe",
    N_("The geometry cannot be decoded: {reason}."),
    N_("Export the file again, or draw the site again."),
)
_rule("open_ring", "severe", N_("A ring is not closed: it ends elsewhere than it starts."), N_("Close the ring."))
_rule(
    "bad_position",
    "severe",
    N_("A position is {found}; expected at least two numbers."),
    N_("Write each position as numbers: easting or longitude first, then northing or latitude."),
)
_rule(
    "bad_coordinates",
    "severe",
    N_("A coordinate is not a finite number."),
    N_("Find the vertex without a number and draw it again."),
)
_rule(
    "not_in_crs",
    "severe",
    N_("The coordinates {x} / {y} lie nowhere in {crs}."),
    N_("Check the coordinates of this record, or name the coordinate system that they are in."),
)
_rule(
    "other_zone",
    "severe",
    N_("The easting begins with zone number {zone}, but the file is in {crs}."),
    N_("Send the records of each zone in a file of their own, or bring all of them into one system."),
)
_rule(
    "beyond_repair",
    "severe",
    N_("The outline {reason}, and nothing of it is left when it is repaired."),
    N_("Draw the site again."),
    phrases=("reason",),
)
_rule(
    "too_complex",
    "severe",
    N_("The outline crosses itself so often that it cannot be repaired ({vertices} vertices; first at {place})."),
    N_("Draw the site again without crossings, or simplify it."),
)
_rule(
    "unreadable_place",
    "severe",
    N_("Column {column!r} holds {value!r}, which is no {expected}."),
    N_("Write the place in decimal degrees, or leave both cells empty."),
)
_rule(
    "broken_record",
    "severe",
    N_("The shape's record is damaged: {reason}."),
    N_("Export the file again from where it was made."),
)
_rule(
    "not_a_feature",
    "severe",
    N_("The entry is {found}; expected a GeoJSON feature."),
    N_("Export the file again as a GeoJSON FeatureCollection."),
)
_rule(
    "extra_cells",
    "severe",
    N_("The row has {found} cells, the header {expected}."),
    N_("Put quotation marks around cells that hold the separator."),
)
_rule(
    "not_a_number",
    "severe",
    N_("Column {column!r} holds {value!r}, which is no number."),
    N_("Write a plain number such as 1234.5, or leave the cell empty where it is not known."),
)
_rule(
    "ambiguous_number",
    "severe",
    N_("Column {column!r} holds {value!r}: the comma may group thousands or mark decimals."),
    N_("Write the number without grouping and with a point before the decimals."),
)
_rule(
    "negative_number",
    "severe",
    N_("Column {column!r} holds {value!r}; an amount cannot be negative."),
    N_("Correct the amount, or leave the row out."),
)
_rule(
    "number_too_large",
    "severe",
    N_("Column {column!r} holds {value!r}, which is too large to be true."),
    N_("Check the number and its unit."),
)
_rule(
    "wrong_unit",
    "severe",
    N_("Column {column!r} holds {value!r}; expected a unit of {measure}."),
    N_("Write the amount in {unit}."),
)
_rule(
    "not_a_date",
    "severe",
    N_("Column {column!r} holds {value!r}, which is no date."),
    N_("Write the date as 2023-09-14; a month (2023-09) or a year alone is good too."),
)
_rule(
    "total_row",
    "check",
    N_("The row is a total ({value!r}), not a site."),
    N_("Nothing to do. If it is a site after all, give it another name."),
)

# --- something to look at ------------------------------------------------------------------
_rule(
    "encoding_inferred",
    "check",
    N_("The file does not say how its text is encoded. It was read as {encoding}, for example {sample!r}."),
    N_("If the text looks wrong, name the encoding and read the file again."),
)
_rule(
    "encoding_declaration_wrong",
    "check",
    N_("The file says its text is {declared}, but the text is not. It was read as {encoding}."),
    N_("If the text looks wrong, name the encoding and read the file again."),
)
_rule(
    "crs_by_parameters",
    "note",
    N_("The coordinate system is called {named!r}; by its parameters it is none of the known ones."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
_rule(
    "position_approximate",
    "check",
    N_("{crs} was read in the CGCS2000 plane of the same meridian: places may be off by up to some 100 m."),
    N_("Areas are not affected. Convert the file to CGCS2000 for exact places."),
)
_rule(
    "crs_inferred",
    "check",
    N_("The file names no coordinate system; {crs} was inferred from the coordinates and confirmed."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
_rule(
    "crs_overruled",
    "check",
    N_("The file says its coordinates are in {stated}; they were read in {crs}."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
_rule(
    "place_uncertain",
    "check",
    N_("The eastings carry no zone number, so the place rests on the choice of {crs} and may be a zone off."),
    N_("Areas are not affected: they are the same in every zone. Compare the map with what you know of the place."),
)
_rule(
    "far_from_meridian",
    "check",
    N_("{count} records lie more than {limit} km from the meridian of {crs}: another zone, or a 6-degree one?"),
    N_("Ask who made the file for its zone. A wrong zone moves places by a zone and leaves areas as they are."),
)
_rule(
    "outside_area_of_use",
    "check",
    N_("The coordinates lie far outside where {crs} is used, and fit no other system for sure."),
    N_("Look at the map. If the sites lie wrong there, name the system that they are in."),
)
_rule(
    "outside_districts",
    "check",
    N_("{count} sites lie outside all districts, the farthest by {km} km."),
    N_("Look at them on the map. If all do, the coordinate system is likely another one."),
)
_rule(
    "shift_removed",
    "check",
    N_("The shift of Chinese map services ({shift}) was taken out of the coordinates."),
    N_("Nothing to do if the sites now lie where they should on the map."),
)
_rule(
    "shift_suspected",
    "check",
    N_(
        "The coordinates may carry the shift of a Chinese map service: of {rows} sites looked at, {before} lie in the "
        "district that they name, and {after} would if {shift} were taken out."
    ),
    N_("If the file was traced or exported from such a map, read it again with the shift {shift}."),
)
_rule(
    "axes_swapped",
    "check",
    N_("The coordinates were read with the northing first, as {crs} says."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
_rule(
    "code_from_row",
    "check",
    N_("{count} records have no code; their codes come from the row numbers."),
    N_("Name the column that holds the codes, so that a later file can be matched with this one."),
)
_rule(
    "repeated_code",
    "check",
    N_("Code {code!r} stands {count} times in the file; the records are kept apart by their order."),
    N_("Check whether they are parts of one site or the same site twice."),
)
_rule(
    "unknown_status",
    "check",
    N_("{count} records have the status {value!r}, which is not understood; they do not count as finished."),
    N_("Write one of the words that the layer knows, or add the word to the layer's file."),
)
_rule(
    "status_missing",
    "check",
    N_("{count} records have no status; they do not count as finished."),
    N_("Fill in the status column."),
)
_rule(
    "quantity_missing",
    "check",
    N_("{count} records have no amount; they are listed as missing and add nothing."),
    N_("Fill in the amounts and send the file again."),
)
_rule(
    "unit_assumed",
    "check",
    N_("Column {column!r} names no unit; {unit} was taken."),
    N_("Put the unit into the column's name, for example {column}({unit})."),
)
_rule(
    "unit_by_value",
    "note",
    N_("Column {column!r} names no unit; {share} percent of its {rows} values agree with the drawn area in {unit}."),
    N_("Put the unit into the column's name."),
)
_rule(
    "weight_by_value",
    "check",
    N_("Column {column!r} names no unit; {unit} was taken: {share} percent of its {rows} values are plausible in it."),
    N_("Name the unit if it is another one, and put it into the column's name."),
)
_rule(
    "unit_doubtful",
    "severe",
    N_("Column {column!r} says {named}, but {share} percent of its {rows} values are plausible only in {unit}."),
    N_("Compare some weigh tickets. If the values are in {unit}, name it as the column's unit."),
)
_rule(
    "unit_contradicted",
    "check",
    N_("Column {column!r} says {named}, but {share} percent of its {rows} values agree with the drawn area in {unit}."),
    N_("Correct the column's name. The values were read in {unit}."),
)
_rule(
    "unit_unknown",
    "check",
    N_("Column {column!r} names no unit, and its values agree with the drawn areas in none; it was not used."),
    N_("Put the unit into the column's name, for example {column}(ha)."),
)
_rule(
    "square_degrees",
    "check",
    N_("Column {column!r} holds square degrees, which measure nothing; it was not used."),
    N_("Nothing to do: the drawn area is measured."),
)
_rule(
    "wrong_measure",
    "severe",
    N_("Column {column!r} is in {unit}, which is no unit of {measure}; it was not used."),
    N_("Give the amounts in {expected}. A volume becomes no weight without weighing."),
)
_rule(
    "repaired",
    "check",
    N_("The outline {reason} at {place}. Drawn it covers {before} m², repaired {after} m²: {percent} percent apart."),
    N_("Look at both outlines on the map, or draw the site again. What was drawn is kept."),
    phrases=("reason",),
)
_rule(
    "heights_dropped",
    "note",
    N_("{count} geometries carry heights (Z); only their outline is kept."),
    N_("Nothing to do."),
)
_rule(
    "measures_dropped",
    "note",
    N_("{count} geometries carry measures along their line (M); only their outline is kept."),
    N_("Nothing to do."),
)
_rule(
    "deleted_records",
    "note",
    N_("{count} records are marked as deleted in the file and were not read."),
    N_("Nothing to do, unless they were deleted by mistake."),
)
_rule(
    "unread_column",
    "note",
    N_("Column {column!r} is of a kind that is not read ({kind})."),
    N_("Export the column as text if it is needed."),
)
_rule(
    "rows_above_header",
    "note",
    N_("{count} rows above the header were not read, beginning with {value!r}."),
    N_("Nothing to do if they are a title."),
)
_rule(
    "duplicate_column",
    "check",
    N_("The column name {column!r} stands more than once; the columns are kept apart by number."),
    N_("Give each column a name of its own."),
)
_rule(
    "sublayers_left_out",
    "note",
    N_("The file holds other sublayers that were not read: {names}."),
    N_("Read them one by one with their names, or all with the name all."),
)
_rule(
    "district_unknown",
    "check",
    N_("{count} records without a place name the district {value!r}, which is not known."),
    N_("Write the district by its name or its six-digit code."),
)
_rule(
    "unsaved_pages",
    "check",
    N_("The database was copied while in use; its last changes may lie in a file beside it."),
    N_("Close the program that has the file open, and send the file again."),
)
_rule(
    "near_boundary",
    "check",
    N_("The site lies {metres} m outside the nearest district; its line may be {accuracy} m off, so the site counts."),
    N_("Look at it on the map. If it lies elsewhere, leave it out of the file."),
)
