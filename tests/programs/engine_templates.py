"""What random programs for the engine are made of: statements with places to fill, how often each is drawn, and what fills them.

`$x` is a place that `Writer` in `engine_statements.py` fills; one with a digit is the same in all its places.
"""

from __future__ import annotations

from autograd_lite.engine.table import TABLE

OPERATORS = ["+", "-", "*"] * 4 + ["/", "/", "**", "%", "//"]
ROWS = sorted(TABLE)
CUSTOM = {
    "cube": 1, "flat": 1, "fma": 3, "quad": 4, "infinite": 1, "undefined": 1, "integer": 1, "fraction": 1, "scalar": 1,
    "complex_value": 1, "text_value": 1, "nothing": 1, "refuses": 1, "divides": 1, "missing": 1, "stops": 1,
    "bad_partial": 1, "text_partial": 1, "node_partial": 2, "integer_partial": 2, "recording": 1, "collecting": 2,
}  # fmt: skip

EXTREME = [
    "0.0", "-0.0", "0", "1", "1.0", "-1.0", "5e-324", "-2.5e-310", "2.2250738585072014e-308", "1.7976931348623157e+308",
    "1e300", "-1e200", "1e-200", "inf", "-inf", "nan", "2**53 + 1", "-10**25", "10**400", "1e16", "0.1", "-0.5", "709.8",
]  # fmt: skip
OTHER_KINDS = [
    "True", "False", "Fraction(1, 3)", "Fraction(-7, 2)", "Decimal('0.1')", "numpy.float64(0.1)", "numpy.float64(-2.0)",
    "numpy.float64(nan)", "numpy.float32(0.1)", "numpy.int64(3)", "numpy.bool_(True)", "numpy.array(2.5)", "Float(1.5)",
    "Integer(2)", "Asked(0.75)",
]  # fmt: skip
NO_NUMBERS = [
    "'1.0'", "b'1'", "None", "1j", "[1.0]", "(2.0,)", "object", "numpy.array([1.0, -2.0])", "numpy.array([])", "Failing()",
    "Back()", "NoArray()", "al.exp", "Value", "{}", "Dual(2.0)", "Sneaky($v)",
]  # fmt: skip
LABELS = ["'x'", "'w¹'", "'a long name, with \"quotes\" and {braces}'", "''", "'<b>'", "None", "7", "['x']"]
SEEDS = ["1.0", "2", "-0.5", "0.0", "-0.0", "inf", "nan", "5e-324", "1e308", "Fraction(1, 4)", "numpy.float64(3.0)", "True",
         "10**400", "'1'", "None", "1j", "$v"]  # fmt: skip

# How often each is drawn. A placeholder with a digit is the same in all its places; {new} is a name of its own.
TEMPLATES: dict[str, float] = {
    # Leaves
    "$new = Value($c)": 5,
    "$new = Value($c, label=$label)": 2,
    "$new = Value($odd)": 0.5,
    "$new = Value($c, $c, $c)": 0.1,
    "$new = Value()": 0.1,
    "$new = Value($c, name='x')": 0.1,
    "$new = Value(data=$c, label=$label)": 0.2,
    # Operations
    "$new = $e": 30,
    "$new = $v $op $x": 12,
    "$new = $c $op $v": 5,
    "$new = $v1 $op $v1": 2,
    "$new = $call": 12,
    "$new = $custom": 5,
    "$new = $v ** $exponent": 3,
    "$new = $exponent ** $v": 1,
    "$new = -$v": 2,
    "$new = +$v": 0.5,
    "$new = abs($v)": 1,
    "$new = pow($v, $x)": 0.5,
    "$new = pow($v, 2, 3)": 0.1,
    "$new1, $new2 = divmod($v, $x)": 0.5,
    "$new1, $new2 = divmod($c, $v)": 0.3,
    "$new = $v.__$dunder__($x)": 1.5,
    "$new = $v.__r$dunder__($c)": 1,
    "$new = $v.__r$dunder__($v)": 0.5,
    "$new = operator.$dunder($v, $x)": 1,
    "$v $op= $x": 3,
    "for _ in range($k): $v1 $op= $x": 3,
    "for _ in range($k): $v1 += $v2; $v1 *= 0.5": 2,
    "$new1 = $v\nfor i in range($k): $new1 = $new1 $op $x": 2,
    "$new = $v $op $odd": 1.5,
    "$new = $odd $op $v": 1,
    "$v $op= $odd": 0.5,
    "$new = $v @ $x": 0.1,
    "$new = $v << 1": 0.1,
    "$new = ~$v": 0.1,
    "$new = $v(2.0)": 0.1,
    "$new = al.$row()": 0.3,
    "$new = al.$row($v, $v, $v, $v, $v, $v, $v)": 0.3,
    "$new = al.$row($v, wrong=$c)": 0.3,
    "$new = $v.$row($x, $x)": 0.5,
    "$new = $v.exp(out=$odd)": 0.1,
    "$new = $v.where($x, $x)": 0.1,
    "$new = al.$row($odd)": 0.5,
    # Sequences
    "$new = al.sum([$v, $x, $v])": 1,
    "$new = sum([$v, $x, $v])": 1,
    "$new = al.dot([$v, $x, $v], [$x, $x, $x])": 1,
    "$new = al.prod([$v, $x])": 0.5,
    "$new = al.mean([$v, $x, $v, $x, $x])": 0.5,
    "$new = al.logsumexp([$v, $x, $v])": 0.5,
    "$new1, $new2 = al.softmax([$v, $x])": 0.5,
    "$new1, $new2 = al.log_softmax([$v, $v])": 0.5,
    "$new = math.fsum([$v, $x])": 0.1,
    # Names and surroundings
    "$v.label = $label": 2,
    "with al.scope($scope): $new = $e": 2,
    "with al.scope($scope), al.scope($scope): $new = $call; $new = Value($c)": 1.5,
    "with al.record_lines(): $new = $e": 1,
    "with al.scope($scope), al.record_lines(), al.scope($scope):\n  $new = $e\n  $new = $v $op $x": 1,
    "with al.record_lines(), al.record_lines(): $new = $call": 0.5,
    "contextvars.copy_context().run(lambda: al.scope($scope).__enter__() or say($e))": 0.3,
    "$new = al.scope($scope)(lambda: $e)()": 0.5,
    "with al.scope(''): pass": 0.1,
    # Numbers of leaves, gradients
    "$leaf.data = $c": 2,
    "$v.data = $c": 1,
    "$leaf.data = $odd": 0.3,
    "$v.grad = $c": 1.5,
    "$v.grad = $odd": 0.5,
    "$v.grad += $c": 0.5,
    "$v.backward()": 10,
    "$v.backward($seed)": 5,
    "for _ in range($k): $v.backward()": 1,
    "$v.backward(seed=$seed)": 0.3,
    "$v.backward(1.0, 2.0)": 0.1,
    "$v.zero_grad()": 3,
    "say($v._prev, $v._op)": 1,
    "$v._backward()": 1,
    "for node in reversed(ordered($v1)): node._backward()": 0.5,
    "$v._backward = None": 0.1,
    # What goes away
    "del $gone": 3,
    "$v = Value($c)": 1,
    "gc.collect()": 0.3,
    "gc.collect(0)": 1,
    "$new1 = $v\nfor _ in range(300): $new1 = ($new1 + $v) * 0.5\n$new1.backward(); say($new1.data); $new1 = $leaf": 0.3,
    "say([$e for _ in range($k)])": 1,
    # Comparisons, which leave their marks
    "say($v $comparison $x)": 4,
    "say($x $comparison $v)": 1,
    "say($v $comparison $odd)": 0.7,
    "$new = $v if $v > $c else $v": 1,
    "$new = $e if $v else $e": 1,
    "$new = max($v, $x, $v)": 1,
    "$new = sorted([$v, $x, $v])[0]": 0.5,
    "say($v in [$x, $v], bool($v), not $v)": 0.5,
    "say(hash($v1) == object.__hash__($v1), {$v1: 2}[$v1])": 0.3,
    # Copies
    "$new = copy.copy($v)": 0.7,
    "$new1, $new2 = copy.deepcopy([$leaf1, $leaf1])": 0.7,
    "$new = pickle.loads(pickle.dumps($v))": 1,
    "$new = pickle.loads(pickle.dumps($leaf, $k))": 0.7,
    "say(pickle.loads(pickle.dumps(al.$row)), copy.copy(al.$row), copy.deepcopy(cube))": 0.2,
    # What is refused
    "class V(Value): pass": 0.3,
    "type('V', (Value,), {})": 0.3,
    "class V(Value, float): pass": 0.1,
    "class V(al.engine.graph.Node): __slots__ = ()": 0.1,
    "$v.unknown = $c": 0.5,
    "say($v.unknown)": 0.3,
    "del $v.unknown": 0.2,
    "del $v.$property": 0.4,
    "$v.$property = $c": 0.4,
    "$v.__dict__": 0.2,
    "$v.__class__ = float": 0.1,
    "weakref.ref($v)": 0.2,
    "say($v[0])": 0.1,
    "say(len($v))": 0.1,
    "say(list($v))": 0.1,
    "say([1.0, 2.0][$v])": 0.1,
    "say(math.$ofmath($v))": 0.7,
    "say(float($v))": 0.5,
    "say(complex($v))": 0.2,
    "say('%.3f' % $v)": 0.2,
    "'text' + $v": 0.2,
    # What a float can do
    "say(int($v), round($v), round($v, $k))": 1,
    "say(math.floor($v), math.ceil($v), math.trunc($v))": 0.7,
    "say(repr($v), str($v), f'{$v} {$v:.4g} {$v!r}')": 2,
    "say(format($v, $label))": 0.2,
    "say($v.item(), $v.conjugate())": 0.3,
    "say($v._repr_html_())": 0.2,
    # What is known of a node
    "say($v.data, $v.grad, $v.has_grad, $v.op, $v.label, $v.scope, $v.line, $v.changed, $v.decided)": 3,
    "say($v.operands, $v.partials)": 2,
    "say(ordered($v))": 2,
    "say(ordered($v, $v))": 1,
    "say(ordered($v, $v, border=[$v]))": 1,
    "say(ordered())": 0.1,
    "say(edges($v))": 0.5,
    # Derivatives that are graphs, transforms
    "$new = al.gradients($small, $leaf)": 2,
    "$new1, $new2 = al.gradients($small, [$v, $leaf])": 1,
    "$new1, $new2 = al.gradients($small, ($leaf1, $leaf1), seed=$c)": 0.5,
    "$new = al.gradients(al.gradients($tiny, $leaf1), $leaf1)": 1.5,
    "say(al.grad(lambda x: $ofx)($c))": 1,
    "say(al.grad(al.grad(lambda x: $ofx))($c))": 0.7,
    "$new = al.grad(lambda x: $ofx * $v)($c)": 0.7,
    "$new = al.grad(lambda x: $ofx)($v)": 0.5,
    "say(al.jvp(lambda x: [$ofx, $ofx], ($c,), ($c,)))": 0.7,
    "say(al.vjp(lambda x: $ofx, $c)[1]($c))": 0.4,
    "say(al.hessian(lambda v: [x := v[0] * v[1], $ofx][1])([$c, $c]))": 0.3,
    "say(al.hvp(lambda v: [x := v[0] * v[1], $ofx][1], [$c, $c], [$c, $c]))": 0.3,
    # NumPy's functions and arrays
    "$new = numpy.$ofnumpy($v)": 0.7,
    "say(numpy.array([1.0, $c]) $op $v)": 0.5,
    "say($v $op numpy.array([$x, $v], dtype=object))": 0.5,
    "$new = numpy.dot(numpy.array([$v, $x]), numpy.array([$v, $x]))": 0.3,
    "say(numpy.array([$v, $x]).sum())": 0.3,
    "say(numpy.array([$v], dtype=float))": 0.1,
    # Threads: gradients of leaves that they share are sums of powers of two, which no order changes
    "say(at_once($k, lambda i: $e))": 0.3,
    "$new1, $new2 = Value(2.0), Value(0.5)\nsay(at_once($k, lambda i: shares(i, $new1, $new2)))": 0.4,
    # and a computed node, whose gradient is that of the last call, whichever thread's it was, gets one more
    "$new1 = Value(2.0); $new2 = $new1 * 4.0 + $new1\nat_once($k, lambda i: $new2.backward(2.0**i))\n$new2.backward(1.0)": 0.3,
    "say(at_once($k, lambda i: al.grad(lambda x: $ofx)($c)))": 0.2,
    "with al.scope($scope): say(at_once(1, lambda i: $e))": 0.2,
    # What runs in the midst of it
    "$new = $v $op Sneaky($v)": 0.5,
    "$new = $customof ($v)": 0.3,
    "$leaf.__init__($c)": 0.2,
    "object.__setattr__($v, $label, $c)": 0.1,
    "say(isinstance($v, (Value, al.engine.graph.Node, al.engine.ops.Operand)), type($v).__mro__)": 0.2,
}  # fmt: skip
WORDS: dict[str, list[str]] = {
    "op": OPERATORS, "row": ROWS, "label": LABELS, "seed": SEEDS, "odd": NO_NUMBERS, "customof": sorted(CUSTOM),
    "k": ["1", "2", "3", "4"], "exponent": ["2", "2.0", "3", "-1", "0.5", "0", "1", "-2.5", "True", "2**53", "0.0", "-0.0"],
    "scope": ["'layer'", "'neuron 0'", "'θ'"], "comparison": ["<", "<=", ">", ">=", "==", "!="],
    "dunder": ["add", "sub", "mul", "truediv", "pow", "mod", "floordiv"],
    "property": ["data", "grad", "op", "label", "scope", "line", "operands", "partials", "has_grad", "decided", "_prev"],
    "ofmath": ["sin", "isnan", "fabs", "sqrt", "erf"], "ofnumpy": ["exp", "sin", "abs", "maximum.reduce", "isnan"],
}  # fmt: skip
EXPRESSIONS = [
    "$v * $x + $v", "al.sin($v) * al.exp(-al.abs($v))", "($v - $x) ** 2", "al.tanh($v $op $x) + $v1 * $v1", "$call * 0.5",
    "al.relu($v * $x + $x) - $v / 3.0", "al.sigmoid($v) * $custom", "$c - $v * ($v + $v1 * $v1)", "al.$row($v)", "$v.cos().exp()",
    "al.maximum($v, $x) * al.where($x, $v, $x)", "al.log(1.0 + $v1 * $v1) / al.hypot($v, 1.0)", "al.atan2($v, $x) + al.erf($v)",
]  # fmt: skip
OF_X = [
    "x * x * $c", "al.sin(x) / (1.0 + x * x)", "al.exp(-x * x) + x", "x ** 3 - 2 * x", "al.tanh(x) * al.cos($c * x)", "al.$row(x)",
    "al.relu(x) * al.sigmoid(x)", "cube(x) + fma(x, $c, x)", "al.log(x)", "x ** x",
]  # fmt: skip
