"""A record that is left out."""

from geo_app.i18n import N_
from geo_app.rules.rule import rule

rule(
    "no_geometry",
    "severe",
    N_("The record has no geometry."),
    N_("Draw the site, or give it as a table row in a layer that allows rows without a place."),
)
rule("empty_geometry", "severe", N_("The geometry holds no coordinates."), N_("Draw the site again."))
rule(
    "wrong_geometry",
    "severe",
    N_("The geometry is a {found}; this layer takes {expected}."),
    N_("Draw the site as {expected}, or choose a layer that takes a {found}."),
    phrases=("found", "expected"),
)
rule(
    "unreadable_geometry",
    "severe",
    N_("The geometry cannot be decoded: {reason}."),
    N_("Export the file again, or draw the site again."),
)
rule("open_ring", "severe", N_("A ring is not closed: it ends elsewhere than it starts."), N_("Close the ring."))
rule(
    "bad_position",
    "severe",
    N_("A position is {found}; expected at least two numbers."),
    N_("Write each position as numbers: easting or longitude first, then northing or latitude."),
)
rule(
    "bad_coordinates",
    "severe",
    N_("A coordinate is not a finite number."),
    N_("Find the vertex without a number and draw it again."),
)
rule(
    "not_in_crs",
    "severe",
    N_("The coordinates {x} / {y} lie nowhere in {crs}."),
    N_("Check the coordinates of this record, or name the coordinate system that they are in."),
)
rule(
    "other_zone",
    "severe",
    N_("The easting begins with zone number {zone}, but the file is in {crs}."),
    N_("Send the records of each zone in a file of their own, or bring all of them into one system."),
)
rule(
    "beyond_repair",
    "severe",
    N_("The outline {reason}, and nothing of it is left when it is repaired."),
    N_("Draw the site again."),
    phrases=("reason",),
)
rule(
    "too_complex",
    "severe",
    N_("The outline crosses itself so often that it cannot be repaired ({vertices} vertices; first at {place})."),
    N_("Draw the site again without crossings, or simplify it."),
)
rule(
    "not_tried",
    "severe",
    N_(
        "The outline is broken at {place} ({vertices} vertices). Nobody tried to repair it, as other outlines of the "
        "file had taken too long."
    ),
    N_("Draw the site again without crossings, or send it in a file without the outlines that are too complex."),
)
rule(
    "around_globe",
    "severe",
    N_("The outline spans {degrees} degrees of longitude, more than half of the globe; its inside cannot be told."),
    N_("Draw the site again; cut what crosses the 180th meridian in two there."),
)
rule(
    "no_area",
    "severe",
    N_("The outline covers no ground: it measures 0 m²."),
    N_("Draw the site again."),
)
rule(
    "unreadable_place",
    "severe",
    N_("Column {column!r} holds {value!r}, which is no {expected}."),
    N_("Write the place in decimal degrees, or leave both cells empty."),
    phrases=("expected",),
)
rule(
    "half_a_place",
    "severe",
    N_("Column {column!r} is empty, while {other!r} holds {value!r}: half a place is none."),
    N_("Fill in both cells, or leave both empty."),
)
rule(
    "broken_record",
    "severe",
    N_("The shape's record is damaged: {reason}."),
    N_("Export the file again from where it was made."),
    phrases=("reason",),
)
rule(
    "not_a_feature",
    "severe",
    N_("The entry is {found}; expected a GeoJSON feature."),
    N_("Export the file again as a GeoJSON FeatureCollection."),
)
rule(
    "own_system",
    "severe",
    N_("The record names a coordinate system of its own ({found})."),
    N_("Send the records of each coordinate system in a file of their own."),
)
rule(
    "extra_cells",
    "severe",
    N_("The row has {found} cells, the header {expected}."),
    N_("Put quotation marks around cells that hold the separator."),
)
rule(
    "formula_unsaved",
    "severe",
    N_("Column {column!r} holds the formula {value!r}, but not its result."),
    N_("Open the workbook in Excel or WPS, save it and send it again."),
)
rule(
    "zero_byte",
    "severe",
    N_("Column {column!r} holds a zero byte, as no text does."),
    N_("Type the cell again."),
)
rule(
    "not_a_number",
    "severe",
    N_("Column {column!r} holds {value!r}, which is no number."),
    N_("Write a plain number such as 1234.5, or leave the cell empty where it is not known."),
)
rule(
    "ambiguous_number",
    "severe",
    N_("Column {column!r} holds {value!r}: the comma may group thousands or mark decimals."),
    N_("Write the number without grouping and with a point before the decimals."),
)
rule(
    "negative_number",
    "severe",
    N_("Column {column!r} holds {value!r}; an amount cannot be negative."),
    N_("Correct the amount, or leave the row out."),
)
rule(
    "number_too_large",
    "severe",
    N_("Column {column!r} holds {value!r}, which is too large to be true."),
    N_("Check the number and its unit."),
)
rule(
    "not_whole",
    "severe",
    N_("Column {column!r} holds {value!r}; what is counted comes in whole numbers."),
    N_("Write how many there are. If the number measures something, choose the layer that is totalled by it."),
)
rule(
    "wrong_unit",
    "severe",
    N_("Column {column!r} holds {value!r}; expected a unit of {measure}."),
    N_("Write the amount in {unit}."),
)
rule(
    "unknown_unit",
    "severe",
    N_("Column {column!r} holds {value!r}, which is no unit that is understood."),
    N_("Write a unit that is known, for example t, kg, 亩 or 万元."),
)
rule(
    "unit_missing",
    "severe",
    N_("The row has the amount {value!r}, but no unit; other rows name theirs in column {column!r}."),
    N_("Fill in the unit, or name the unit of column {amount!r}, in which rows without one are."),
)
rule(
    "not_a_date",
    "severe",
    N_("Column {column!r} holds {value!r}, which is no date."),
    N_("Write the date as 2023-09-14; a month (2023-09) or a year alone is good too."),
)
rule(
    "footer_row",
    "check",
    N_("The row is a line below the table ({value!r}), not a site."),
    N_("Nothing to do. If it is a site after all, give it another name."),
)
rule(
    "total_row",
    "check",
    N_("The row is a total ({value!r}), not a site."),
    N_("Nothing to do. If it is a site after all, give it another name."),
)
