/* The engine in C: what `graph.Node` is in Python, and the ordinary case of the table's operations.

   It is an accelerator and no second engine. In C are
     - `Node`: the fields of a node, the memory that nodes take, and their freeing without recursion;
     - the operators and the table's functions where everything is ordinary: each operand is a Value, a float or an
       int, and the value and the local partials are finite;
     - the topological order and the sweeps along it, `backward` and `zero_grad`;
     - `Operation`, the base of `Op`, so that exp(x) is one call.
   All else is the one Python code. Whatever is not ordinary (another kind of operand, inf, nan, an error, an operation
   that the table does not have) is handed to it: `record` makes the node, or raises. `class Value` is written in
   Python; `seal` gives it the type that its instances have.

   The rules are not written here: `_rules.h` is made from the table when this file is compiled (c_rules.py).

   A node is not tracked by the cycle collector, which would go through all nodes again and again: operands are fixed
   when a node is made, so there are no cycles. Everything here runs under the interpreter's lock, and no Python code
   runs while the nodes of a graph are marked or linked: between two calls of this module the links are always unused. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static int py_hypot(double x, double y, double *out);
#include "_rules.h"

#ifndef POOL_BYTES  /* how much memory of freed nodes is kept for the next graph */
#define POOL_BYTES (256L * 1024 * 1024)
#endif
#if defined(__GNUC__)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE __forceinline
#endif

/* ---- Operation: the base of `Op` ---------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    const struct row *row;  /* its rule; NULL: only Python knows it */
    Py_ssize_t arity;
    unsigned int flows;     /* bit 0, bit 1: something flows back to the first, the second operand */
} Operation;

/* ---- Node --------------------------------------------------------------------------------------------------------- */

typedef struct Node {
    PyObject_HEAD
    uintptr_t link;      /* while an order is made: the node before it. The lowest bits are the marks below */
    Operation *rule;     /* NULL: a leaf */
    PyObject *x, *y;     /* the operands; NULL: a constant, or none. Of three or more: the tuples of operands, partials */
    double grad;
    double dx, dy;       /* the local partials; where the operand is a constant, that constant */
    double data;
    PyObject *context;
} Node;

enum { SEEN = 1, GRADED = 2, MARKS = 3 };  /* an order has come by; the gradient is known */

static Node *linked(const Node *node) { return (Node *)(node->link & ~(uintptr_t)MARKS); }
static void set_link(Node *node, Node *other) { node->link = (uintptr_t)other | (node->link & MARKS); }

/* What Python hands in, once: see `seal` and `quicken`. */
static PyTypeObject *value_type, *node_type;
static PyObject *python_record, *python_apply, *python_call, *python_float, *python_hypot, *current, *asked;
static Operation *operations[ROWS_COUNT];

#define IS_VALUE(object) (Py_TYPE(object) == value_type)
#define WIDE(node) ((node)->rule->arity > 2)

static int py_hypot(double x, double y, double *out) {
    PyObject *result = PyObject_CallFunction(python_hypot, "dd", x, y);
    if (result == NULL) {
        PyErr_Clear();  /* whatever it is, Python meets it again */
        return 0;
    }
    *out = PyFloat_AsDouble(result);
    Py_DECREF(result);
    return isfinite(*out);
}

/* ---- Memory -------------------------------------------------------------------------------------------------------

   Nodes lie in slabs. A slab whose nodes have all been freed begins anew, in the order of addresses: what is computed
   one after the other lies side by side, which is half of the speed of a large graph. */

enum { SLAB_BYTES = 1 << 16 };
typedef struct Slab {
    struct Slab *next;  /* another that has room */
    Node *freed;        /* places to be used again, linked */
    Py_ssize_t used;    /* how many nodes live here */
    Py_ssize_t begun;   /* how many places have been used */
    Node nodes[];
} Slab;
enum { PER_SLAB = (SLAB_BYTES - sizeof(Slab)) / sizeof(Node) };

static Slab *roomy;  /* the slabs that have room */
static Py_ssize_t empty;
static Node *dead;   /* nodes that wait to be freed */
static int freeing;

static Slab *new_slab(void) {
    Slab *slab = NULL;
#ifdef _WIN32
    slab = _aligned_malloc(SLAB_BYTES, SLAB_BYTES);
#else
    if (posix_memalign((void **)&slab, SLAB_BYTES, SLAB_BYTES) != 0)
        slab = NULL;
#endif
    if (slab == NULL)
        return (Slab *)PyErr_NoMemory();
    PyTraceMalloc_Track(0, (uintptr_t)slab, SLAB_BYTES);
    memset(slab, 0, sizeof(Slab));
    empty++;
    return roomy = slab;
}

/* Give slabs back, until no more than so many empty ones are left. */
static void trim_to(Py_ssize_t limit) {
    for (Slab **place = &roomy, *slab; (slab = *place) != NULL && empty > limit;) {
        if (slab->used != 0) {
            place = &slab->next;
            continue;
        }
        *place = slab->next;
        empty--;
        PyTraceMalloc_Untrack(0, (uintptr_t)slab);
#ifdef _WIN32
        _aligned_free(slab);
#else
        free(slab);
#endif
    }
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static PyObject *trim(PyObject *module, PyObject *unused) {
    trim_to(0);
    Py_RETURN_NONE;
}

static ALWAYS_INLINE Node *new_node(void) {
    Slab *slab = roomy;
    if (slab == NULL && (slab = new_slab()) == NULL)
        return NULL;
    Node *node = slab->freed;
    if (node != NULL)
        slab->freed = linked(node);
    else
        node = &slab->nodes[slab->begun++];
    empty -= slab->used == 0;
    if (++slab->used == PER_SLAB)
        roomy = slab->next;
#ifdef Py_REF_DEBUG
    PyObject_Init((PyObject *)node, value_type);
#else
    Py_SET_REFCNT((PyObject *)node, 1);  /* without a reference to the type, which lives for ever */
    Py_SET_TYPE((PyObject *)node, value_type);
#endif
    return node;
}

static ALWAYS_INLINE void give_back(Node *node) {
    Slab *slab = (Slab *)((uintptr_t)node & ~(uintptr_t)(SLAB_BYTES - 1));
    if (slab->used-- == PER_SLAB) {
        slab->next = roomy;
        roomy = slab;
    }
    node->link = (uintptr_t)slab->freed;
    slab->freed = node;
    if (slab->used == 0) {
        slab->freed = NULL;
        slab->begun = 0;
        if (++empty > (Py_ssize_t)(POOL_BYTES / SLAB_BYTES))
            trim_to(POOL_BYTES / SLAB_BYTES / 2);
    }
}

/* Let go of a reference; what dies by it waits to be freed. */
static ALWAYS_INLINE void release(PyObject *object) {
#ifndef Py_REF_DEBUG
    if (object != NULL && IS_VALUE(object) && Py_REFCNT(object) == 1) {  /* as by Py_DECREF, without the calls */
        ((Node *)object)->link = (uintptr_t)dead;
        dead = (Node *)object;
        return;
    }
#endif
    Py_XDECREF(object);
}

/* Free a node, and all that lives by it alone. One that is met on the way waits in a list, so that a chain of any
   length is freed without recursion. */
static void node_dealloc(PyObject *self) {
    Node *node = (Node *)self;
    if (freeing) {
        node->link = (uintptr_t)dead;
        dead = node;
        return;
    }
    freeing = 1;
    for (;;) {
        release(node->x);
        release(node->y);
        Py_XDECREF(node->rule);
        Py_XDECREF(node->context);
#ifdef Py_REF_DEBUG
        Py_DECREF(value_type);
#endif
        give_back(node);
        if (dead == NULL)
            break;
        node = dead;
        dead = linked(node);
    }
    freeing = 0;
}

/* ---- Recording ---------------------------------------------------------------------------------------------------- */

/* The surroundings of what is recorded here: a new reference. While lines are recorded, lines.py asks for them. */
static ALWAYS_INLINE PyObject *surroundings(void) {
    PyObject *context;
    if (asked != NULL)
        return PyObject_CallNoArgs(asked);
    return PyContextVar_Get(current, NULL, &context) < 0 ? NULL : context;
}

/* A new node without operands, or NULL with an exception. */
static ALWAYS_INLINE Node *recorded(Operation *rule, double data) {
    PyObject *context = surroundings();
    Node *node = context != NULL ? new_node() : NULL;
    if (node == NULL) {
        Py_XDECREF(context);
        return NULL;
    }
    node->data = data;
    node->x = node->y = NULL;
    node->rule = (Operation *)Py_NewRef((PyObject *)rule);
    node->context = context;
    node->link = 0;
    return node;
}

enum kind { NUMBER, VALUE, OTHER };

/* What an operand is, and its number. An int that is too large for a float is Python's business. */
static ALWAYS_INLINE enum kind operand(PyObject *object, double *number) {
    if (IS_VALUE(object)) {
        *number = ((Node *)object)->data;
        return VALUE;
    }
    if (PyFloat_CheckExact(object)) {
        *number = PyFloat_AS_DOUBLE(object);
        return NUMBER;
    }
    if (PyLong_CheckExact(object)) {
        *number = PyLong_AsDouble(object);
        if (*number != -1.0 || !PyErr_Occurred())
            return NUMBER;
        PyErr_Clear();
    }
    return OTHER;
}

/* Each function below returns NULL without an exception where the case is not ordinary. */

static ALWAYS_INLINE PyObject *record_unary(Operation *op, const struct row *row, PyObject *x) {
    double v[2], dx = 0.0;
    v[0] = ((Node *)x)->data;
    if (!isfinite(v[0]) || !row->value(v, &v[1]) || (row->by[0] != NULL && !row->by[0](v, &dx)))
        return NULL;
    Node *node = recorded(op, v[1]);
    if (node == NULL)
        return NULL;
    node->x = Py_NewRef(x);
    node->dx = dx;
    return (PyObject *)node;
}

static ALWAYS_INLINE PyObject *record_binary(Operation *op, const struct row *row, PyObject *x, enum kind kx,
                                             PyObject *y, enum kind ky, double *v) {
    double dx = v[0], dy = v[1];
    if (!isfinite(v[0]) || !isfinite(v[1]) || !row->value(v, &v[2])
        || (kx == VALUE && row->by[0] != NULL && !row->by[0](v, &dx))
        || (ky == VALUE && row->by[1] != NULL && !row->by[1](v, &dy)))
        return NULL;
    Node *node = recorded(op, v[2]);
    if (node == NULL)
        return NULL;
    if (kx == VALUE)
        node->x = Py_NewRef(x);
    if (ky == VALUE)
        node->y = Py_NewRef(y);
    node->dx = dx;
    node->dy = dy;
    return (PyObject *)node;
}

static PyObject *record_wide(Operation *op, double data, PyObject *operands, PyObject *partials) {
    Node *node = recorded(op, data);
    if (node == NULL)
        return NULL;
    node->x = Py_NewRef(operands);
    node->y = Py_NewRef(partials);
    node->dx = node->dy = 0.0;
    return (PyObject *)node;
}

static PyObject *record_ternary(Operation *op, PyObject *const *args, const enum kind *kinds, double *v) {
    const struct row *row = op->row;
    PyObject *operands = PyTuple_New(3), *partials = PyTuple_New(3), *node = NULL;
    int known = operands != NULL && partials != NULL && row->value(v, &v[3]);
    for (int i = 0; i < 3 && known; i++) {
        double partial;
        int flows = kinds[i] == VALUE && row->by[i] != NULL;
        PyObject *x = kinds[i] == VALUE ? Py_NewRef(args[i]) : PyFloat_FromDouble(v[i]), *dx = NULL;
        if (!flows)
            dx = Py_NewRef(Py_None);
        else if (row->by[i](v, &partial))
            dx = PyFloat_FromDouble(partial);
        known = x != NULL && dx != NULL;
        PyTuple_SET_ITEM(operands, i, x);
        PyTuple_SET_ITEM(partials, i, dx);
    }
    if (known)
        node = record_wide(op, v[3], operands, partials);
    Py_XDECREF(operands);
    Py_XDECREF(partials);
    return node;
}

/* An operation of the table on as many operands as it has: a node, or for plain numbers a float. */
static PyObject *applied(Operation *op, PyObject *const *args) {
    const struct row *row = op->row;
    enum kind kinds[3];
    double v[4];
    int values = 0;
    if (row->arity == 1 && IS_VALUE(args[0]))
        return record_unary(op, row, args[0]);
    for (int i = 0; i < row->arity; i++) {
        kinds[i] = operand(args[i], &v[i]);
        if (kinds[i] == OTHER || !isfinite(v[i]))
            return NULL;
        values += kinds[i] == VALUE;
    }
    if (values == 0)
        return row->value(v, &v[row->arity]) ? PyFloat_FromDouble(v[row->arity]) : NULL;
    if (row->arity == 2)
        return record_binary(op, row, args[0], kinds[0], args[1], kinds[1], v);
    return record_ternary(op, args, kinds, v);
}

/* Both are inlined with a constant row, so that an operator holds its rule. */

static ALWAYS_INLINE PyObject *binary(int place, PyObject *x, PyObject *y) {
    Operation *op = operations[place];
    double v[3] = {0.0, 0.0, 0.0};
    enum kind kx = operand(x, &v[0]), ky = operand(y, &v[1]);
    if (kx == OTHER || ky == OTHER)
        return PyObject_CallFunctionObjArgs(python_apply, op, x, y, NULL);
    PyObject *node = op->row != NULL ? record_binary(op, &ROWS[place], x, kx, y, ky, v) : NULL;
    if (node != NULL || PyErr_Occurred())
        return node;
    PyObject *operands = PyTuple_Pack(2, x, y);
    node = operands == NULL ? NULL : PyObject_CallFunctionObjArgs(python_record, op, operands, NULL);
    Py_XDECREF(operands);
    return node;
}

static ALWAYS_INLINE PyObject *unary(int place, PyObject *x) {
    Operation *op = operations[place];
    PyObject *node = op->row != NULL ? record_unary(op, &ROWS[place], x) : NULL;
    return node != NULL || PyErr_Occurred() ? node : PyObject_CallOneArg((PyObject *)op, x);
}

#define BINARY(name) static PyObject *node_##name(PyObject *x, PyObject *y) { return binary(ROW_##name, x, y); }
BINARY(add) BINARY(sub) BINARY(mul) BINARY(div) BINARY(mod) BINARY(floordiv)

static PyObject *node_pow(PyObject *x, PyObject *y, PyObject *modulus) {
    if (modulus == Py_None)
        return binary(ROW_pow, x, y);
    PyErr_SetString(PyExc_TypeError, "pow() of a Value takes no third argument: it is for integers");
    return NULL;
}

static PyObject *node_neg(PyObject *x) { return unary(ROW_neg, x); }
static PyObject *node_abs(PyObject *x) { return unary(ROW_abs, x); }

/* made(op, data, operands, partials): the node that `record` has computed; a partial is None where nothing flows. */
static PyObject *made(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (count != 4 || !PyObject_TypeCheck(args[0], Py_TYPE(operations[0])) || !PyTuple_Check(args[2])
        || !PyTuple_Check(args[3]) || PyTuple_GET_SIZE(args[2]) != PyTuple_GET_SIZE(args[3])) {
        PyErr_SetString(PyExc_TypeError, "made(op, data, operands, partials): an Op, a number and two tuples");
        return NULL;
    }
    Operation *op = (Operation *)args[0];
    Py_ssize_t arity = PyTuple_GET_SIZE(args[2]);
    double data = PyFloat_AsDouble(args[1]);
    if (PyErr_Occurred())
        return NULL;
    if (arity > 2)
        return record_wide(op, data, args[2], args[3]);
    PyObject *operands[2] = {NULL, NULL};
    double numbers[2] = {0.0, 0.0};  /* a constant, or the partial of an operand */
    for (Py_ssize_t i = 0; i < arity; i++) {
        PyObject *x = PyTuple_GET_ITEM(args[2], i), *partial = PyTuple_GET_ITEM(args[3], i);
        if (IS_VALUE(x))
            operands[i] = x;
        PyObject *number = operands[i] == NULL ? x : partial;
        numbers[i] = number == Py_None ? 0.0 : PyFloat_AsDouble(number);
        if (PyErr_Occurred())
            return NULL;
    }
    Node *node = recorded(op, data);
    if (node == NULL)
        return NULL;
    node->x = Py_XNewRef(operands[0]);
    node->y = Py_XNewRef(operands[1]);
    node->dx = numbers[0];
    node->dy = numbers[1];
    return (PyObject *)node;
}

/* ---- The order of a graph and the sweeps along it ----------------------------------------------------------------- */

/* A node, if it is computed and no order has come by. */
static ALWAYS_INLINE Node *unseen(PyObject *operand) {
    Node *node = (Node *)operand;
    return node != NULL && node->rule != NULL && !(node->link & SEEN) ? node : NULL;
}

/* The first operand that is computed and that no order has come by; whether there are `more` of them. */
static ALWAYS_INLINE Node *next_operand(const Node *node, int *more) {
    Node *found = NULL, *other;
    *more = 0;
    if (!WIDE(node)) {
        found = unseen(node->x);
        other = unseen(node->y);
        *more = found != NULL && other != NULL && other != found;
        return found != NULL ? found : other;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->x) && !*more; i++) {
        other = IS_VALUE(PyTuple_GET_ITEM(node->x, i)) ? unseen(PyTuple_GET_ITEM(node->x, i)) : NULL;
        *more = found != NULL && other != NULL && other != found;
        found = found != NULL ? found : other;
    }
    return found;
}

/* Put the computed nodes that a root depends on in front of a linked list, each in front of its operands: depth first,
   from left to right. Marks them; with `fresh` their gradients become 0.

   In the list, a node stands right before the last of its operands that is met. So the way down along last operands,
   from `top`, is linked at once. A node that has more of them waits until the others are in the list. What the way
   down to it began with is kept meanwhile in the place of its operand x, or, if it has a tuple of operands, of dx:
   when it is its turn again, x is the head of the list. */
static Node *ordered(PyObject *root, Node *list, int fresh) {
    Node *node = unseen(root), *top = node, *waiting = NULL, *next;
    int more;
    if (node == NULL)
        return list;
    for (;;) {
        node->link |= SEEN;
        if (fresh) {
            node->grad = 0.0;
            node->link |= GRADED;
        }
        while ((next = next_operand(node, &more)) == NULL) {
            set_link(node, list);
            list = top;
            if (waiting == NULL)
                return list;
            node = waiting;
            waiting = linked(node);
            if (WIDE(node)) {
                memcpy(&top, &node->dx, sizeof top);
            } else {
                top = (Node *)node->x;
                node->x = (PyObject *)list;
            }
        }
        if (more) {
            if (WIDE(node))
                memcpy(&node->dx, &top, sizeof top);
            else
                node->x = (PyObject *)top;
            set_link(node, waiting);
            waiting = node;
            top = next;
        } else {
            set_link(node, next);
        }
        node = next;
    }
}

/* The next of a list, and the node as it was before. */
static ALWAYS_INLINE Node *taken(Node *node) {
    Node *next = linked(node);
    node->link &= GRADED;
    return next;
}

static void flow(PyObject *operand, double share) { ((Node *)operand)->grad += share; }

static void sweep(Node *root, double seed) {
    Node *node = ordered((PyObject *)root, NULL, 1);
    for (root->grad += seed; node != NULL; node = taken(node)) {
        double upstream = node->grad;
        if (!WIDE(node)) {
            if (node->x != NULL && node->rule->flows & 1)
                flow(node->x, upstream * node->dx);
            if (node->y != NULL && node->rule->flows & 2)
                flow(node->y, upstream * node->dy);
        } else {
            for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->x); i++) {
                PyObject *partial = PyTuple_GET_ITEM(node->y, i);
                if (partial != Py_None)
                    flow(PyTuple_GET_ITEM(node->x, i), upstream * PyFloat_AS_DOUBLE(partial));
            }
        }
    }
}

static PyObject *node_backward(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    double seed = 1.0;
    Py_ssize_t named = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    if (count + named > 1 || (named == 1 && !PyUnicode_Check(PyTuple_GET_ITEM(names, 0)))
        || (named == 1 && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "seed") != 0)) {
        PyErr_SetString(PyExc_TypeError, "backward() takes one argument at most, the seed");
        return NULL;
    }
    if (count + named == 1 && PyFloat_CheckExact(args[0])) {
        seed = PyFloat_AS_DOUBLE(args[0]);
    } else if (count + named == 1) {
        PyObject *number = PyObject_CallOneArg(python_float, args[0]);
        if (number == NULL)
            return NULL;
        seed = PyFloat_AsDouble(number);
        Py_DECREF(number);
    }
    sweep((Node *)self, seed);
    Py_RETURN_NONE;
}

static void forget(PyObject *operand) {
    if (operand != NULL && IS_VALUE(operand) && ((Node *)operand)->rule == NULL)
        ((Node *)operand)->grad = 0.0;
}

static PyObject *node_zero_grad(PyObject *self, PyObject *unused) {
    ((Node *)self)->grad = 0.0;
    for (Node *node = ordered(self, NULL, 0); node != NULL;) {
        if (!WIDE(node)) {
            forget(node->x);
            forget(node->y);
        } else {
            for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->x); i++)
                forget(PyTuple_GET_ITEM(node->x, i));
        }
        Node *next = taken(node);
        node->link = 0;  /* not known any more */
        node = next;
    }
    Py_RETURN_NONE;
}

/* topological_order(*roots, border=()) */
static PyObject *topological_order(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    PyObject *border = NULL, *result = NULL;
    if (names != NULL && (PyTuple_GET_SIZE(names) != 1
                          || PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "border") != 0)) {
        PyErr_SetString(PyExc_TypeError, "topological_order(*roots, border=()) takes no other keyword");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (!IS_VALUE(args[i])) {
            PyErr_Format(PyExc_TypeError, "topological_order: the roots are Values, got %s", Py_TYPE(args[i])->tp_name);
            return NULL;
        }
    if (names != NULL && (border = PySequence_Fast(args[count], "border: Values")) == NULL)
        return NULL;
    Py_ssize_t limit = border == NULL ? 0 : PySequence_Fast_GET_SIZE(border), length = 0;
    PyObject **bounds = border == NULL ? NULL : PySequence_Fast_ITEMS(border), **nodes;
    Node *list = NULL, *node;
    for (Py_ssize_t i = 0; i < limit; i++)
        if (IS_VALUE(bounds[i]))
            ((Node *)bounds[i])->link |= SEEN;
    for (Py_ssize_t i = 0; i < count; i++)
        list = ordered(args[i], list, 0);
    for (node = list; node != NULL; node = linked(node))
        length++;
    nodes = PyMem_RawMalloc((size_t)(length + 1) * sizeof(PyObject *));
    node = list;
    for (Py_ssize_t i = length; node != NULL; node = taken(node))  /* no link is left when Python runs again */
        if (nodes != NULL)
            nodes[--i] = Py_NewRef((PyObject *)node);
    for (Py_ssize_t i = 0; i < limit; i++)
        if (IS_VALUE(bounds[i]))
            ((Node *)bounds[i])->link &= GRADED;
    Py_XDECREF(border);
    if (nodes == NULL)
        return PyErr_NoMemory();
    if ((result = PyList_New(length)) != NULL)
        for (Py_ssize_t i = 0; i < length; i++)
            PyList_SET_ITEM(result, i, nodes[i]);
    else
        for (Py_ssize_t i = 0; i < length; i++)
            Py_DECREF(nodes[i]);
    PyMem_RawFree(nodes);
    return result;
}

/* ---- What Python sees of a node ----------------------------------------------------------------------------------- */

static PyObject *operand_at(const Node *node, int place) {
    PyObject *x = place == 0 ? node->x : node->y;
    return x != NULL ? Py_NewRef(x) : PyFloat_FromDouble(place == 0 ? node->dx : node->dy);
}

static PyObject *partial_at(const Node *node, int place) {
    if ((place == 0 ? node->x : node->y) == NULL || !(node->rule->flows >> place & 1))
        return Py_NewRef(Py_None);
    return PyFloat_FromDouble(place == 0 ? node->dx : node->dy);
}

static PyObject *in_tuple(const Node *node, PyObject *(*at)(const Node *, int), PyObject *wide) {
    int arity = node->rule == NULL ? 0 : (int)node->rule->arity;
    if (node->rule != NULL && WIDE(node))
        return Py_NewRef(wide);
    PyObject *result = PyTuple_New(arity);
    for (int i = 0; i < arity && result != NULL; i++) {
        PyObject *item = at(node, i);
        if (item == NULL)
            Py_CLEAR(result);
        else
            PyTuple_SET_ITEM(result, i, item);
    }
    return result;
}

static PyObject *get_operands(PyObject *self, void *unused) {
    return in_tuple((Node *)self, operand_at, ((Node *)self)->x);
}

static PyObject *get_partials(PyObject *self, void *unused) {
    return in_tuple((Node *)self, partial_at, ((Node *)self)->y);
}

static PyObject *get_data(PyObject *self, void *unused) {
    if (((Node *)self)->context != NULL)
        return PyFloat_FromDouble(((Node *)self)->data);
    PyErr_SetString(PyExc_AttributeError, "_data");  /* __init__ has not been called */
    return NULL;
}

static int set_double(double *field, PyObject *number) {
    if (number == NULL || !PyFloat_Check(number)) {
        PyErr_SetString(PyExc_TypeError, "a node holds floats");
        return -1;
    }
    *field = PyFloat_AS_DOUBLE(number);
    return 0;
}

static int set_data(PyObject *self, PyObject *number, void *unused) {
    return set_double(&((Node *)self)->data, number);
}

static PyObject *get_grad(PyObject *self, void *unused) {
    Node *node = (Node *)self;
    return node->rule == NULL || node->link & GRADED ? PyFloat_FromDouble(node->grad) : Py_NewRef(Py_None);
}

static int set_grad(PyObject *self, PyObject *number, void *unused) {
    Node *node = (Node *)self;
    if (set_double(&node->grad, number) < 0)
        return -1;
    node->link |= GRADED;
    return 0;
}

static PyObject *get_rule(PyObject *self, void *unused) {
    Operation *rule = ((Node *)self)->rule;
    return Py_NewRef(rule == NULL ? Py_None : (PyObject *)rule);
}

static PyObject *get_context(PyObject *self, void *unused) {
    PyObject *context = ((Node *)self)->context;
    if (context == NULL)
        PyErr_SetString(PyExc_AttributeError, "_context");
    return Py_XNewRef(context);
}

static int set_context(PyObject *self, PyObject *context, void *unused) {
    if (context == NULL) {
        PyErr_SetString(PyExc_TypeError, "a node is somewhere");
        return -1;
    }
    Py_XSETREF(((Node *)self)->context, Py_NewRef(context));
    return 0;
}

static PyGetSetDef node_fields[] = {
    {"_data", get_data, set_data, NULL, NULL},
    {"_grad", get_grad, set_grad, NULL, NULL},
    {"_rule", get_rule, NULL, NULL, NULL},
    {"_context", get_context, set_context, NULL, NULL},
    {"operands", get_operands, NULL, DOC_operands, NULL},
    {"partials", get_partials, NULL, DOC_partials, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* _start(data, context): make it a leaf. */
static PyObject *node_start(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    Node *node = (Node *)self;
    if (count != 2 || !PyFloat_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "_start(data, context): a float and what surrounds the leaf");
        return NULL;
    }
    Py_CLEAR(node->x);
    Py_CLEAR(node->y);
    Py_CLEAR(node->rule);
    node->data = PyFloat_AS_DOUBLE(args[0]);
    node->grad = 0.0;
    Py_XSETREF(node->context, Py_NewRef(args[1]));
    Py_RETURN_NONE;
}

static PyMethodDef node_methods[] = {
    {"backward", (PyCFunction)(void (*)(void))node_backward, METH_FASTCALL | METH_KEYWORDS, DOC_backward},
    {"zero_grad", node_zero_grad, METH_NOARGS, DOC_zero_grad},
    {"_start", (PyCFunction)(void (*)(void))node_start, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *node_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    if (type != value_type) {
        PyErr_Format(PyExc_TypeError, "no %s can be made: nodes are Values", type->tp_name);
        return NULL;
    }
    Node *node = new_node();
    if (node == NULL)
        return NULL;
    node->data = Py_NAN;  /* until __init__ has been called; nothing computes with that here */
    node->grad = node->dx = node->dy = 0.0;
    node->x = node->y = node->context = NULL;
    node->rule = NULL;
    node->link = 0;
    return (PyObject *)node;
}

static PyType_Slot node_slots[] = {
    {Py_tp_doc, "A number, and the operation and the operands that it came from."},
    {Py_tp_new, node_new},
    {Py_tp_dealloc, node_dealloc},
    {Py_tp_getset, node_fields},
    {Py_tp_methods, node_methods},
    {0, NULL},
};
static PyType_Spec node_spec = {
    "autograd_lite.engine._node.Node", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, node_slots};

static PyType_Slot value_slots[] = {
    {Py_tp_new, node_new},       {Py_tp_dealloc, node_dealloc},
    {Py_nb_add, node_add},       {Py_nb_subtract, node_sub},        {Py_nb_multiply, node_mul},
    {Py_nb_power, node_pow},     {Py_nb_true_divide, node_div},     {Py_nb_remainder, node_mod},
    {Py_nb_negative, node_neg},  {Py_nb_floor_divide, node_floordiv}, {Py_nb_absolute, node_abs},
    {0, NULL},
};
static PyType_Spec value_spec = {
    "autograd_lite.engine.value.Value", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, value_slots};

/* ---- What Python sees of an operation ------------------------------------------------------------------------------ */

static PyObject *operation_call(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    Operation *op = (Operation *)self;
    if (op->row != NULL && names == NULL && PyVectorcall_NARGS(flags) == op->row->arity) {
        PyObject *result = applied(op, args);
        if (result != NULL || PyErr_Occurred())
            return result;
    }
    PyObject *result = NULL, *method = python_call == NULL ? NULL : PyMethod_New(python_call, self);
    if (method != NULL)
        result = PyObject_Vectorcall(method, args, flags & ~PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "the operations are not there yet");
    Py_XDECREF(method);
    return result;
}

static PyObject *operation_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    Operation *op = (Operation *)type->tp_alloc(type, 0);
    if (op != NULL)
        op->call = operation_call;
    return (PyObject *)op;
}

static int operation_init(PyObject *self, PyObject *args, PyObject *named) { return 0; }

static void operation_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* An operation that is given another rule is Python's business from then on. */
static int operation_setattr(PyObject *self, PyObject *name, PyObject *value) {
    if (PyUnicode_CompareWithASCIIString(name, "value") == 0 || PyUnicode_CompareWithASCIIString(name, "partials") == 0)
        ((Operation *)self)->row = NULL;
    return PyObject_GenericSetAttr(self, name, value);
}

#include <structmember.h>
static PyMemberDef operation_fields[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Operation, call), READONLY, NULL},
    {"arity", T_PYSSIZET, offsetof(Operation, arity), 0, "How many operands there are, those with a default included."},
    {"flows", T_UINT, offsetof(Operation, flows), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot operation_slots[] = {
    {Py_tp_new, operation_new},
    {Py_tp_init, operation_init},
    {Py_tp_dealloc, operation_dealloc},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_setattro, operation_setattr},
    {Py_tp_members, operation_fields},
    {0, NULL},
};
static PyType_Spec operation_spec = {
    "autograd_lite.engine._node.Operation", sizeof(Operation), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL, operation_slots};

/* ---- The module --------------------------------------------------------------------------------------------------- */

/* applied(op, operands): what `_apply` of a Value is; `record` if the case is not ordinary. */
static PyObject *apply_to(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (count != 2 || !PyTuple_Check(args[1]) || !PyObject_TypeCheck(args[0], Py_TYPE(operations[0]))) {
        PyErr_SetString(PyExc_TypeError, "applied(op, operands): an Op and a tuple");
        return NULL;
    }
    Operation *op = (Operation *)args[0];
    if (op->row != NULL && PyTuple_GET_SIZE(args[1]) == op->row->arity) {
        PyObject *result = applied(op, &PyTuple_GET_ITEM(args[1], 0));
        if (result != NULL || PyErr_Occurred())
            return result;
    }
    return PyObject_CallFunctionObjArgs(python_record, op, args[1], NULL);
}

/* rule(name, place, operands): the value (place -1) or a partial in C, of floats; None where Python has to do it. */
static PyObject *rule_of(PyObject *module, PyObject *args) {
    const char *name;
    int place;
    PyObject *numbers;
    double v[5], result;
    if (!PyArg_ParseTuple(args, "siO!", &name, &place, &PyTuple_Type, &numbers))
        return NULL;
    for (int i = 0; i < ROWS_COUNT; i++) {
        if (strcmp(ROWS[i].name, name) != 0 || place < -1 || place >= ROWS[i].arity
            || PyTuple_GET_SIZE(numbers) != ROWS[i].arity + (place >= 0))
            continue;
        for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(numbers); k++)
            v[k] = PyFloat_AsDouble(PyTuple_GET_ITEM(numbers, k));
        if (PyErr_Occurred())
            return NULL;
        rule f = place < 0 ? ROWS[i].value : ROWS[i].by[place];
        if (f == NULL)
            return PyFloat_FromDouble(0.0);
        if (f(v, &result))
            return PyFloat_FromDouble(result);
        Py_RETURN_NONE;
    }
    PyErr_Format(PyExc_KeyError, "no such rule in C: %s, %d", name, place);
    return NULL;
}

/* ask(function or None): what is called for the surroundings in place of the context variable. */
static PyObject *ask(PyObject *module, PyObject *function) {
    Py_XSETREF(asked, function == Py_None ? NULL : Py_NewRef(function));
    Py_RETURN_NONE;
}

/* quicken(Op, TABLE): calls of operations begin here, and end in Op.__call__ where the case is not ordinary. */
static PyObject *quicken(PyObject *module, PyObject *args) {
    PyTypeObject *type;
    PyObject *table;
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &type, &PyDict_Type, &table))
        return NULL;
    for (int i = 0; i < ROWS_COUNT; i++) {
        PyObject *op = PyDict_GetItemString(table, ROWS[i].name);
        if (op == NULL || !PyObject_TypeCheck(op, type)) {
            PyErr_Format(PyExc_ImportError, "built from another table: it has no %s", ROWS[i].name);
            return NULL;
        }
        operations[i] = (Operation *)Py_NewRef(op);
        operations[i]->row = &ROWS[i];
    }
    if ((python_call = PyObject_GetAttrString((PyObject *)type, "__call__")) == NULL
        || PyObject_DelItemString(type->tp_dict, "__call__") < 0)
        return NULL;
    type->tp_call = PyVectorcall_Call;
#if PY_VERSION_HEX < 0x030C0000  /* later ones inherit it */
    type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
#endif
    PyType_Modified(type);
    Py_RETURN_NONE;
}

/* seal(bases, record, apply, as_float, current): the type of Values, to which Python then adds their methods. A class
   statement would make one that the cycle collector goes through. */
static PyObject *seal(PyObject *module, PyObject *args) {
    PyObject *bases, *math;
    if (value_type != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "there is one type of Values");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!OOOO", &PyTuple_Type, &bases, &python_record, &python_apply, &python_float, &current))
        return NULL;
    Py_INCREF(python_record);
    Py_INCREF(python_apply);
    Py_INCREF(python_float);
    Py_INCREF(current);
    if ((math = PyImport_ImportModule("math")) == NULL)
        return NULL;
    python_hypot = PyObject_GetAttrString(math, "hypot");
    Py_DECREF(math);
    if (python_hypot == NULL)
        return NULL;
    value_type = (PyTypeObject *)PyType_FromSpecWithBases(&value_spec, bases);
    return Py_XNewRef((PyObject *)value_type);
}

static PyMethodDef functions[] = {
    {"applied", (PyCFunction)(void (*)(void))apply_to, METH_FASTCALL, NULL},
    {"ask", ask, METH_O, NULL},
    {"made", (PyCFunction)(void (*)(void))made, METH_FASTCALL, NULL},
    {"quicken", quicken, METH_VARARGS, NULL},
    {"rule", rule_of, METH_VARARGS, NULL},
    {"seal", seal, METH_VARARGS, NULL},
    {"topological_order", (PyCFunction)(void (*)(void))topological_order, METH_FASTCALL | METH_KEYWORDS,
     DOC_topological_order},
    {"trim", trim, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int execute(PyObject *module) {
    if (node_type != NULL) {
        PyErr_SetString(PyExc_ImportError, "the engine in C serves one interpreter of a process");
        return -1;
    }
    node_type = (PyTypeObject *)PyType_FromSpec(&node_spec);
    PyObject *operation_type = PyType_FromSpec(&operation_spec);
    if (node_type == NULL || operation_type == NULL)
        return -1;
    int failed = PyModule_AddObjectRef(module, "Node", (PyObject *)node_type) < 0
                 || PyModule_AddObjectRef(module, "Operation", operation_type) < 0;
    Py_DECREF(operation_type);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, execute},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "_node", "The engine in C.", 0, functions, module_slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__node(void) { return PyModuleDef_Init(&module); }
