"""The documentation site: `make docs` builds it, and needs no network to."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # for docs.extensions

import stridewise as sw  # noqa: E402

project = "Stridewise"
author = "the authors of Stridewise"
release = version = sw.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "numpydoc",
    "docs.extensions.chapters",
    "docs.extensions.docstrings",
    "docs.extensions.mathml",
]
exclude_patterns = ["_build"]
highlight_language = "text"  # where a block does not say
# What a name refers to must exist. Type annotations are not shown: docstrings say it with shapes.
nitpicky = True
# But for names of NumPy's, which stand in another documentation.
nitpick_ignore_regex = [("py:(class|func)", r"numpy\..*")]

autodoc_typehints = "none"
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
toc_object_entries_show_parents = "hide"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

# Every build runs every chapter: a cache would not notice a change of the library.
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_show_tb = True
nb_merge_streams = True
# Kernels read this file first; see there.
os.environ["PYTHONSTARTUP"] = str(ROOT / "docs" / "kernel_startup.py")

# One column of text and the whole table of contents beside it, light and dark, and nothing that
# is loaded from elsewhere: Furo does that as it comes.
html_theme = "furo"
pygments_dark_style = "github-dark"  # Furo's own underlines modules as if they were links
html_title = "Stridewise"
html_copy_source = False
html_show_search_summary = False  # which a page that lies on the disk may not ask for
html_show_copyright = False
html_math_renderer = "mathml"
