"""Labs: notebooks that run when the site is built, once for both languages.

==============  ================================================================
``source``      a lab's ``.py`` below ``docs/labs``: its cells, and the notebook of them
``execution``   runs that, and keeps what its cells put out
``rendering``   its page in one language, as Markdown, and the pictures of it
``downloads``   its notebooks in one language, for readers and for Colab
``site``        all of that, as MkDocs takes it
==============  ================================================================

MkDocs renders the Markdown as any other page's. mkdocs-jupyter would hand it HTML: 575 KB
of styles a page, with prompts in the search's text, and a text cell's edit would run the lab.
"""
