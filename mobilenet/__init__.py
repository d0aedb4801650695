"""MobileNet v1, taught with code that runs.

``mobilenet.ver1`` and ``mobilenet.ver2`` are the two networks of the blog post
that this project grew out of: written anew, they do exactly what the post's do.
``mobilenet.cost`` counts parameters and multiply-adds.
"""

__version__ = "0.1.0"
