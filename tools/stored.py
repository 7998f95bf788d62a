"""What a chapter stores of its last run: the one form it has, when two outputs are the same, and what it may not be.

`make execute` alone writes outputs. It brings them into this form, refuses to store those with `faults`, and seals them,
so that one edited by hand is noticed.
"""

import ast
import base64
import gzip
import hashlib
import io
import json
import math
import re
from xml.etree import ElementTree

from nbformat import NotebookNode
from PIL import Image

import chapters
from bnlib.text import MEASURED, TIMED

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
CELL_METADATA = {"tags", "mystnb", "jupyter"}
OUTPUT_METADATA = {"alt", "claims", "image/png", "prediction"}
KERNEL_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SHOWING = {"print", "claim", "claim_table", "figure", "frame_slider", "check", "table", "scoreboard", "Markdown"}
ROUND_OFF = 1e-9


def normalized(notebook):
    """The notebook in its one form: short metadata, figures' texts where the page wants them, widgets numbered."""
    kept = {key: notebook.metadata[key] for key in ("widgets", "bnlib") if key in notebook.metadata}
    notebook.metadata = NotebookNode(KERNEL_METADATA | kept)
    for cell in notebook.cells:
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        if cell.cell_type == "code":
            cell.metadata.pop("mystnb", None)
            for alt in [output.metadata.alt for output in cell.outputs if "alt" in output.get("metadata", {})]:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
    return _with_numbered_widgets(notebook)


def seal(notebook):
    """A number that changes with any stored output, and with nothing else."""
    outputs = [[cell.get("id"), cell.execution_count, cell.outputs] for cell in chapters.code(notebook)]
    text = json.dumps([outputs, widget_models(notebook)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


# Widgets


def widget_models(notebook):
    """Id → model, of the widgets whose state is stored."""
    return notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})


def widget_references(model):
    """Ids of the models that a widget's model refers to, in a fixed order."""
    return re.findall(r"IPY_MODEL_([0-9a-f]{32})", json.dumps(model, sort_keys=True))


def sliders(notebook):
    """Each cell that shows a widget, with the models that it is made of."""
    models = widget_models(notebook)
    for cell in chapters.code(notebook):
        for data, _ in shown(cell):
            if WIDGET_VIEW in data:
                reached, queue = {}, [data[WIDGET_VIEW]["model_id"]]
                while queue:
                    if (id := queue.pop()) in models and id not in reached:
                        reached[id] = models[id]
                        queue += widget_references(models[id])
                yield cell, reached


def _with_numbered_widgets(notebook):
    # A model's id is random on each run. They are numbered as one meets them: from the outputs, down the references;
    # then what nothing refers to (links between models), in the order of its content.
    models, numbers = widget_models(notebook), {}

    def visit(id):
        if id in models and id not in numbers:
            numbers[id] = f"{len(numbers) + 1:032x}"
            for reference in widget_references(models[id]):
                visit(reference)

    def known(text):
        return re.sub(r"[0-9a-f]{32}", lambda match: numbers.get(match[0], match[0]), text)

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            visit(output.get("data", {}).get(WIDGET_VIEW, {}).get("model_id"))
    for id in sorted(set(models) - set(numbers), key=lambda id: known(json.dumps(models[id], sort_keys=True))):
        visit(id)
    return chapters.parse(known(chapters.to_text(notebook))) if models else notebook


# Two outputs


def masked(text, pattern=MEASURED):
    """``text`` without its measured numbers, which nbval too leaves uncompared."""
    return re.sub(pattern, "…", text)


def is_sealed(notebook):
    """Whether its outputs are those that `make execute` stored."""
    return notebook.metadata.get("bnlib", {}).get("seal") == seal(notebook)


def texts(outputs, pattern=MEASURED):
    """What two machines must show alike: each kind's texts in order, those of a stream joined, measured numbers masked."""
    kinds = {}
    for output in outputs:
        if output.output_type == "stream":
            kinds[output.name] = ["".join(kinds.get(output.name, [])) + output.text]
        else:
            for kind, text in output.get("data", {}).items():
                if kind.startswith("text/"):
                    kinds.setdefault(kind, []).append(text)
    return {kind: [masked(text, pattern) for text in several] for kind, several in kinds.items()}


def different_texts(notebook, fresh, pattern=MEASURED):
    """Cell → what one and the other run showed, for the cells of two runs that do not show the same texts once masked."""
    pairs = zip(chapters.code(notebook), chapters.code(fresh), strict=True)
    both = {cell.id: (texts(cell.outputs, pattern), texts(other.outputs, pattern)) for cell, other in pairs}
    return {id: pair for id, pair in both.items() if pair[0] != pair[1]}


def keep_equal(stored, fresh, *, same_code):
    """Put stored outputs in the place of fresh ones that equal them, and stored timings in the place of fresh ones.

    Pictures are equal by their pixels, all else once measured numbers are masked. If the code is no longer the same
    code, a measured number must also be near the stored one: within rounding, as on another processor. One number may
    stand in several outputs, as in a claim and in the scoreboard: those that show numbers are kept all or not at all.
    """
    old = {(cell.get("id"), k): was for cell in stored.cells for k, was in enumerate(cell.get("outputs", []))}
    outputs = [(cell, k, now) for cell in fresh.cells for k, now in enumerate(cell.get("outputs", []))]
    before = [old.get((cell.get("id"), k)) for cell, k, _ in outputs]
    same = [
        was is not None and _same_output(was, now, near=not same_code)
        for was, (_, _, now) in zip(before, outputs, strict=True)
    ]
    same_numbers = all(is_same for is_same, (_, _, now) in zip(same, outputs, strict=True) if _shows_number(now))
    for (cell, k, now), was, is_same in zip(outputs, before, same, strict=True):
        if is_same and (same_numbers or not _shows_number(now)):
            cell.outputs[k] = NotebookNode(was)
            if "execution_count" in now:  # another one, if cells were added or taken out before
                cell.outputs[k].execution_count = now.execution_count
        elif was is not None:
            _keep_timings(was, now)


def _shows_number(output):
    return any(re.search(MEASURED, text) for text in output.get("data", {}).values() if isinstance(text, str))


def _same_output(stored, fresh, *, near):
    if stored.output_type != fresh.output_type or stored.get("name") != fresh.get("name"):
        return False
    old, new = ({"text": o.text} if o.output_type == "stream" else o.get("data", {}) for o in (stored, fresh))
    if old.keys() != new.keys() or _outline(stored.get("metadata")) != _outline(fresh.get("metadata")):
        return False
    truths = [output.get("metadata", {}).get("prediction", {}).get("truth", "") for output in (stored, fresh)]
    if not is_near(*truths):
        return False
    return all(_same(kind, old[kind], new[kind], near) for kind in old)


def _outline(metadata):
    """An output's metadata without measured numbers: those of claims and predictions, and those in a text for the blind."""
    metadata = metadata or {}
    records = [*metadata.get("claims", []), metadata.get("prediction", {})]
    records = [{key: value for key, value in record.items() if not _is_measured(key, value)} for record in records]
    return {"records": records, "keys": sorted(metadata)}


def _is_measured(key, value):
    return key in ("value", "values", "control") or (key == "truth" and value[:1] in "−0123456789")


def _same(kind, old, new, near):
    if old == new:
        return True
    if kind == "image/png":
        return _pixels(old) == _pixels(new)
    if not (isinstance(old, str) and isinstance(new, str) and masked(old) == masked(new)):
        return False
    numbers = [re.findall(MEASURED, masked(text, TIMED)) for text in (old, new)]
    return not near or (len(numbers[0]) == len(numbers[1]) and all(map(is_near, *numbers)))


def is_near(old, new):
    """Whether two measured numbers, as they are shown, differ by no more than rounding does."""
    if old == new:
        return True
    old, new = _number(old), _number(new)
    return abs(old - new) <= max(ROUND_OFF, 2e-3 * abs(old))


def _number(text):
    """The number that a text shows; NaN, which is near nothing, if it is not one number."""
    digits = re.sub(r"<[^>]*>|,", "", text).replace("−", "-").replace("\u00a0", "")
    digits = digits.replace("×10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    try:
        return float(digits)
    except ValueError:
        return math.nan


def _keep_timings(stored, fresh):
    for kind, text in fresh.get("data", {}).items():
        was = stored.get("data", {}).get(kind)
        if isinstance(text, str) and isinstance(was, str):
            timings = iter(re.findall(TIMED, was))
            if len(re.findall(TIMED, was)) == len(re.findall(TIMED, text)):
                fresh.data[kind] = re.sub(TIMED, lambda _, timings=timings: next(timings), text)


def _pixels(png):
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return image.size, image.tobytes()


# What a run may not leave


def faults(notebook):
    """What is wrong with the outputs of a run, as ``(cell, message)``, with None for the whole file."""
    for check in (_size, _shows, _complains, _alt_texts, _many_digits, _slider_weight, _slider_pictures):
        yield from check(notebook)


def shown(cell):
    """The outputs of a cell that hold data, as ``(data, metadata)``."""
    return [(output.data, output.metadata) for output in cell.get("outputs", []) if "data" in output]


def claims(cell):
    """The records of the claims that a code cell shows, in order."""
    return [record for output in cell.get("outputs", []) for record in output.get("metadata", {}).get("claims", [])]


def _size(notebook):
    if (size := len(chapters.to_text(notebook).encode())) > 1.5e6:
        heaviest = max(notebook.cells, key=lambda cell: len(json.dumps(cell)))
        yield heaviest, f"the file has {size / 1e6:.1f} MB, of which this cell has most; expected at most 1.5"


def _shows(notebook):
    for cell in chapters.code(notebook):
        calls = [node.value for node in chapters.syntax(cell.source).body if isinstance(node, ast.Expr)]
        names = {getattr(call.func, "id", "") for call in calls if isinstance(call, ast.Call)}
        if names & SHOWING and not cell.outputs:
            yield cell, f"it calls {', '.join(sorted(names & SHOWING))} and shows nothing"


def _complains(notebook):
    for cell in chapters.code(notebook):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield cell, f"it shows a warning or other text on stderr; expected none: {output.text.strip()[:80]}"


def _alt_texts(notebook):
    for cell in chapters.code(notebook):
        pictures = [metadata for data, metadata in shown(cell) if "image/png" in data]
        if len(pictures) > 1:
            yield cell, f"it shows {len(pictures)} figures; expected one a cell, since the page gives a cell one text"
        for metadata in pictures[:1]:
            if len(alt := metadata.get("alt", "")) < 30 or "<span" in alt:
                yield (
                    cell,
                    "a picture is shown by figure(fig, alt=…) or frame_slider(…), with a text of at least 30 characters "
                    f"that says what is seen; got {alt!r}",
                )
        for _, metadata in shown(cell):
            if extra := set(metadata) - OUTPUT_METADATA:
                yield (
                    cell,
                    f"an output's metadata has {', '.join(sorted(extra))}: expected a figure or a claim of bnlib",
                )


def _many_digits(notebook):
    for cell in chapters.code(notebook):
        for text in (text for several in texts(cell.outputs).values() for text in several):
            if match := re.search(r"\d\.\d{6,}(e[-+]\d+)?", text):
                yield cell, f"it shows {match[0]}; expected few digits, since the last ones differ between machines"
                break


def _slider_weight(notebook):
    for cell, models in sliders(notebook):
        frames = sum(len(model.state.children) for model in models.values() if model.model_name == "StackModel")
        raw = json.dumps(models, ensure_ascii=False).encode()
        packed = len(gzip.compress(raw))
        if not 1 <= frames <= 25 or len(raw) > 600e3 or packed > 30e3:
            yield (
                cell,
                f"its slider has {frames} frames, {len(raw) / 1e3:.0f} kB, {packed / 1e3:.0f} kB compressed; "
                "expected 1 to 25, at most 600 and at most 30",
            )


def _slider_pictures(notebook):
    for cell, models in sliders(notebook):
        for picture in [model.state.value for model in models.values() if model.model_name == "HTMLModel"]:
            try:
                svg = ElementTree.fromstring(picture)
            except ElementTree.ParseError as error:
                yield cell, f"a picture of its slider is not well-formed SVG: {error}"
                break
            if len(svg.get("aria-label", "")) < 30:
                yield cell, "a picture of its slider has no text of at least 30 characters for those who cannot see it"
                break
