"""MobileNet v1, taught with code that runs.

`MobileNetV1` is the network of the paper. `mobilenet.ver1` and `mobilenet.ver2` are
the two networks of the blog post that this project grew out of: the code is new, the
results are exactly the post's. `mobilenet.cost` counts parameters and multiply-adds,
`mobilenet.pretrained` loads published weights, `mobilenet.deploy` makes inference fast.
"""

from mobilenet.paper import MobileNetV1

__version__ = "0.1.0"

__all__ = ["MobileNetV1"]
