"""What the page "Make it fast" concludes in words holds for the measured figures."""

import pytest
from data import speed


@pytest.mark.parametrize("batch", [speed.batch_1, speed.batch_8], ids=["1 image", "8 images"])
class TestSpeed:
    def test_order(self, batch: object) -> None:
        """The order is 8 bits, onnxruntime, compiled, and then the rest of PyTorch."""
        ratios = {name: way.ratio for name, way in vars(batch).items() if name != "peak_gflops"}
        assert ratios.pop("onnx_int8") < ratios.pop("onnx") < ratios.pop("compiled")
        assert vars(batch)["compiled"].ratio < min(ratios.values())

    def test_folding_and_channels_last(self, batch: object) -> None:
        """Folding helps, and channels-last on top of it."""
        ways = vars(batch)
        assert ways["fold_channels_last"].ratio < ways["fold"].ratio < 1


def test_mult_adds_are_not_time() -> None:
    """Depthwise layers and normalization take more of the time than of the multiply-adds."""
    kinds = vars(speed.kinds.eager)
    for kind in ("3x3 depthwise", "BatchNorm2d"):
        assert kinds[kind].time > 2 * kinds[kind].mult_adds
    assert kinds["BatchNorm2d"].mult_adds == 0
