"""From a run to other programs: its model as one file that ONNX Runtime answers by."""
