"""Makes ONNX or TorchScript files of models as they are published.

The binary `kipos` holds these files, writes them into a temporary directory and runs `python -I DIRECTORY/main.py`
with the user's Python, which has the frameworks. Nothing of kipos is imported here, so that the answers of a framework
that are written down beside the converted file are those of an independent program.
"""
