"""The house style of the book's figures. Importing this module sets it for matplotlib."""

import base64
import io
import struct
from importlib.resources import files

import matplotlib.pyplot as plt
from IPython.display import display
from PIL import Image

from bnlib.text import plain

__all__ = ["figure"]

plt.style.use(str(files("bnlib") / "book.mplstyle"))


def figure(fig, caption, *, alt):
    """Show a finished figure with a caption, and a text for those who cannot see it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Shown as PNG at twice the screen's resolution, and closed.
    caption : str
        What to look at, in a sentence or two of Markdown.
    alt : str
        What is to be seen, for those who do not see it. Measured numbers in both are wrapped in `bnlib.text.measured`.

    Raises
    ------
    ValueError
        ``caption`` or ``alt`` is empty.
    """
    alt_text, picture = _checked("alt", alt), png(fig)
    metadata = {"alt": alt_text, "image/png": shown_size(picture)}
    display({"image/png": picture, "text/plain": alt}, raw=True, metadata=metadata)
    show_caption(caption)
    plt.close(fig)


def show_caption(caption):
    """The words below a picture, as an output of their own."""
    _checked("caption", caption)
    display({"text/markdown": f'<span class="caption">{caption}</span>', "text/plain": caption}, raw=True)


def png(fig):
    """The figure in 256 colours, a third of the weight, as base64 text: the same bytes on each run."""
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def shown_size(picture):
    """Width and height on the screen, for a picture as `png` gives it: half its pixels, of which there are twice."""
    width, height = struct.unpack(">II", base64.b64decode(picture)[16:24])  # a PNG's header has them there
    return {"width": width // 2, "height": height // 2}


def _checked(name, text):
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} must say in words what the figure shows; got {text!r}")
    return plain(text)
