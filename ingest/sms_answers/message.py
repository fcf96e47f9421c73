"""A text message made ready to be read: its tokens, their texts and the language they seem to be of."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sms_answers.tokens import Token, readable, tokens_of
from ingest.sms_answers.vocabulary import Vocabulary, vocabulary


@dataclass(frozen=True, slots=True)
class Message:
    """*plain* is the message with letters and digits written in the plain way; tokens have their places in it."""

    plain: str
    tokens: Sequence[Token]
    texts: Sequence[str]
    words: Vocabulary
    language: str | None

    def has(self, position: int, *names: str) -> bool:
        """Whether the word at *position* is in one of the lists of words.yml named."""
        return 0 <= position < len(self.texts) and any(self.texts[position] in self.words[name] for name in names)

    def length_of(self, name: str, position: int) -> int:
        """How many words the phrase of the list *name* has that begins at *position*."""
        return self.words[name].length_at(self.texts, position) if 0 <= position < len(self.texts) else 0

    def kind(self, position: int) -> str:
        """The kind of the token at *position*; "mark" outside the message, for it ends a clause too."""
        return self.tokens[position].kind if 0 <= position < len(self.tokens) else "mark"

    def clause_start(self, position: int) -> int:
        while self.kind(position - 1) != "mark":
            position -= 1
        return position

    def negated(self, position: int, reach: int) -> bool:
        """Whether a negation stands before *position* in its clause, at most *reach* words away."""
        start = max(self.clause_start(position), position - reach)
        # Finnish "no" (well) and Swedish "en" (a) before a number or a word negate nothing.
        return any(
            self.has(before, "negations") and not (self.has(before, "fillers") and before == position - 1)
            for before in range(start, position)
        )


def message(text: str) -> Message:
    plain, words = readable(text), vocabulary()
    tokens = tokens_of(plain)
    return Message(
        plain=plain,
        tokens=tokens,
        texts=[token.text for token in tokens],
        words=words,
        language=words.language([token.text for token in tokens if token.kind == "word"]),
    )
