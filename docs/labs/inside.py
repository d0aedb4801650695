# %%
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from IPython.display import Markdown
from sklearn.datasets import load_sample_image
from torch import nn

plt.style.use("mobilenet.plots")
torch.manual_seed(0)
torch.set_num_threads(2)

# %% tags=["photo"]
pixels = torch.tensor(load_sample_image("china.jpg"))
photo = F.avg_pool2d(pixels.permute(2, 0, 1)[None] / 255, 2)


def show(maps, labels):
    """The channels of a feature map side by side; black and white are the extremes."""
    figure, axes = plt.subplots(1, len(maps), figsize=(6, 1.6))
    for axis, plane, label in zip(axes, maps, labels):
        axis.imshow(plane.detach())
        axis.text(4, 8, label, va="top", color="white", backgroundcolor="black")
        axis.axis("off")


show([photo[0].permute(1, 2, 0), *photo[0]], ["RGB", "R", "G", "B"])

# %% tags=["photo"]
edge = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
blur = torch.full((3, 3), 1 / 9)

depthwise = nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False)
depthwise.weight.data = torch.stack([edge, edge.T, blur])[:, None]
show(depthwise(photo)[0], ["R ∗ ↔", "G ∗ ↕", "B ∗ blur"])

# %% tags=["photo"]
mixing = torch.tensor([[0.3, 0.6, 0.1], [1, -1, 0], [-1, 0, 1]])
pointwise = nn.Conv2d(3, 3, 1, bias=False)
pointwise.weight.data = mixing[:, :, None, None]
show(pointwise(photo)[0], ["gray", "R − G", "B − R"])

# %%
standard = nn.Conv2d(3, 3, 3, padding=1, bias=False)
depthwise = nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False)
pointwise = nn.Conv2d(3, 3, 1, bias=False)
both = nn.Sequential(depthwise, pointwise)

touched = photo.clone()
touched[0, 1, 100, 160] += 1
window = (0, slice(None), slice(97, 104), slice(157, 164))
reach = [(layer(touched) - layer(photo))[window].abs() > 1e-6 for layer in (depthwise, pointwise, both, standard)]

figure, axes = plt.subplots(4, 3, figsize=(4,5.2))
for row, m in zip(axes, reach):
    for c, axis in enumerate(row):
        axis.imshow(m[c], cmap="gray_r", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
for row, n in zip(axes, ("depthwise", "pointwise", "both", "standard")):
    row[0].set_ylabel(n)
for c, axis in enumerate(axes[0]):
    axis.set_title(c)
