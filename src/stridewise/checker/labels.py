"""The words around the findings, in each language."""

from __future__ import annotations

__all__ = ["label"]

_LABELS: dict[str, tuple[str, str]] = {
    "title": ("What the check found", "检查结果"),
    "file": ("File", "文件"),
    "files": ("Files", "文件"),
    "function": ("Function", "函数"),
    "result": ("Result", "结果"),
    "findings": ("Mistakes", "错误"),
    "score": ("Score", "得分"),
    "problem": ("It could not be checked", "无法检查"),
    "passed": ("passed", "通过"),
    "failed": ("failed", "未通过"),
    "error": ("error", "出错"),
    "timeout": ("timeout", "超时"),
    "missing": ("missing", "缺失"),
    "not checked": ("not checked", "未检查"),
    "is missing": ("It is not written yet.", "还没有写。"),
    "took too long": ("It did not come to an end in time.", "没有在规定时间内结束。"),
    "at line": (" (line {line})", "（第 {line} 行）"),
    "place": ("First wrong element: {place}", "第一个错误的元素：{place}"),
    "whole": ("Wrong as a whole: {place}", "整体不对：{place}"),
    "expected": ("expected {value}", "应为 {value}"),
    "got": ("got {value}", "实为 {value}"),
    "input": ("for the input {input}", "输入：{input}"),
    "hint": ("Hint {number}", "提示 {number}"),
    "convention": ("A choice, no fault: {text}", "这是一种约定，不算错误：{text}"),
    "blamed alone": (
        "By itself it is right; as it is written, it fails because of {names}.",
        "单独看它是对的；按现在的写法，它因 {names} 而出错。",
    ),
    "blamed too": (
        "As it is written, it also fails because of {names}.",
        "按现在的写法，它还会因 {names} 而出错。",
    ),
    "of": ("{passed} of {total} passed", "通过 {passed}/{total}"),
    "commonest": ("The commonest mistakes", "最常见的错误"),
    "mistake": ("Mistake", "错误"),
    "meaning": ("What it means", "含义"),
    "protection": ("Protection while it ran: {names}", "运行时的保护措施：{names}"),
    "unprotected": ("It ran without protection.", "运行时没有保护措施。"),
}


def label(key: str, lang: str, **values: object) -> str:
    """One of the words, with values put into it.

    >>> label("at line", "en", line=31)
    ' (line 31)'
    """
    return _LABELS[key][1 if lang == "zh" else 0].format(**values)
