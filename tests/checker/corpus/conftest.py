"""These are submissions: they are read by the checker, and are no tests."""

collect_ignore_glob = ["*.py"]
