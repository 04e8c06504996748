"""The words around the findings, in each language."""

from __future__ import annotations

__all__ = ["has_label", "label"]

_LABELS: dict[str, tuple[str, str]] = {
    "title": ("What the check found", "检查结果"),
    "file": ("File", "文件"),
    "files": ("Files", "文件"),
    "function": ("Function", "函数"),
    "result": ("Result", "结果"),
    "findings": ("Mistakes", "错误"),
    "score": ("Score", "得分"),
    "problem": ("It could not be checked", "无法检查"),
    "problem not-python": (
        "It is not Python: run it with Python, and mend what it says.",
        "它不是有效的 Python 程序：请先用 Python 运行它，按提示改正。",
    ),
    "problem too-deep": (
        "It is nested too deeply: write smaller expressions.",
        "嵌套过深，无法读取：请把表达式拆小。",
    ),
    "problem too-large": (
        "The file is too large: hand in the functions alone, without outputs.",
        "文件过大：请只保留函数；如果是笔记本，请清除输出后再保存。",
    ),
    "problem not-text": (
        "It is not text: save it as UTF-8.",
        "文件不是文本：请以 UTF-8 重新保存。",
    ),
    "problem not-notebook": (
        "It is not a notebook: save it again with Jupyter.",
        "文件不是笔记本：请用 Jupyter 重新保存，或存为 .py 文件。",
    ),
    "problem no-sandbox": (
        "It cannot be run safely here: install bubblewrap.",
        "此系统无法安全地运行它：请安装 bubblewrap，或换一台机器。",
    ),
    "comma": (", ", "，"),
    "passed": ("passed", "通过"),
    "failed": ("failed", "未通过"),
    "error": ("error", "出错"),
    "timeout": ("timeout", "超时"),
    "missing": ("missing", "缺失"),
    "not checked": ("not checked", "未检查"),
    "is missing": ("It is not written yet.", "还没有写。"),
    "took too long": ("It did not come to an end in time.", "没有在规定时间内结束。"),
    "in place": (" ({place})", "（{place}）"),
    "line": ("line {line}", "第 {line} 行"),
    "cell line": ("cell {cell}, line {line}", "第 {cell} 个单元格第 {line} 行"),
    "place": ("First wrong element: {place}", "第一个错误的元素：{place}"),
    "whole": ("Wrong as a whole: {place}", "整体不对：{place}"),
    "expected": ("expected {value}", "应为 {value}"),
    "got": ("got {value}", "实际为 {value}"),
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
    "by time": ("time", "时间"),
    "by output": ("output", "输出"),
    "by memory": ("memory", "内存"),
    "by cpu": ("processor time", "处理器时间"),
    "by files": ("size of files", "文件大小"),
    "by processes": ("processes", "进程数"),
    "by filesystem": ("your files", "你的文件"),
    "by network": ("network", "网络"),
    "picture": ("Picture", "图示"),
    "all pictures": ("The pictures", "全部图示"),
    "window of": ("The window of {place}", "{place} 对应的窗口"),
    "map of": ("The numbers of {place}", "{place} 的数值"),
    "right": ("Right", "正确"),
    "yours": ("Yours", "你的"),
    "right is": ("Right: {how}", "正确：{how}"),
    "yours is": ("Yours: {how}", "你的：{how}"),
    "both": ("Right and yours", "正确的与你的"),
    "difference": ("Yours − right", "你的 − 正确"),
    "of example": (", example {number}", "，样本 {number}"),
    "of channel": (", channel {number}", "，通道 {number}"),
    "window never": (
        "This element was never computed: it is what it was at the beginning.",
        "这个元素从未被计算，仍是初始值。",
    ),
    "window unknown": (
        "Which window you read cannot be told from your numbers.",
        "从你的数值无法得知你读取的是哪个窗口。",
    ),
    "other shape": ("Yours has another shape.", "你的结果形状不同。"),
    "wrong of": ("{wrong} of {all} numbers are wrong.", "{all} 个数中有 {wrong} 个错误。"),
    "both windows": (
        "the right window framed, yours dashed",
        "实线框为正确窗口，虚线框为你的窗口",
    ),
    "the right window": ("the right window framed", "实线框为正确窗口"),
    "mark right": ("in the right window", "在正确窗口内"),
    "mark your": ("in your window", "在你的窗口内"),
    "mark padding": ("padding", "填充"),
    "mark different": ("different", "不同"),
    "mark wrong": ("wrong", "错误"),
    "mark first": ("the first", "第一个"),
    "sum and bias": (
        "the products add up to {sum}; with the bias {bias} that is {result}.",
        "乘积之和为 {sum}，加上偏置 {bias} 得 {result}。",
    ),
    "sum alone": (
        "the products add up to {sum}; that is {result}, without a bias.",
        "乘积之和为 {sum}，结果为 {result}，没有加偏置。",
    ),
    "sum and biases": (
        "the products add up to {sum}; with {n} times the bias {bias} that is {result}.",
        "乘积之和为 {sum}，加上 {n} 次偏置 {bias} 得 {result}。",
    ),
    "mean and bias": (
        "the products add up to {sum}; divided by {n}, with the bias {bias}, that is {result}.",
        "乘积之和为 {sum}，除以 {n} 再加偏置 {bias} 得 {result}。",
    ),
    "mean alone": (
        "the products add up to {sum}; divided by {n} that is {result}.",
        "乘积之和为 {sum}，除以 {n} 得 {result}。",
    ),
    "largest": ("the largest number is {result}.", "最大值为 {result}。"),
    "largest or zero": (
        "the largest number is {most}, and 0 is larger: {result}.",
        "最大值为 {most}，而 0 更大：{result}。",
    ),
    "mean": ("the mean of {n} numbers is {result}.", "{n} 个数的平均值为 {result}。"),
    "sum": ("the sum of {n} numbers is {result}.", "{n} 个数的和为 {result}。"),
    "nothing": ("no number of the window is used: {result}.", "没有用到窗口里的数：{result}。"),
    "gives": ("the result is {result}.", "结果为 {result}。"),
    "explore": ("Open the right computation in the explorer", "在探索页面中打开正确的计算"),
    "unprotected": ("It ran without protection.", "运行时没有保护措施。"),
}


def label(key: str, lang: str, **values: object) -> str:
    """One of the words, with values put into it.

    >>> label("line", "en", line=31)
    'line 31'
    """
    return _LABELS[key][1 if lang == "zh" else 0].format(**values)


def has_label(key: str) -> bool:
    """Whether there are such words."""
    return key in _LABELS
