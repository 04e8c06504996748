"""From Python to machine code: the language, the targets, the compiler and its cache."""
