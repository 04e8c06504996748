"""What a chapter's kernel begins with: no widgets, as a page on a site has no kernel.

The explorer then shows itself in a frame that has everything in it.
"""

import sys

sys.modules["anywidget"] = None  # type: ignore[assignment]
