"""What all figures share: style, page, axes and dots."""
