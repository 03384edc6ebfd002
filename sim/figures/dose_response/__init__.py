"""F8: an outcome against one setting that was swept, or against perceived risk, a panel a theory."""
