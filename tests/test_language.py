"""Whoever reads the table in another language reads it in that one, and whatever has no translation in English."""

import pytest

from sim import language
from sim.errors import UserMistake


def test_a_message_without_a_translation_is_said_in_english():
    with language.spoken_in("fr"):
        assert language._("a message that nobody has translated") == "a message that nobody has translated"
        assert language.plural("one {n}", "many {n}", 2).format(n=2) == "many 2"


def test_a_language_is_spoken_within_its_context_alone():
    with language.spoken_in("fr"):
        assert language.current() == "fr"
        with language.spoken_in("en"):
            assert language.current() == "en"
        assert language.current() == "fr"
    assert language.current() == "en"


def test_a_language_that_is_not_there_is_a_mistake_in_one_line():
    with pytest.raises(UserMistake, match="one of en, fr"), language.spoken_in("xx"):
        pass
