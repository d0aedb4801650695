"""What makes a page a test.

=================  =============================================================
``site``           where the pages are, and the Markdown that the site makes of them
``page``           a page, read once: its ``fences``, its ``figures`` and its ``prose``
``cells``          the two pages that a lab's cells are read as, one a language
``document``       the page as a Sybil document: everything on it that is true or not
``twins``          one run for a page and its translation, whose code is the same
``code``           runs the fences and compares what they print
``numbers``        evaluates the checks of numbers, and finds those without
``languages``      holds the two languages together, and the record of what was read
``terms``          holds the Korean pages to the glossary
``labs``           how the cells of a lab are written, and what holds for its two pages
``modules``        the package's docstrings, and its sections on the pages
``drawings``       what is drawn into files, pictures and data, and who shows it
``drift``          what the gate has to say
``plugin``         hands all of it to pytest, one test a file
``update``         make update
``changed``        what a commit has changed, for pre-commit
``names``          what a check may call without the page saying so
``tables``         the rows of tables that a check gives as a whole
=================  =============================================================
"""
