"""One sick part never stops the rest: shown, fault by fault, under a constant load."""
