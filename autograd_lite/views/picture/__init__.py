"""Big graphs in boxes, by neuron and by layer, so that they can be read: from parts to boxes to frames to a picture."""
