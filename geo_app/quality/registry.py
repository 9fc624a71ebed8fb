"""The rules, by name. A rule is one function, one line here and one entry in `geo_app.rules.sites`."""

from collections.abc import Callable, Mapping

import pandas as pd

from geo_app.quality import gaps, outlines, pairs, rows, whereabouts, whole
from geo_app.quality.gaps import Neighbours
from geo_app.quality.pairs import Pairs
from geo_app.quality.parts import Part

# of all sites of a layer, without their outlines
ROWS: Mapping[str, Callable[[Part], pd.DataFrame]] = {
    "missing_code": rows.missing_code,
    "missing_amount": rows.missing_amount,
    "missing_status": rows.missing_status,
    "missing_date": rows.missing_date,
    "not_finished": rows.not_finished,
    "relapsed": rows.relapsed,
    "dates_reversed": rows.dates_reversed,
    "after_report": rows.after_report,
    "in_future": rows.in_future,
    "duplicate_ticket": rows.duplicate_ticket,
    "ticket_too_heavy": rows.ticket_too_heavy,
    "heap_too_heavy": rows.heap_too_heavy,
    "row_too_many": rows.row_too_many,
    "payment_too_large": rows.payment_too_large,
    "tiny": rows.tiny,
    "huge": rows.huge,
    "short_line": rows.short_line,
    "long_line": rows.long_line,
    "point_only": rows.point_only,
    "round_area": rows.round_area,
    "declared_differs": rows.declared_area_differs,
    "says_elsewhere": rows.says_elsewhere,
    "tonnage_without_place": whole.tonnage_without_place,
    "round_amounts": whole.round_amounts,
    "declared_above": whole.declared_above,
}

# of some sites that have a place, with their outlines
OUTLINES: Mapping[str, Callable[[Part], pd.DataFrame]] = {
    "self_crossing": outlines.self_crossing,
    "invalid": outlines.invalid,
    "spike": outlines.spike,
    "sliver": outlines.sliver,
    "circle_or_square": outlines.circle_or_square,
    "declared_differs": outlines.declared_length_differs,
    "outside": whereabouts.outside,
    "across_boundary": whereabouts.across_boundary,
    "close_to_boundary": whereabouts.close_to_boundary,
    "other_district": whereabouts.other_district,
    "wrong_zone": whereabouts.wrong_zone,
}

# of pairs of sites that share ground, or may be copies
PAIRS: Mapping[str, Callable[[Pairs], pd.DataFrame]] = {
    "duplicate": pairs.duplicate,
    "shifted_copy": pairs.shifted_copy,
    "overlap": pairs.overlap,
    "overlap_sliver": pairs.overlap_sliver,
    "contested": pairs.contested,
}

# of pairs of sites that lie side by side
NEIGHBOURS: Mapping[str, Callable[[Neighbours], pd.DataFrame]] = {
    "gap": gaps.gap,
}

NAMES = frozenset((*ROWS, *OUTLINES, *PAIRS, *NEIGHBOURS))
