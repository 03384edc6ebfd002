"""Small drawings as SVG: text in a page, so it prints sharply, needs no network, and follows a dark screen."""

from __future__ import annotations

from html import escape

from sim.errors import one_line

STYLE = (
    "text{font:11px system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#1a1a1a}"
    ".soft{fill:#595959}.head{font-weight:600}.rule{stroke:#8c8c8c;stroke-width:1;fill:none}"
    ".faint{stroke:#d9d9d9;stroke-width:1}.band{fill:#8c8c8c;fill-opacity:.12}"
    ".public{fill:#0072b2;stroke:#0072b2}.kenya{fill:#c27a00;stroke:#c27a00}.hidden{fill:#b04a00;stroke:#b04a00}"
    "polyline{fill:none!important;stroke-width:1.8}.ink{fill:#1a1a1a;stroke:#1a1a1a}.open{fill:#fff;stroke:#1a1a1a;stroke-width:1.4}"
    "@media screen and (prefers-color-scheme:dark){text{fill:#e8e6e3}.soft{fill:#b3b0aa}.faint{stroke:#45484c}"
    ".ink{fill:#e8e6e3;stroke:#e8e6e3}.open{fill:#17191c;stroke:#e8e6e3}.public{fill:#56b4e9;stroke:#56b4e9}"
    ".kenya{fill:#e69f00;stroke:#e69f00}.hidden{fill:#f08a4b;stroke:#f08a4b}}"
)
"""Okabe and Ito's colours, darker or lighter where they carry thin lines; each category has a place of its own, too."""


def drawing(width: float, height: float, alt: str, parts: list[str]) -> str:
    """A whole drawing that a page can hold and a file can be.

    Parameters
    ----------
    width, height
        Of its own units; a page scales it to its width.
    alt
        What it shows, for whoever cannot see it.
    parts
        Elements.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(one_line(alt))}"><style>{STYLE}</style>{"".join(parts)}</svg>'
    )


def unstyled(drawn: str) -> str:
    """A drawing without its own sheet, for a page whose sheet has these classes and which allows no other."""
    return drawn.replace(f"<style>{STYLE}</style>", "")


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "start", title: str = "") -> str:
    """Words at a place; ``title`` is shown to whoever points at them."""
    hint = f"<title>{escape(one_line(title))}</title>" if title else ""
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{style} text-anchor="{anchor}">{hint}{escape(one_line(said))}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "rule") -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def box(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" class="{kind}"/>'


def path(points: list[tuple[float, float]], kind: str, *, closed: bool = False, title: str = "") -> str:
    """A line through points, or the shape that it encloses."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    hint = f"<title>{escape(one_line(title))}</title>" if title else ""
    name = "polygon" if closed else "polyline"
    return f'<{name} points="{through}" class="{kind}">{hint}</{name}>'


def dot(x: float, y: float, radius: float, kind: str) -> str:
    """A disc."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{kind}"/>'


def square(x: float, y: float, half: float, kind: str, title: str = "") -> str:
    """A square around a place."""
    return path([(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)], kind,
                closed=True, title=title)  # fmt: skip


def diamond(x: float, y: float, half: float, kind: str, title: str = "") -> str:
    """A square on its corner."""
    return path([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], kind, closed=True, title=title)


def triangle(x: float, y: float, half: float, kind: str, title: str = "") -> str:
    """A triangle that points down."""
    return path([(x - half, y - half), (x + half, y - half), (x, y + half)], kind, closed=True, title=title)


def wrapped(said: str, letters: int, most: int = 3) -> list[str]:
    """Words in lines of so many letters at most; what does not fit into ``most`` lines ends in an ellipsis.

    >>> wrapped("officers who leave", 12)
    ['officers who', 'leave']
    """
    lines = [""]
    for word in one_line(said).split(" "):
        word = word if len(word) <= letters else f"{word[: letters - 1]}…"
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][: letters - 1]}…"]
