"""A file of results that grows with every file checked, so that a stopped check can go on."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from stridewise.checker.files import digest
from stridewise.checker.report import file_document, file_result, to_json, together
from stridewise.checker.results import FileResult
from stridewise.checker.sandbox import is_shut_in
from stridewise.errors import DataError, explain
from stridewise.training.atomic_file import write_atomically

__all__ = ["ResultsFile"]


class ResultsFile:
    """The JSON of a check, in which each file's document has the ``digest`` of what was checked.

    Parameters
    ----------
    path : Path
    files : sequence of Path
        All that are to be checked, in the order of the results.
    lang : str
    functions : collection of str
        That are told of; none for all of an exercise. What tells of others is not taken over.
    require_sandbox : bool
        Take nothing over of a program that ran where it could do harm.
    """

    def __init__(
        self,
        path: Path,
        files: Sequence[Path],
        lang: str,
        *,
        functions: Collection[str] = (),
        require_sandbox: bool = False,
    ) -> None:
        self._path, self._files, self._lang = path, files, lang
        self._require_sandbox = require_sandbox
        # Before the check: a file that changes meanwhile is checked again next time.
        self._digests = {file: _digest(file, functions) for file in files}

    def known(self) -> dict[Path, FileResult]:
        """The results, of an earlier time, of the files that have not changed since.

        Raises
        ------
        DataError
            If there is a file, and it is none of results.
        """
        if not self._path.exists():
            return {}
        try:
            content = json.loads(self._path.read_text("utf-8"), parse_constant=_no_number)
            documents = content.get("files", [content])
            earlier = {document["file"]: document for document in documents}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(
                explain(
                    "check --resume",
                    f"{self._path.name} is not a file of results.",
                    needed="what `--format json --out` writes",
                    received=f"{type(error).__name__}: {error}",
                    hint="another --out, or no --resume",
                )
            ) from None
        known = {
            file: file_result(earlier[str(file)])
            for file, content in self._digests.items()
            if content is not None
            and str(file) in earlier
            and earlier[str(file)].get("digest") == content
            and earlier[str(file)].get("problem") is None  # it may have gone away
        }
        return {
            file: result
            for file, result in known.items()
            if not self._require_sandbox or is_shut_in(result.protection)
        }

    def write(self, results: Mapping[Path, FileResult]) -> None:
        """Replace the file by one with all results that there are so far."""
        documents = [
            file_document(results[file], self._lang) | {"digest": self._digests[file]}
            for file in self._files
            if file in results
        ]
        # It is written after every file: only at the end does it have to look well.
        indent = 2 if len(documents) == len(self._files) else None
        text = to_json(together(documents, several=len(self._files) > 1), indent)
        write_atomically(self._path, text.encode())


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _digest(file: Path, functions: Collection[str]) -> str | None:
    """What a result depends on: the content, and which functions are told of."""
    content = digest(file)
    return f"{content} {','.join(sorted(functions))}" if content and functions else content
