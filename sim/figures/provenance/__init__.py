"""What a figure carries: recipe, metadata, data, and whether it came out again as it was."""
