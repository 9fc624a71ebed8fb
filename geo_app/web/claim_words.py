"""What the pages call the states, roles and families of claims, and what is done to them."""

from geo_app.i18n import N_

CLAIM_STATE_WORDS = {
    "proposed": N_("proposed"),
    "confirmed": N_("confirmed"),
    "dropped": N_("dropped"),
}
ROLE_WORDS = {
    "result": N_("result"),
    "context": N_("context, not a result"),
    "target": N_("target, not yet a result"),
}
QUALIFIER_WORDS = {
    "exact": N_("exact"),
    "about": N_("about"),
    "over": N_("more than"),
    "nearly": N_("nearly"),
}
CLAIM_ACT_WORDS = {
    "received": N_("found in the text"),
    "confirmed": N_("confirmed"),
    "corrected": N_("corrected"),
    "dropped": N_("dropped"),
    "added": N_("added by hand"),
    "taken back": N_("taken back into the list"),
    "split": N_("split"),
    "merged": N_("merged"),
    "undone": N_("taken back"),
    "described": N_("described anew"),
}
FAMILY_WORDS = {
    "grassland_restored": N_("Grassland restored"),
    "grassland_protected": N_("Grassland protected"),
    "farmland_reclaimed": N_("Farmland"),
    "forest_restored": N_("Forest"),
    "wetland_water": N_("Wetland and water"),
    "soil_remediated": N_("Polluted land"),
    "waste_household": N_("Household waste"),
    "waste_industrial": N_("Production waste"),
    "waste_hazardous": N_("Hazardous waste"),
    "waste_other": N_("Other waste"),
    "enterprises": N_("Enterprises"),
    "cases": N_("Cases"),
    "suggestions": N_("Suggestions"),
    "funds": N_("Funds"),
    "other": N_("Other"),
}
