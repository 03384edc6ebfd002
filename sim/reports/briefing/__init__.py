"""Two pages for somebody who decides: of a comparison, or of the answer that the studies give together."""
