"""The store: uploads, site versions, counts, jobs and sign-ins, behind one narrow port.

Nothing that was accepted is changed or deleted. A site's state is the newest accepted version
of its layer, code and ordinal. Rows of an upload are written in batches that nobody sees and
become visible when one short transaction gives the upload its sequence number.
"""

from geo_app.store.store import Store

__all__ = ["Store"]
