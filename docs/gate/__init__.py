"""What makes a page a test.

A page is a Sybil document. Its regions are its fences (``fences``), each with
the evaluator for its language (``code``), its checked numbers (``numbers``), and
one region at its end that holds it against the same page in the other language
(``languages``). ``site`` knows where the pages are and how the site reads them;
``names`` is what a check may call without the page saying so.
"""
