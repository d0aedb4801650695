"""Where the weights and the multiply-adds of MobileNetV1 are: a bar a layer, for each.

They are read off ``model_cost``. Weights alone are shown, as in the paper's Table 2.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from figures import WIDTH
from figures._charts import COLORS, chart, chart_style
from figures._network import network
from mobilenet import MobileNetV1
from mobilenet.cost import Row

WORDS = {
    "en": SimpleNamespace(
        title="Weights and multiply-adds of each layer of MobileNet",
        description="Nearly all multiply-adds are in the pointwise convolutions, all along the "
        "network. More than half of the weights are in the last two of them and the classifier. "
        "The depthwise convolutions hardly show. From the image on:",
        layer="{kind}, {mult_adds:,} multiply-adds and {weights:,} weights",
        mult_adds="million multiply-adds",
        weights="million weights",
        unit=1_000_000,
        first="first",
        classifier="classifier",
        kinds={
            "3x3 convolution": "first convolution",
            "3x3 depthwise": "depthwise",
            "1x1 convolution": "pointwise",
            "Linear": "classifier",
        },
    ),
    "ko": SimpleNamespace(
        title="MobileNet의 층마다 드는 가중치와 곱셈-덧셈",
        description="곱셈-덧셈은 거의 전부 점별 합성곱에 있고, 네트워크 전체에 퍼져 있습니다. "
        "가중치는 절반 넘게 마지막 점별 합성곱 두 개와 분류기에 있습니다. 깊이별 합성곱은 어느 "
        "쪽에서도 거의 보이지 않습니다. 이미지 쪽부터 차례로",
        layer="{kind} 곱셈-덧셈 {mult_adds:,}회와 가중치 {weights:,}개",
        mult_adds="곱셈-덧셈(만 회)",
        weights="가중치(만 개)",
        unit=10_000,
        first="첫 층",
        classifier="분류기",
        kinds={
            "3x3 convolution": "첫 합성곱",
            "3x3 depthwise": "깊이별",
            "1x1 convolution": "점별",
            "Linear": "분류기",
        },
    ),
}
LOOKS: dict[str, Any] = {
    "3x3 convolution": {"facecolor": COLORS["quiet"]},
    "3x3 depthwise": {"facecolor": COLORS["hollow"], "edgecolor": "black"},
    "1x1 convolution": {"facecolor": COLORS["accent"]},
    "Linear": {"facecolor": COLORS["quiet"]},
}
"""How the bars of each kind of layer look; they are told apart without their color."""

MEASURES = (
    ("mult_adds", "1x1 convolution", (0, 25_000_000, 50_000_000)),
    ("weights", "3x3 depthwise", (0, 500_000, 1_000_000)),
)
"""What the two panels show; the kind of layer whose name is above each; their ticks."""


@chart_style
def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    sizes = ["×".join(map(str, row.output_shape[2:])) for row in layers()]
    groups = [say.first, *sizes[1:-1], say.classifier]
    first = [i for i, group in enumerate(groups) if group not in groups[:i]]
    # Each group of layers whose outputs have the same size stands apart.
    places = [14 * i + 3 * sum(start <= i for start in first) for i in range(len(groups))]

    figure = Figure((WIDTH / 72, 500 / 72))
    figure.subplots_adjust(left=76 / 360, right=356 / 360, top=0.85, bottom=0.02, wspace=16 / 132)
    panels = figure.subplots(ncols=2, sharey=True)
    for axes, (measure, kind, ticks) in zip(panels, MEASURES, strict=True):
        axes.set_title(getattr(say, measure), y=1, pad=28)
        axes.set_xticks(ticks, [f"{tick / say.unit:g}" for tick in ticks])
        axes.set_xlim(0, 1.1 * ticks[-1])
        axes.xaxis.tick_top()
        axes.grid(visible=False, axis="y")
        for place, row in zip(places, layers(), strict=True):
            axes.barh(place, getattr(row, measure), 11, align="edge", **LOOKS[row.kind])
        legend = [Patch(label=say.kinds[kind], **LOOKS[kind])]
        axes.legend(handles=legend, bbox_to_anchor=(0, 1.12))
    panels[0].set_yticks([places[i] + 5.5 for i in first], [groups[i] for i in first])
    panels[0].set_ylim(415, 0)

    described = [
        say.layer.format(kind=say.kinds[row.kind], mult_adds=row.mult_adds, weights=row.weights)
        for row in layers()
    ]
    return chart("layers", figure, say.title, f"{say.description} {'; '.join(described)}.")


def layers() -> list[Row]:
    """Return the layers with weights, from the image on."""
    return [row for row in network(MobileNetV1).cost.rows if row.weights]
