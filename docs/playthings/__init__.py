"""What the site's playthings know of the package: a module a file of data, with ``draw()``.

A script of ``docs/theme/assets/playthings`` cannot ask the package, and is not to type its
numbers once more: it fetches the file.
"""
