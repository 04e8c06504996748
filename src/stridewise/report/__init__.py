"""What a run learned, as one page."""

from stridewise.report.page import render_report, require_report, write_report

__all__ = ["render_report", "require_report", "write_report"]
