"""A graph as a picture; big graphs in boxes, by neuron and by layer: from parts to boxes to frames to a picture."""
