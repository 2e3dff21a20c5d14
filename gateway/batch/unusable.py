"""A file of claims that cannot be used as a whole: why, in both languages."""

from gateway.errors import StartError
from policy.text import Text


class UnusableFileError(StartError):
    """Nothing of the file is checked; ``words`` say what is wrong and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Text(zh, en)
