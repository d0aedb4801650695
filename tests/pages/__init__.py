"""What makes a page a test: Sybil's parsers and evaluators for what stands on one.

``conftest.py`` hands pages, labs, figures and docstrings to pytest through ``Sybil(…)``.

===============  ===============================================================
``site``         where the pages are
``page``         a page's text: its lines of prose and its fences
``fences``       the parser of fenced code
``code``         the evaluators of fenced code
``numbers``      numbers in prose, and rows of tables, each beside its check
``names``        what a check may call
``rules``        what holds for a page whatever its code does: no number without a check …
``languages``    a page and its translation, and the record of who has read both
``labs``         a lab's text cells as a page in each language, and how cells are written
``figures``      drawings, and the labs' notebooks, against what draws them
``modules``      the package's docstrings and sections
``document``     Sybil's documents: they run a page's code in order, once for both languages
``failure``      what an evaluator reports
``update``       ``make update``
===============  ===============================================================
"""
