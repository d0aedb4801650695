"""VER1: the blog post's first MobileNet, with its mistakes.

Source: cupark, "Depthwise Separable Conv", 2023-01-12. It is kept as the post has it on
purpose, down to the submodule names, so that the post's checkpoints load. The site's page
"VER1" shows what is wrong with it.
"""

# --8<-- [start:import]
import torch
import torch.nn as nn
from torchsummary import summary
# --8<-- [end:import]

__all__ = ["MobileNet"]


# --8<-- [start:class]
def depthwise(channels: int, stride: int) -> nn.Conv2d:
    return nn.Conv2d(
        channels,
        channels,
        kernel_size=3,
        stride=stride,
        padding=1,
        groups=channels,
        bias=False,
    )


def pointwise(in_channels: int, out_channels: int) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False)


class MobileNet(nn.Module):
    """The post's first network.

    Takes images (N, in_ch, 224, 224) and returns feature maps (N, 1024, 4, 4), not class
    scores: `forward` never calls `avgp`, `fc` and `sm`.

    Args:
        in_ch: Channels of the images.
        out_ch: Not used.
        cls: Number of outputs of `fc`, which is not called.

    Examples:
        >>> import torch
        >>> from mobilenet import ver1
        >>> ver1.MobileNet()(torch.zeros(2, 3, 224, 224)).shape
        torch.Size([2, 1024, 4, 4])
    """

    def __init__(self, in_ch: int = 3, out_ch: int = 1, cls: int = 1000) -> None:
        super().__init__()
        self.DWConv1 = nn.Sequential(
            nn.Conv2d(in_ch, 32, kernel_size=3, stride=2, padding=1, bias=False),
            depthwise(32, stride=1),
            pointwise(32, 64),
        )
        self.DWConv2 = nn.Sequential(
            depthwise(64, stride=2),
            pointwise(64, 128),
        )
        self.DWConv3 = nn.Sequential(
            depthwise(128, stride=1),
            pointwise(128, 128),
            depthwise(128, stride=2),
            pointwise(128, 256),
        )
        self.DWConv4 = nn.Sequential(
            depthwise(256, stride=1),
            pointwise(256, 256),
            depthwise(256, stride=2),
            pointwise(256, 512),
        )
        self.DWConv5 = nn.Sequential(
            depthwise(512, stride=1),
            pointwise(512, 512),
        )
        self.DWConv6 = nn.Sequential(
            depthwise(512, stride=2),
            pointwise(512, 1024),
        )
        self.DWConv7 = nn.Sequential(
            depthwise(1024, stride=2),
            pointwise(1024, 1024),
        )
        self.avgp = nn.AvgPool2d(kernel_size=1, stride=1)
        self.fc = nn.Linear(1024, cls)
        self.sm = nn.Softmax()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps (N, 1024, 4, 4) for images (N, in_ch, 224, 224)."""
        out = self.DWConv1(x)  # (N, 64, 112, 112)
        out = self.DWConv2(out)  # (N, 128, 56, 56)
        out = self.DWConv3(out)  # (N, 256, 28, 28)
        out = self.DWConv4(out)  # (N, 512, 14, 14)
        for _ in range(5):
            out = self.DWConv5(out)  # (N, 512, 14, 14), the same weights each time
        out = self.DWConv6(out)  # (N, 1024, 7, 7)
        return self.DWConv7(out)  # (N, 1024, 4, 4)


# --8<-- [end:class]


# --8<-- [start:main]
device = torch.device("cpu")

if __name__ == "__main__":
    model = MobileNet()
    summary(model, input_size=(3, 224, 224), device=device.type)
# --8<-- [end:main]
