"""What a reader takes along: a network's file, a page as Markdown, the site to open from disk."""
