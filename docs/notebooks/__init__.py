"""Labs: notebooks that run when the site is built, from one source for both languages.

=============  =================================================================
``source``     a lab's ``.py`` below ``docs/labs``, its cells and the notebook of them
=============  =================================================================
"""
