# %% [markdown] tags=["ko"] description="깊이별 합성곱이 사진의 채널마다 무엇을 하는지 봅니다."
# # 안을 들여다보기 {#inside}
#
# 깊이별 합성곱(depthwise convolution)은 채널마다 따로 거릅니다.

# %% [markdown] tags=["en"] description="What a depthwise convolution does to each channel of a photograph."
# # Looking inside {#inside}
#
# A depthwise convolution filters each channel by itself.

# %%
import matplotlib.pyplot as plt
import torch
from IPython.display import Markdown
from sklearn.datasets import load_sample_images
from torch import nn

torch.set_num_threads(2)
torch.manual_seed(0)
photo = torch.tensor(load_sample_images().images[1]).permute(2, 0, 1) / 255
depthwise = nn.Conv2d(3, 3, kernel_size=3, padding=1, groups=3, bias=False)
photo.shape

# %% [markdown] tags=["ko"]
# ## 사진 {#photo}

# %% [markdown] tags=["en"]
# ## The photograph {#photo}

# %% tags=["photo"] alt_ko="꽃 한 송이" alt_en="A flower"
figure, axes = plt.subplots(figsize=(6, 4))
axes.imshow(photo.permute(1, 2, 0))
axes.axis("off")
plt.show()

# %% alt_ko="채널별 커널의 가중치" alt_en="The weights of each channel's kernel"
figure, axes = plt.subplots(figsize=(6, 3))
axes.plot(depthwise.weight.detach().flatten(1).T)
plt.show()

# %% tags=["ko"]
Markdown(f"""가중치는 모두 {depthwise.weight.numel()}개입니다.""")

# %% tags=["en"]
Markdown(f"""There are {depthwise.weight.numel()} weights.""")

# %% tags=["check"]
assert depthwise.weight.numel() == 3 * 3 * 3
