"""The house style of the book's figures. Importing this module sets it for matplotlib."""

import base64
import io
import struct
from importlib.resources import files

import matplotlib.pyplot as plt
from IPython.display import display

from bnlib.text import plain

__all__ = ["figure"]

plt.style.use(str(files("bnlib") / "book.mplstyle"))


def figure(fig, alt):
    """Show a finished figure, with a text for those who cannot see it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Shown as PNG at twice the screen's resolution, and closed.
    alt : str
        What is to be seen, in a sentence or two; measured numbers in it are wrapped in `bnlib.text.measured`.

    Raises
    ------
    ValueError
        ``alt`` is empty.
    """
    alt_text, picture = _checked(alt), png(fig)
    metadata = {"alt": alt_text, "image/png": shown_size(picture)}
    display({"image/png": picture, "text/plain": alt}, raw=True, metadata=metadata)
    plt.close(fig)


def png(fig):
    """The figure as base64 text, the same bytes on each run."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", metadata={"Software": None})
    return base64.b64encode(buffer.getvalue()).decode()


def shown_size(picture):
    """Width and height on the screen, for a picture as `png` gives it: half its pixels, of which there are twice."""
    width, height = struct.unpack(">II", base64.b64decode(picture)[16:24])  # a PNG's header has them there
    return {"width": width // 2, "height": height // 2}


def _checked(alt):
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("alt must say in words what the figure shows; got nothing")
    return plain(alt)
