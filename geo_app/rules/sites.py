"""Something to look at in the sites of a layer, once they are accepted. `geo_app.quality` finds it."""

from geo_app.i18n import N_
from geo_app.rules.rule import rule

# one outline
rule(
    "self_crossing",
    "severe",
    N_("The outline crosses itself, first at {place}. Drawn it covers {before} m², repaired {after} m²."),
    N_("Draw the outline again. Until then what the repair covers counts."),
    title=N_("Crosses itself"),
    unit="count",
    step="invalid",
)
rule(
    "invalid",
    "check",
    N_("The outline {reason} at {place}. Drawn it covers {before} m², repaired {after} m²."),
    N_("Look at both outlines, or draw the site again. What the repair covers counts."),
    phrases=("reason",),
    title=N_("Not a valid outline"),
    unit="%",
    step="invalid",
)
rule(
    "spike",
    "check",
    N_("The outline runs out and back in a spike {metres} m long and less than {limit} m wide; {count} in all."),
    N_("Take out the vertex at the tip, unless the ground has that shape."),
    title=N_("Spike in the outline"),
    unit="m",
)
rule(
    "sliver",
    "check",
    N_("The site is {width} m wide on the whole; expected at least {limit} m."),
    N_("Look whether it is what two drawings of one border left over. If so, leave it out."),
    title=N_("Sliver"),
    unit="m",
)
rule(
    "tiny",
    "check",
    N_("The site covers {area} m², less than the {limit} m² expected of this layer."),
    N_("Look whether it is left over from drawing, or drawn in the wrong unit."),
    title=N_("Very small"),
    unit="m2",
)
rule(
    "huge",
    "check",
    N_("The site covers {area} m², more than the {limit} m² expected of this layer."),
    N_("Look whether it is one site, or the outline of a whole region."),
    title=N_("Very large"),
    unit="m2",
)
rule(
    "short_line",
    "check",
    N_("The line is {metres} m long, less than the {limit} m expected of this layer."),
    N_("Look whether it is left over from drawing."),
    title=N_("Very short"),
    unit="m",
)
rule(
    "long_line",
    "check",
    N_("The line is {metres} m long, more than the {limit} m expected of this layer."),
    N_("Look whether it is one stretch, or a whole river."),
    title=N_("Very long"),
    unit="m",
)
rule(
    "circle_or_square",
    "check",
    N_("The outline is {shape}, and its area is just what is declared."),
    N_("Ask how the site was surveyed: ground seldom has that shape. The outline may be made from the figure."),
    phrases=("shape",),
    title=N_("Circle or square of the claimed area"),
    unit="ratio",
)
rule(
    "round_area",
    "note",
    N_("The drawn area is {mu} mu, a multiple of {limit} mu to the last digit."),
    N_("Ask how the site was surveyed. The outline may be made from the figure."),
    title=N_("Round area"),
    unit="m2",
)
rule(
    "point_only",
    "check",
    N_("The site is drawn without an area; the {declared} m² that it declares are a claim and count nowhere."),
    N_("Draw its outline."),
    title=N_("Point only, no area"),
    unit="m2",
)

# where it lies
rule(
    "outside",
    "severe",
    N_("The site lies {metres} m outside {place}, whose boundary may be {accuracy} m off."),
    N_("Look at it on the map. If many sites lie outside, their coordinate system may be another one."),
    title=N_("Outside the place"),
    unit="m",
    step="outside_place",
)
rule(
    "across_boundary",
    "check",
    N_("{percent} percent of the site lies outside {place}; only what lies inside counts."),
    N_("Look at it on the map. If the boundary is right, the site belongs to two places."),
    title=N_("Across the boundary"),
    unit="%",
    step="outside_place",
)
rule(
    "close_to_boundary",
    "note",
    N_("The boundary of {place} is {metres} m away and may be {accuracy} m off; the site counts whole."),
    N_("Nothing to do if the site lies in the place. A better boundary set decides it."),
    title=N_("Near a boundary"),
    unit="m",
)
rule(
    "says_elsewhere",
    "check",
    N_("The row has no place on the map and names the district {district}, which is not in {place}."),
    N_("Correct the district, or leave the row out."),
    title=N_("Says it lies elsewhere"),
    step="outside_place",
)
rule(
    "other_district",
    "check",
    N_("The file says {district}; the site lies {metres} m outside it, whose boundary may be {accuracy} m off."),
    N_("Look at it on the map, and correct the district or the place."),
    title=N_("Not in the district that it names"),
    unit="m",
)
rule(
    "wrong_zone",
    "check",
    N_("The site does not lie in {district}, but would {degrees} degrees of longitude away, in another zone."),
    N_("Ask who made the file for its zone, and read the file again in that. Areas are not affected."),
    title=N_("Wrong zone suspected"),
    unit="degrees",
)

# two sites
rule(
    "duplicate",
    "severe",
    N_("{one} and {two} are the same shape on the same ground; it counts once, for {keeper}."),
    N_("Find out which of the two is right, and leave the other out."),
    title=N_("The same shape twice"),
    unit="measure",
    step="duplicate",
)
rule(
    "shifted_copy",
    "severe",
    N_("{one} and {two} are the same shape, {metres} m apart; expected of two sites: more than {limit} m."),
    N_("Find out which of the two is right, and leave the other out."),
    title=N_("Same ground twice"),
    unit="m",
    step="overlap",
)
rule(
    "overlap",
    "severe",
    N_("{one} and {two} share {common} {unit} of ground; it counts once, for {keeper}."),
    N_("Find out whose ground it is, and draw the other site without it."),
    phrases=("unit",),
    title=N_("Overlap in one layer"),
    unit="measure",
    step="overlap",
)
rule(
    "overlap_sliver",
    "note",
    N_("{one} and {two} overlap along their border by {common} m², {width} m wide; it counts once, for {keeper}."),
    N_("Draw the common border once, along the same vertices."),
    title=N_("Border drawn twice, overlapping"),
    unit="m2",
    step="overlap",
)
rule(
    "gap",
    "check",
    N_("Between {one} and {two} lies a gap of {area} m², {width} m wide."),
    N_("Draw the common border once, along the same vertices, unless something lies between them."),
    title=N_("Gap between neighbours"),
    unit="m2",
)
rule(
    "contested",
    "severe",
    N_("{one} and {two}, of layers that exclude each other, claim the same {common} m²; {outcome}."),
    N_("Find out which of the two it is, and have it decided."),
    phrases=("outcome",),
    title=N_("Contested between layers"),
    unit="m2",
    step="contested",
)

# what is written
rule(
    "declared_differs",
    "check",
    N_("Declared are {declared} {unit}, drawn are {drawn} {unit}: {percent} percent apart, more than {limit} percent."),
    N_("Find out which is right. What is drawn counts for areas, what is written for all else."),
    phrases=("unit",),
    title=N_("Declared differs from drawn"),
    unit="%",
)
rule(
    "declared_above",
    "note",
    N_("{count} of {rows} sites declare more than they draw, together {excess} m²; {fewer} declare less."),
    N_("Chance would spread them evenly. Areas measured in a plane explain up to 0.2 percent."),
    title=N_("Declared above drawn, row after row"),
    unit="m2",
)
rule(
    "round_amounts",
    "note",
    N_("{count} of {rows} rows are whole multiples of {limit} {unit}."),
    N_("Ask for the slips: what is weighed or paid is seldom that round."),
    phrases=("unit",),
    title=N_("Round amounts"),
    unit="%",
)
rule(
    "duplicate_ticket",
    "severe",
    N_("The number {code} stands on {count} rows; it counts once, with the smallest amount."),
    N_("Compare the rows with the ticket or document, and leave out those that are entered again."),
    title=N_("Same number twice"),
    unit="measure",
    step="duplicate",
)
rule(
    "ticket_too_heavy",
    "check",
    N_("The ticket says {tonnes} t, more than a lorry carries ({limit} t)."),
    N_("Compare it with the slip. Kilograms may have been read as tonnes, or the row adds up others."),
    title=N_("Implausible tonnage"),
    unit="t",
)
rule(
    "heap_too_heavy",
    "check",
    N_("The row says {tonnes} t without a ticket; expected at most {limit} t."),
    N_("Ask for the tickets behind it, or compare the unit."),
    title=N_("Implausible tonnage of a heap"),
    unit="t",
)
rule(
    "row_too_many",
    "check",
    N_("One row stands for {count}; expected at most {limit}."),
    N_("Ask for one row each: what a row adds up cannot be checked for counting twice."),
    title=N_("One row for many"),
    unit="count",
)
rule(
    "payment_too_large",
    "check",
    N_("The payment is {amount} CNY; expected at most {limit} CNY."),
    N_("Compare it with the slip and its unit."),
    title=N_("Implausible payment"),
    unit="CNY",
)
rule(
    "tonnage_without_place",
    "check",
    N_("{count} of {rows} rows, {tonnes} t together, have no place on the map."),
    N_("Ask where it lay. They count by what is written, and nobody can go and look."),
    title=N_("Tonnage without a place"),
    unit="t",
)
rule(
    "missing_amount",
    "check",
    N_("The row has no amount; it is listed as missing and adds nothing."),
    N_("Fill in the amount and send the file again."),
    title=N_("Missing amount"),
)
rule(
    "missing_code",
    "check",
    N_("The site has no code of its own; it got one of the upload and the row."),
    N_("Give it a code: without one a later file cannot be matched, and a copy cannot be seen."),
    title=N_("Missing code"),
    unit="measure",
)
rule(
    "missing_status",
    "check",
    N_("The status is empty or not understood, so the site does not count."),
    N_("Fill in the status, with one of the words that the layer knows."),
    title=N_("Missing status"),
    unit="measure",
    step="status_unknown",
)
rule(
    "missing_date",
    "note",
    N_("The site is finished and has no date of completion, so no period can be tested."),
    N_("Fill in when it was completed."),
    title=N_("Missing date"),
    unit="measure",
)
rule(
    "not_finished",
    "check",
    N_("The site is not finished, so it does not count."),
    N_("Nothing to do until it is. If it is, correct its status."),
    title=N_("Not finished"),
    unit="measure",
    step="not_finished",
)
rule(
    "relapsed",
    "check",
    N_("The site was done and has come undone, so it does not count."),
    N_("Look at it on the ground."),
    title=N_("Come undone"),
    unit="measure",
    step="not_finished",
)
rule(
    "dates_reversed",
    "check",
    N_("It was completed on {completed}, before it began on {started}."),
    N_("Correct one of the dates."),
    title=N_("Dates out of order"),
    unit="days",
)
rule(
    "after_report",
    "check",
    N_("It was completed on {completed}; the report that it stands behind is of {reported}."),
    N_("What was done after a report cannot be in its figure. Correct the date, or leave the site out."),
    title=N_("Later than the report"),
    unit="days",
)
rule(
    "in_future",
    "check",
    N_("It was completed on {completed}, a day still to come when the rules looked at it on {today}."),
    N_("Correct the date, or the status if it is only planned. Until then it counts as it is written."),
    title=N_("Completed in the future"),
    unit="days",
)
