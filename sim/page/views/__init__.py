"""What a browser is shown: one page a seat, in the words of its language, with what that seat may know and no more."""

from sim.page.views.pages import form, join_page, page, part, parts_of, plain_answer

__all__ = ["form", "join_page", "page", "part", "parts_of", "plain_answer"]
