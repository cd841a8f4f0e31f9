"""A graph as a picture; big graphs in boxes, by neuron and by layer: parts, boxes, frames, styles, the picture."""
