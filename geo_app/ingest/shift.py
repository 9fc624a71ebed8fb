"""The shift of Chinese map services, GCJ-02 and BD-09, and how to take it out.

Maps published in China draw the world with an offset of some 50 to 700 m that varies from place to
place; data traced over them, or exported from them, carries it. The forward formulas are known
(`domain` constants below); the inverse is found by repetition, to far less than a metre. The
distortion changes areas as well, by up to half a percent.
"""

import numpy as np

A, EE = 6378245.0, 0.00669342162296594323  # Krassowsky's ellipsoid, as GCJ-02 uses it
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271  # outside, nothing is shifted
BAIDU_TURN = np.pi * 3000 / 180
_ROUNDS = 10


def unshift(lonlat: np.ndarray, kind: str) -> np.ndarray:
    """Take a shift out of longitudes and latitudes.

    Parameters
    ----------
    lonlat : ndarray (n, 2), degrees
    kind : ``gcj02`` or ``bd09``

    Returns
    -------
    ndarray (n, 2), degrees
        Shifted again, it gives `lonlat` to within a millimetre.
    """
    guess = lonlat.copy()
    for _ in range(_ROUNDS):
        with np.errstate(invalid="ignore"):
            guess += lonlat - shifted(guess, kind)
    return guess


def shifted(lonlat: np.ndarray, kind: str) -> np.ndarray:
    """Shift true longitudes and latitudes as a map service does.

    Examples
    --------
    >>> shifted(np.array([[116.377817, 39.911954]]), "gcj02").round(6).tolist()
    [[116.384047, 39.913345]]
    """
    moved = _gcj02(lonlat)
    return _bd09(moved) if kind == "bd09" else moved


def _gcj02(lonlat: np.ndarray) -> np.ndarray:
    lon, lat = lonlat.T
    x, y = lon - 105.0, lat - 35.0
    root, waves = np.sqrt(np.abs(x)), 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += 2 / 3 * (waves + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3))
    north += 2 / 3 * (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += 2 / 3 * (waves + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3))
    east += 2 / 3 * (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30))
    w = 1 - EE * np.sin(np.radians(lat)) ** 2
    meridian, parallel = A * (1 - EE) / w**1.5, A / np.sqrt(w) * np.cos(np.radians(lat))
    moved = np.column_stack([lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)])
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    return np.where(inside[:, None], moved, lonlat)


def _bd09(lonlat: np.ndarray) -> np.ndarray:
    lon, lat = lonlat.T
    far = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BAIDU_TURN)
    turn = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BAIDU_TURN)
    return np.column_stack([far * np.cos(turn) + 0.0065, far * np.sin(turn) + 0.006])
