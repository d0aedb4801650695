"""What is measured can be, and what "Make it fast" says in words holds for its figures."""

import json

import pytest

from tests.site.built import ROOT

SPEED = json.loads((ROOT / "docs" / "data" / "speed.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("batch", ["batch_1", "batch_8"])
class TestSpeed:
    def test_order(self, batch: str) -> None:
        """Onnxruntime is faster than anything in PyTorch, and compiled than the rest of it."""
        ratios = {name: way["ratio"] for name, way in SPEED[batch].items() if name != "peak_gflops"}
        assert ratios.pop("onnx_int8") < ratios.pop("onnx") < ratios.pop("compiled")
        assert SPEED[batch]["compiled"]["ratio"] < min(ratios.values())

    def test_each_step_is_worth_something(self, batch: str) -> None:
        """Folding helps, and channels-last on top of it."""
        ways = SPEED[batch]
        assert ways["fold_channels_last"]["ratio"] < ways["fold"]["ratio"] < 1


class TestKinds:
    def test_mult_adds_are_not_time(self) -> None:
        """Depthwise layers and normalization take more of the time than of the multiply-adds."""
        kinds = SPEED["kinds"]["eager"]
        for kind in ("3x3 depthwise", "BatchNorm2d"):
            assert kinds[kind]["time"] > 2 * kinds[kind]["mult_adds"]
        assert kinds["BatchNorm2d"]["mult_adds"] == 0
