"""A kernel to run cells in, one after the other, as a reader does."""

import notebooks
from jupyter_client import KernelManager
from nbformat.v4 import output_from_msg

SHOWN = ("stream", "display_data", "execute_result")


class Kernel:
    """Runs cells in a folder. `close` it, or use it in a ``with``."""

    def __init__(self, folder, *, env=None, manager=None):
        self.manager = manager or KernelManager()
        arguments = {"cwd": str(folder), "env": env or notebooks.kernel_environment()}
        self.manager.start_kernel(extra_arguments=["--log-level=ERROR"], **arguments)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, source):
        """What a cell shows: a list of outputs. AssertionError if it fails."""
        outputs = []

        def listen(message):
            if message["msg_type"] in SHOWN:
                outputs.append(output_from_msg(message))

        reply = self.client.execute_interactive(source, output_hook=listen, timeout=300)["content"]
        assert reply["status"] == "ok", f"{source}\n\n{reply.get('ename')}: {reply.get('evalue')}"
        return outputs

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def texts(outputs):
    """What nbval compares of outputs: each kind's texts in order, those of a stream joined, measured numbers masked."""
    kinds = {}
    for output in outputs:
        if output.output_type == "stream":
            kinds[output.name] = ["".join(kinds.get(output.name, [])) + output.text]
        else:
            for kind, text in output.data.items():
                if kind.startswith("text/"):
                    kinds.setdefault(kind, []).append(text)
    return {kind: [notebooks.masked(text) for text in several] for kind, several in kinds.items()}
