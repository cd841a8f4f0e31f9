"""A folded graph as a picture: its boxes, its frames, its arrows, and the words on them.

How single nodes and edges look is the business of the `Drawing` that writes them.
"""

from __future__ import annotations

from autograd_lite.engine.text import counted, readable, short, shortened, total
from autograd_lite.engine.value import Value
from autograd_lite.views.picture.folds import WHOLE, Box, Folding, Group
from autograd_lite.views.picture.frames import Arrow, Frame, arrows_of, frames_of
from autograd_lite.views.picture.styles import FRAME, PREFIX, WORDS, Drawing

MOST_INSIDE = 1000  # nodes of a box that the picture still has room for when it is unfolded
MOST_LABELS = 40  # arrows with a text on each; more texts would need more room than all the boxes


def write(drawing: Drawing) -> None:
    """Write each box, in its frame if it has one, then the arrows, then the legend."""
    folding = drawing.folding
    frames = frames_of(folding)
    arrows = arrows_of(folding, frames)
    ends = {end for arrow in arrows for end in (arrow.tail, arrow.head)}
    framed = {box: frame for frame in frames for box in frame.boxes}
    for box in folding.boxes:
        frame = framed.get(box)
        if frame is None:
            _write_box(box, box.name if isinstance(box, Group) else "", drawing)
        elif box is frame.boxes[0]:
            # Graphviz stacks boxes of a frame from the bottom to the top, unless each has arrows of its own.
            _write_frame(frame, frame.boxes[::-1] if frame in ends else frame.boxes, drawing)
    for node in drawing.keys:
        drawing.operands(node, Value)
    for arrow in arrows:
        _write_arrow(arrow, drawing, labelled=len(arrows) <= MOST_LABELS)
    text = "".join(drawing.picture.text(line) + r"\l" for line in legend(folding, frames, arrows))
    drawing.picture.attr(compound="true", nodesep=".15", label=text, labelloc="b", labeljust="l", **WORDS)


def _write_box(box: Box, name: str, drawing: Drawing) -> None:
    if not isinstance(box, Group):
        drawing.node(box)
        drawing.operands(box, float)
        return
    output = box.outputs[0] if len(box.outputs) == 1 else None
    if not box.path and box.operations:  # its name says little
        name = readable(output.label or "" if output is not None else "") or ", ".join(map(readable, box.operations))
    rows = box.operations if box.name == WHOLE and not box.path else {}
    label = drawing.card(short(name), _contents(box), output, rows)
    kind = "out" if drawing.folding.box_of[drawing.root] is box else "op" if box.operations else "leaf"
    drawing.statement(_key(box, drawing), kind, _tooltip(box, drawing), label=label, penwidth="2")


def _write_frame(frame: Frame, boxes: list[Box], drawing: Drawing) -> None:
    body, picture = drawing.picture.body, drawing.picture
    body.append(f"\tsubgraph {frame.key} {{\n")
    says = drawing.says(frame.name)
    picture.attr(label=picture.text(short(frame.name)), tooltip=says, id=f"{PREFIX}_f{frame.number}", **FRAME)
    if frame.aligned:
        body.append("\t{ rank=same\n")
    for box in boxes:
        _write_box(box, readable(box.path[-1]) if isinstance(box, Group) else "", drawing)
    body.append("\t}\n" * (2 if frame.aligned else 1))


def _write_arrow(arrow: Arrow, drawing: Drawing, *, labelled: bool) -> None:
    tail, head = (_key(end, drawing) for end in (arrow.tail, arrow.head))
    if not isinstance(arrow.tail, Frame) and not isinstance(arrow.head, Frame):
        tail = drawing.tail(arrow.tail, arrow.head, head)
    ends = {name: end.key for name, end in (("ltail", arrow.tail), ("lhead", arrow.head)) if isinstance(end, Frame)}
    says = drawing.says(*_flows(arrow, drawing))
    label, edge = "", arrow.edge
    if labelled:
        label = drawing.label(edge) if edge else drawing.several(arrow)
    # The more edges, the straighter: so the way through the layers is level, and what goes around them bends.
    thick = {"penwidth": "2", "weight": str(min(arrow.count, 1000))} if arrow.count > 1 else {}
    place = rf"\G_{_number(arrow.tail, drawing)}_{_number(arrow.head, drawing)}"
    drawing.picture.edge(tail, head, label or None, id=place, tooltip=says, labeltooltip=says, **ends, **thick)


def _key(end: Box | Frame, drawing: Drawing) -> str:
    """The box that an arrow is tied to: of a frame the one in the middle."""
    box = end.boxes[len(end.boxes) // 2] if isinstance(end, Frame) else end
    return f"g{box.number}" if isinstance(box, Group) else drawing.keys[box]


def _number(end: Box | Frame, drawing: Drawing) -> str:
    return f"f{end.number}" if isinstance(end, Frame) else _key(end, drawing)


def _contents(group: Group) -> str:
    """How much a group holds, in few words."""
    if not group.operations:
        return counted(len(group.nodes), "leaf", "leaves")
    if not group.path:
        return counted(len(group.nodes), "node") + " outside of scopes" * (group.name != WHOLE)
    parts = [counted(len(group.nodes), "node")]
    parts += [counted(group.calls, "call")] if group.calls and group.calls > 1 else []
    parts += [counted(len(group.leaves), "parameter")] if group.leaves else []
    return ", ".join(parts)


def _tooltip(group: Group, drawing: Drawing) -> list[str]:
    """All that is known of a group, line by line."""
    lines = [f"{group.name}, {group.kind}" if group.path else group.name, _contents(group)]
    operations = ", ".join(f"{count:,} {readable(name)}" for name, count in group.operations.items())
    lines += [operations] if operations else []
    values = [node.data for node in group.outputs]
    if values:
        of = "value of its output" if len(values) == 1 else f"values of its {len(values):,} outputs"
        lines.append(f"{of} {min(values)!r}" + f" to {max(values)!r}" * (len(values) > 1))
        grads = "unknown before backward()" if drawing.pending else repr(total(x.grad for x in group.outputs))
        lines.append(f"{'grad' if len(values) == 1 else 'sum of their grads'} {grads}")
    return [*lines, f"to unfold it: expand=[{shortened(group.name)}]"]


def _flows(arrow: Arrow, drawing: Drawing) -> list[str]:
    """What an arrow stands for, line by line."""
    if arrow.edge:
        return [drawing.derivative(arrow.edge)]
    tail, head = (
        end.name if isinstance(end, (Frame, Group)) else short(drawing.names[end]) for end in (arrow.tail, arrow.head)
    )
    lines = [f"{arrow.words} from {tail} to {head}"]
    if len(arrow.links) > 1:
        lines.append(f"between {len(arrow.links):,} pairs of boxes")
    flow = "is unknown before backward()" if drawing.pending else repr(arrow.flow)
    return [*lines, f"upstream × local, summed over them: {flow}"]


def legend(folding: Folding, frames: list[Frame], arrows: list[Arrow]) -> list[str]:
    """What is folded, how arrows are to be read, and how to see more or less."""
    count, groups = len(folding.nodes), folding.groups
    lines = [f"{count:,} nodes folded by {folding.how} into {counted(len(folding.boxes), 'box', 'boxes')}."]
    if any(isinstance(end, Frame) for arrow in arrows for end in (arrow.tail, arrow.head)):
        lines[0] += " An arrow to or from a frame stands for edges of all boxes in it."
    if len(arrows) > MOST_LABELS:
        lines[0] += " How many edges an arrow stands for is shown on pointing at it."
    if folding.refused:
        lines.append(f"Box by box there would be {folding.refused:,} boxes, which max_nodes={folding.refused} allows.")
    small = [group for group in groups if len(group.nodes) <= MOST_INSIDE]
    example = next((group for group in small if group.path), small[0] if small else None)
    if groups:
        how = f"expand=[{shortened(example.name)}]" if example else "draw a part of the graph, as draw(y.operands[0])"
        lines.append(f"To see inside a box: {how}.")
        lines[-1] += ' Fewer boxes: group="layer".' if folding.how == "neuron" and frames else ""
        lines[-1] += ' More boxes: group="neuron".' if folding.how != "neuron" and not folding.refused else ""
    return lines
