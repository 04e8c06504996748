"""The course: six chapters in which the exercise's functions are written one by one."""

from stridewise.course.chapters import LANGUAGES, Chapter, chapters
from stridewise.course.editions import instructors_edition, learners_edition
from stridewise.course.folder import LaidDown, lay_down

__all__ = [
    "LANGUAGES",
    "Chapter",
    "LaidDown",
    "chapters",
    "instructors_edition",
    "lay_down",
    "learners_edition",
]
