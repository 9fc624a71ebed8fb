"""What the map says by itself; the script gets it translated."""

from geo_app.i18n import N_, translate

# places in braces are filled by the script
_MESSAGES = {
    "map": N_("Map of the sites. The page Sites lists the same sites as a table."),
    "title": N_("Map"),
    "legend": N_("Sites in view"),
    "layers": N_("Layers"),
    "show": N_("Show"),
    "hide": N_("Hide"),
    "close": N_("Close"),
    "zoom_in": N_("Zoom in"),
    "zoom_out": N_("Zoom out"),
    "home": N_("Whole area"),
    "whole": N_("Map on a page of its own"),
    "back": N_("Back to the figures"),
    "north": N_("North is up"),
    "scale": N_("Scale"),
    "credits": N_("Credits"),
    "dots": N_("Dot size follows area."),
    "hatched": N_("Drawn, does not count"),
    "no_place": N_("{count} rows have no place:"),
    "list": N_("list"),
    "sites_of": N_("{layer}: list of sites"),
    "in_all": N_("{count} in all"),
    "zoom": N_("Zoom in to see {count} sites of {layer}."),
    "nowhere": N_("{layer} has no site with a place."),
    "failed": N_("The sites of {layer} could not be loaded. Reload the page to try again."),
    "no_proposals": N_("The proposed places could not be loaded. Reload the page to try again."),
    "steps_of": N_("{layer}: from gross to net"),
    "lit_nowhere": N_("No site behind this step has a place."),
    "no_steps": N_("The steps of the figure could not be loaded. Reload the page to try again."),
    "found_of": N_("The {count} severest of {all} findings with a place are drawn."),
    "found_nowhere": N_("None of these findings has a place."),
    "no_found": N_("The findings could not be loaded. Reload the page to try again."),
    "no_site": N_("The site could not be loaded. Close the card and try again."),
    "loading": N_("Loading the site"),
    "open": N_("Open site"),
    "outline": N_("Outline of {code}"),
    "synthetic": N_("Demonstration: all sites are synthetic"),
    "no_script": N_("The map needs JavaScript. The page Sites lists the same sites as a table."),
}


def strings(locale: str) -> dict[str, str]:
    """Give every string of the map in a locale.

    Parameters
    ----------
    locale : str
        ``en`` or ``zh``; any other is English.

    Returns
    -------
    dict of str
        Key to text; ``{places}`` are left for the script to fill.
    """
    return {key: translate(message, locale) for key, message in _MESSAGES.items()}
