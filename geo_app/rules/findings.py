"""Something to look at."""

from geo_app.i18n import N_
from geo_app.rules.rule import rule

rule(
    "encoding_inferred",
    "check",
    N_("The file does not say how its text is encoded. It was read as {encoding}, for example {sample!r}."),
    N_("If the text looks wrong, name the encoding and read the file again."),
)
rule(
    "encoding_declaration_wrong",
    "check",
    N_("The file says its text is {declared}, but the text is not. It was read as {encoding}."),
    N_("If the text looks wrong, name the encoding and read the file again."),
)
rule(
    "crs_by_parameters",
    "check",
    N_("The coordinate system is called {named!r}, but by its parameters it is {crs}."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
rule(
    "position_approximate",
    "check",
    N_("{crs} was read as if it were the same system on CGCS2000: places may be off by up to some 100 m."),
    N_("Areas are not affected. Convert the file to CGCS2000 for exact places."),
)
rule(
    "crs_inferred",
    "check",
    N_("The file names no coordinate system; {crs} was inferred from the coordinates."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
rule(
    "crs_overruled",
    "check",
    N_("The file says its coordinates are in {stated}; they were read in {crs}."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
rule(
    "place_uncertain",
    "check",
    N_("The eastings carry no zone number, so the place rests on the choice of {crs} and may be a zone off."),
    N_("Areas are not affected: they are the same in every zone. Compare the map with what you know of the place."),
)
rule(
    "far_from_meridian",
    "check",
    N_("{count} records lie more than {limit} km from the meridian of {crs}: another zone, or a 6-degree one?"),
    N_("Ask who made the file for its zone. A wrong zone moves places by a zone and leaves areas as they are."),
)
rule(
    "outside_area_of_use",
    "check",
    N_("The coordinates lie far outside where {crs} is used, and fit no other system for sure."),
    N_("Look at the map. If the sites lie wrong there, name the system that they are in."),
)
rule(
    "outside_districts",
    "check",
    N_("{count} sites lie outside all districts, the farthest by {km} km."),
    N_("Look at them on the map. If all do, the coordinate system is likely another one."),
)
rule(
    "shift_removed",
    "check",
    N_("The shift of Chinese map services ({shift}) was taken out of the coordinates."),
    N_("Nothing to do if the sites now lie where they should on the map."),
)
rule(
    "shift_suspected",
    "check",
    N_(
        "The coordinates may carry the shift of a Chinese map service: of {rows} sites looked at, {before} lie in the "
        "district that they name, and {after} would if {shift} were taken out."
    ),
    N_("If the file was traced or exported from such a map, read it again with the shift {shift}."),
)
rule(
    "axes_swapped",
    "check",
    N_("The coordinates were read with the northing first, as {crs} says."),
    N_("Nothing to do if the sites lie where they should on the map."),
)
rule(
    "code_from_row",
    "check",
    N_("{count} records have no code; their codes come from the row numbers."),
    N_("Name the column that holds the codes, so that a later file can be matched with this one."),
)
rule(
    "running_number",
    "check",
    N_("Column {column!r} only numbers the rows ({first} to {last}); it cannot tell the sites of several files apart."),
    N_(
        "Name the column that holds the codes. You are asked before a number makes a row a new version of another site."
    ),
)
rule(
    "code_changed",
    "check",
    N_("Code {code!r} was changed to {other!r} by {who} ({why}); the record is taken for a new version of that site."),
    N_(
        "If it is another site, undo that correction (upload {upload}) before you accept this, and read the file again."
    ),
)
rule(
    "repeated_code",
    "check",
    N_("Code {code!r} stands {count} times in the file; the records are kept apart by their order."),
    N_("Check whether they are parts of one site or the same site twice."),
)
rule(
    "unknown_status",
    "check",
    N_("{count} records have the status {value!r}, which is not understood; they do not count as finished."),
    N_("Write one of the words that the layer knows, or add the word to the layer's file."),
)
rule(
    "status_missing",
    "check",
    N_("{count} records have no status; they do not count as finished."),
    N_("Fill in the status column."),
)
rule(
    "quantity_missing",
    "check",
    N_("{count} records have no amount; they are listed as missing and add nothing."),
    N_("Fill in the amounts and send the file again."),
)
rule(
    "unit_assumed",
    "check",
    N_("Column {column!r} names no unit; {unit} was taken."),
    N_("Put the unit into the column's name, for example {column}({unit})."),
)
rule(
    "unit_by_value",
    "note",
    N_("Column {column!r} names no unit; {share} percent of its {rows} values agree with the drawn area in {unit}."),
    N_("Put the unit into the column's name."),
)
rule(
    "weight_by_value",
    "check",
    N_("Column {column!r} names no unit; {unit} was taken: {share} percent of its {rows} values are plausible in it."),
    N_("Name the unit if it is another one, and put it into the column's name."),
)
rule(
    "short_tons",
    "check",
    N_("Column {column!r} speaks of tons; each was taken as a US short ton of 0.90718474 t."),
    N_("If metric tonnes are meant, name t as the column's unit."),
)
rule(
    "unit_doubtful",
    "severe",
    N_("Column {column!r} says {named}, but {share} percent of its {rows} values are plausible only in {unit}."),
    N_("Compare some weigh tickets. If the values are in {unit}, name it as the column's unit."),
)
rule(
    "unit_contradicted",
    "check",
    N_("Column {column!r} says {named}, but {share} percent of its {rows} values agree with the drawn area in {unit}."),
    N_("Correct the column's name. The values were read in {unit}."),
)
rule(
    "unit_unknown",
    "check",
    N_("Column {column!r} names no unit, and its values agree with the drawn areas in none; it was not used."),
    N_("Put the unit into the column's name, for example {column}(ha)."),
)
rule(
    "square_degrees",
    "check",
    N_("Column {column!r} holds square degrees, which measure nothing; it was not used."),
    N_("Nothing to do: the drawn area is measured."),
)
rule(
    "wrong_measure",
    "severe",
    N_("Column {column!r} is in {unit}, which is no unit of {measure}; it was not used."),
    N_("Give the amounts in {expected}. A volume becomes no weight without weighing."),
)
rule(
    "repaired",
    "check",
    N_("The outline {reason} at {place}. Drawn it covers {before} m², repaired {after} m²: {percent} percent apart."),
    N_("Look at both outlines on the map, or draw the site again. What was drawn is kept."),
    phrases=("reason",),
)
rule(
    "heights_dropped",
    "note",
    N_("{count} geometries carry heights (Z); only their outline is kept."),
    N_("Nothing to do."),
)
rule(
    "measures_dropped",
    "note",
    N_("{count} geometries carry measures along their line (M); only their outline is kept."),
    N_("Nothing to do."),
)
rule(
    "deleted_records",
    "note",
    N_("{count} records are marked as deleted in the file and were not read."),
    N_("Nothing to do, unless they were deleted by mistake."),
)
rule(
    "unread_column",
    "note",
    N_("Column {column!r} is of a kind that is not read ({kind})."),
    N_("Export the column as text if it is needed."),
)
rule(
    "two_header_rows",
    "note",
    N_("The header has two rows; of both, the lower names were taken: {names}."),
    N_("Nothing to do if the columns are matched as they should be."),
)
rule(
    "columns_left_out",
    "check",
    N_("The table has {found} columns; the first {limit} were read."),
    N_("Take out the columns that are not needed, and send the file again."),
)
rule(
    "rounded_code",
    "severe",
    N_("Code {code!r} is a long number that a spreadsheet has rounded; different sites may bear it."),
    N_("Format the column as text, enter the whole codes again, and send the file again."),
)
rule(
    "rows_above_header",
    "note",
    N_("{count} rows above the header were not read, beginning with {value!r}."),
    N_("Nothing to do if they are a title."),
)
rule(
    "duplicate_column",
    "check",
    N_("The column name {column!r} stands more than once; the columns are kept apart by number."),
    N_("Give each column a name of its own."),
)
rule(
    "other_data",
    "check",
    N_("The file holds more than what was read: {names}."),
    N_("If there are sites of this layer in it, send it as a file of its own."),
)
rule(
    "hidden_rows",
    "check",
    N_("{count} rows of the sheet are hidden, perhaps by a filter; they were read like the others."),
    N_("If they are not meant to count, delete them in the workbook and send it again."),
)
rule(
    "hidden_sheets",
    "check",
    N_("The workbook has hidden sheets with a table, which were not read: {names}."),
    N_("If they hold sites of this layer, read them by their name as sublayer, or show them and send the file again."),
)
rule(
    "sublayers_left_out",
    "note",
    N_("The file holds other sublayers that were not read: {names}."),
    N_("Read them one by one with their names, or all with the name all."),
)
rule(
    "district_unknown",
    "check",
    N_("{count} records without a place name the district {value!r}, which is not known."),
    N_("Write the district by its name or its six-digit code."),
)
rule(
    "unsaved_pages",
    "check",
    N_("The database was copied while in use; its last changes may lie in a file beside it."),
    N_("Close the program that has the file open, and send the file again."),
)
rule(
    "near_boundary",
    "check",
    N_("The site lies {metres} m outside the nearest district; its line may be {accuracy} m off, so the site counts."),
    N_("Look at it on the map. If it lies elsewhere, leave it out of the file."),
)
rule(
    "pages_without_text",
    "check",
    N_("Of {count} pages, no text could be read from these: {pages}. Figures on them were not found."),
    N_("Look at these pages, and add the figures that stand there by hand."),
)
