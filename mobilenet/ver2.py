"""VER2: the blog post's second MobileNet, with its mistakes.

Source: cupark, "Depthwise Separable Conv", 2023-01-12. It is kept as the post has it on
purpose, down to the submodule names, so that the post's checkpoints load. The site's page
"VER2" shows what is wrong with it.
"""

# --8<-- [start:import]
import torch
import torch.nn as nn
from torchsummary import summary
# --8<-- [end:import]

__all__ = ["MobileNet"]


# --8<-- [start:class]
def conv_bn_relu(conv: nn.Conv2d) -> list[nn.Module]:
    return [conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU(inplace=True)]


def depthwise_separable(
    in_channels: int,
    out_channels: int,
    stride: int,
) -> nn.Sequential:
    depthwise = nn.Conv2d(
        in_channels,
        in_channels,
        kernel_size=3,
        stride=stride,
        padding=1,
        groups=in_channels,
        bias=False,
    )
    pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False)
    return nn.Sequential(*conv_bn_relu(depthwise), *conv_bn_relu(pointwise))


class MobileNet(nn.Module):
    """The post's second network.

    Takes images (N, 3, 224, 224) and returns logits (49 N, 1000): the last feature map keeps
    its 7x7 positions, and `view` cuts the 49 x 1024 numbers of an image into 49 rows.

    Examples:
        >>> import torch
        >>> from mobilenet import ver2
        >>> ver2.MobileNet()(torch.zeros(2, 3, 224, 224)).shape
        torch.Size([98, 1000])
    """

    def __init__(self) -> None:
        super().__init__()
        first = nn.Conv2d(3, 32, kernel_size=3, stride=2, padding=1, bias=False)
        self.model = nn.Sequential(
            nn.Sequential(*conv_bn_relu(first)),
            depthwise_separable(32, 64, stride=1),
            depthwise_separable(64, 128, stride=2),
            depthwise_separable(128, 128, stride=1),
            depthwise_separable(128, 256, stride=2),
            depthwise_separable(256, 256, stride=1),
            depthwise_separable(256, 512, stride=2),
            *(depthwise_separable(512, 512, stride=1) for _ in range(5)),
            depthwise_separable(512, 1024, stride=2),
            depthwise_separable(1024, 1024, stride=1),
            nn.AvgPool2d(1),
        )
        self.fc = nn.Linear(1024, 1000)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (49 N, 1000) for images (N, 3, 224, 224)."""
        out = self.model(x)  # (N, 1024, 7, 7)
        out = out.view(-1, 1024)  # (49 N, 1024)
        return self.fc(out)  # (49 N, 1000)


# --8<-- [end:class]


# --8<-- [start:main]
device = torch.device("cpu")

if __name__ == "__main__":
    model = MobileNet()
    summary(model, input_size=(3, 224, 224), device=device.type)
# --8<-- [end:main]
