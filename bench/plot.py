"""The plot of cost by size, of grey and of colours that can be read on light and on dark."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.documents import COPIES, compact, names
from bench.measure import Key, measure
from bench.writers.plain import WRITERS as PLAIN
from kmspolicy import Policy, check, equivalent

if TYPE_CHECKING:
    from collections.abc import Callable

FILE: Final = Path(__file__).parent.parent / "docs" / "_static" / "cost.svg"
_SIZES: Final = (1, 4, 8, 12, 16, 20, 24, 28, COPIES)  # copies of the example
_GREY: Final = "#808080"
_LINES: Final = {
    "check": "#c2691c",
    "equivalent": "#8b6fd0",
    "read": "#2f8f83",
    "json.loads": _GREY,
    "write": "#3f82d0",
    "json.dumps": _GREY,
}
_KIB: Final = 1024


def _works(text: str) -> dict[str, Callable[[], object]]:
    """Return, for each line, the work on a document."""
    policy, data = Policy.from_json(text), json.loads(text)
    backwards = Policy(policy.statements[::-1])
    return {
        "check": partial(check, policy),
        "equivalent": partial(equivalent, policy, backwards),
        "read": partial(Policy.from_json, text),
        "json.loads": partial(json.loads, text),
        "write": policy.to_json,
        "json.dumps": partial(json.dumps, data),
    }


def _measured() -> dict[str, list[tuple[float, float]]]:
    """Return, for each line, its points: KiB and the least milliseconds."""
    texts = [compact(PLAIN[0].of(map(names, range(copies)))) for copies in _SIZES]
    works = {
        Key("plot", line, str(number)): work
        for number, text in enumerate(texts)
        for line, work in _works(text).items()
    }
    results = measure(works, seconds=12.0)
    lines: dict[str, list[tuple[float, float]]] = {line: [] for line in _LINES}
    for key, samples in results.items():
        lines[key.who].append((len(texts[int(key.size)]) / _KIB, samples.least * 1e3))
    return lines


def _frame(axes: Any) -> None:  # noqa: ANN401 - matplotlib's types are not needed here
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"bottom", "left"})
        spine.set_color(_GREY)
    axes.tick_params(colors=_GREY)
    axes.grid(visible=True, axis="y", color=_GREY, alpha=0.25, linewidth=0.6)
    axes.set_xlabel("size of the document, KiB", color=_GREY)
    axes.set_title("milliseconds", loc="left", color=_GREY, fontsize="medium")
    axes.set_xlim(0, 32)
    axes.set_xticks(range(0, 33, 8))


def _apart(heights: dict[str, float], least: float) -> dict[str, float]:
    """Move labels up until none lies upon another."""
    placed: dict[str, float] = {}
    below = float("-inf")
    for line, height in sorted(heights.items(), key=lambda item: item[1]):
        below = placed[line] = max(height, below + least)
    return placed


def draw() -> None:
    """Measure, and write the file."""
    lines = _measured()
    # Text stays text, and the same figures give the same file.
    with mpl.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "kmspolicy", "font.sans-serif": ["DejaVu Sans", "Arial"]}
    ):
        figure = Figure(figsize=(7.0, 4.2), layout="constrained")
        axes = figure.subplots()
        _frame(axes)
        highest = max(points[-1][1] for points in lines.values())
        ends = _apart({line: points[-1][1] for line, points in lines.items()}, highest * 0.055)
        for line, points in lines.items():
            axes.plot(*zip(*points, strict=True), color=_LINES[line], linewidth=1.8, marker="o", markersize=3)
            axes.annotate(
                line, (32.6, ends[line]), color=_LINES[line], va="center", annotation_clip=False, fontsize=10
            )
        axes.set_ylim(bottom=0)  # when all is drawn, for it ends the search for the top
        FILE.parent.mkdir(exist_ok=True)
        figure.savefig(FILE, transparent=True, metadata={"Date": None, "Creator": None})
