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

   What Python sees of all this, types and functions, is in `_node_types.h`.

   The rules are not written here: `_rules.h` is made from the table when this file is compiled (c_rules.py).

   A node is not tracked by the cycle collector, which would go through all nodes again and again: operands are fixed
   when a node is made, so there are no cycles. Everything here runs under the interpreter's lock, and no Python code
   runs while the nodes of a graph are marked or linked: between two calls of this module the links are always unused. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <fenv.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static int py_hypot(double x, double y, double *out);
#include <_rules.h>  /* not one that was left beside this file */

#ifndef POOL_BYTES  /* how much memory of freed nodes is kept for the next graph */
#define POOL_BYTES (1024L * 1024 * 1024)
#endif
#ifdef _WIN32
#define ALWAYS_INLINE __forceinline
#define aligned(place, alignment, size) ((*(place) = _aligned_malloc(size, alignment)) == NULL)
#define free_aligned _aligned_free
#else
#define ALWAYS_INLINE inline __attribute__((always_inline))
#include <sys/mman.h>
#define aligned(place, alignment, size) posix_memalign((void **)(place), alignment, size)
#define free_aligned free
#endif
#ifdef Py_REF_DEBUG  /* there, Python keeps count of all references and objects */
#define QUICK 0
#else
#define QUICK 1
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

enum { SEEN = 1, GRADED = 2, WIDE = 4, MARKS = 7 };  /* an order has come by; the gradient is known; operands in a tuple */

static Node *linked(const Node *node) { return (Node *)(node->link & ~(uintptr_t)MARKS); }
static void set_link(Node *node, Node *other) { node->link = (uintptr_t)other | (node->link & MARKS); }

/* What Python hands in, once: see `seal` and `quicken`. */
static PyTypeObject *value_type, *node_type, *operation_type, *method_type;
static PyObject *python_operator, *python_call, *python_float, *python_hypot, *current, *asked;
static Operation *operations[ROWS_COUNT];

#define IS_VALUE(object) (Py_TYPE(object) == value_type)

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
   one after the other lies side by side, which is half of the speed of a large graph. All begin at a multiple of MOST,
   where the slab of a node is found. With POOL_BYTES 0 each node is
   allocated by itself, for tools that watch over memory. */

static Node *dead;   /* nodes that wait to be freed */
static int freeing;

#if POOL_BYTES > 0
typedef struct Slab {
    struct Slab *next;  /* another that has room */
    Node *freed;        /* places to be used again, linked */
    size_t bytes;
    Py_ssize_t room;    /* for how many nodes */
    Py_ssize_t used;    /* how many live here */
    Py_ssize_t begun;   /* how many places have been used */
    Node nodes[];
} Slab;

/* The first slabs are small, so that little is left over; later ones have pages of 2 MB, which are faster to come by. */
enum { LEAST = 1 << 16, MOST = 1 << 21 };

static Slab *roomy;           /* the slabs that have room */
static size_t held, unused;   /* bytes of all slabs, and of those where no node lives */

static Slab *new_slab(void) {
    Slab *slab;
    size_t bytes = LEAST;
    while (bytes < MOST && bytes < held / 16)
        bytes *= 2;
    if (aligned(&slab, MOST, bytes))
        return (Slab *)PyErr_NoMemory();
#ifdef MADV_HUGEPAGE
    if (bytes == MOST)
        madvise(slab, bytes, MADV_HUGEPAGE);
#endif
    PyTraceMalloc_Track(0, (uintptr_t)slab, bytes);
    memset(slab, 0, sizeof(Slab));
    slab->bytes = bytes;
    slab->room = (bytes - sizeof(Slab)) / sizeof(Node);
    held += bytes;
    unused += bytes;
    return roomy = slab;
}

/* Give slabs back, until no more than so many bytes are unused. */
static void trim_to(size_t limit) {
    for (Slab **place = &roomy, *slab; (slab = *place) != NULL && unused > limit;) {
        if (slab->used != 0) {
            place = &slab->next;
            continue;
        }
        *place = slab->next;
        held -= slab->bytes;
        unused -= slab->bytes;
        PyTraceMalloc_Untrack(0, (uintptr_t)slab);
        free_aligned(slab);
    }
#ifdef __GLIBC__
    malloc_trim(0);
#endif
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
    if (slab->used == 0)
        unused -= slab->bytes;
    if (++slab->used == slab->room)
        roomy = slab->next;
    if (QUICK) {
        Py_SET_REFCNT((PyObject *)node, 1);
        Py_SET_TYPE((PyObject *)node, value_type);
    } else {
        PyObject_Init((PyObject *)node, value_type);
        Py_DECREF(value_type);  /* which lives for ever: nodes do not count */
    }
    return node;
}

static ALWAYS_INLINE void give_back(Node *node) {
    Slab *slab = (Slab *)((uintptr_t)node & ~(uintptr_t)(MOST - 1));
    if (slab->used-- == slab->room) {
        slab->next = roomy;
        roomy = slab;
    }
    node->link = (uintptr_t)slab->freed;
    slab->freed = node;
    if (slab->used == 0) {
        slab->freed = NULL;
        slab->begun = 0;
        unused += slab->bytes;
        if (unused > POOL_BYTES)
            trim_to(POOL_BYTES / 2);
    }
}

#else

static void trim_to(size_t limit) { (void)limit; }
static void give_back(Node *node) { PyObject_Free(node); }

static Node *new_node(void) {
    Node *node = PyObject_Malloc(sizeof(Node));
    if (node == NULL)
        return (Node *)PyErr_NoMemory();
    PyObject_Init((PyObject *)node, value_type);
    Py_DECREF(value_type);
    return node;
}

#endif

/* Ask for the memory of what was probably made twelve nodes before this one, and will be needed soon. */
static ALWAYS_INLINE void ahead(const Node *node) {
#ifdef __GNUC__
    __builtin_prefetch((const char *)node - 12 * sizeof(Node));
    __builtin_prefetch((const char *)node - 11 * sizeof(Node) - 24);  /* a node lies in two lines of the cache */
#endif
}

/* Let go of a reference; what dies by it waits to be freed. */
static ALWAYS_INLINE void release(PyObject *object) {
    if (QUICK && object != NULL && IS_VALUE(object) && Py_REFCNT(object) == 1) {  /* Py_DECREF without its calls */
        ((Node *)object)->link = (uintptr_t)dead;
        dead = (Node *)object;
    } else {
        Py_XDECREF(object);
    }
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
        ahead(node);
        release(node->x);
        release(node->y);
        Py_XDECREF(node->rule);
        Py_XDECREF(node->context);
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

/* A new node; NULL with an exception. */
static ALWAYS_INLINE PyObject *recorded(Operation *rule, uintptr_t marks, double data, PyObject *x, PyObject *y, double dx,
                                        double dy) {
    PyObject *context = surroundings();
    Node *node = context != NULL ? new_node() : NULL;
    if (node == NULL) {
        Py_XDECREF(context);
        return NULL;
    }
    node->link = marks;
    node->rule = (Operation *)Py_NewRef((PyObject *)rule);
    node->x = Py_XNewRef(x);
    node->y = Py_XNewRef(y);
    node->dx = dx;
    node->dy = dy;
    node->data = data;
    node->context = context;
    return (PyObject *)node;
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

/* Each function below returns NULL without an exception where the case is not ordinary. In v are the operands, and then
   the result. */

/* Nobody is told of the overflow or the division that has been tried here: NumPy would warn of it. */
static PyObject *unanswered(void) {
    feclearexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    return NULL;
}

/* An operation of one operand or two: a node, or for plain numbers a float. With a constant row it holds the rule. */
static ALWAYS_INLINE PyObject *applied(Operation *op, const struct row *row, int arity, PyObject *x, PyObject *y) {
    double v[3] = {0.0, 0.0, 0.0}, dx, dy;
    enum kind kx = operand(x, &v[0]), ky = arity == 2 ? operand(y, &v[1]) : NUMBER;
    if (kx == OTHER || ky == OTHER || !isfinite(v[0]) || (arity == 2 && !isfinite(v[1])))
        return NULL;
    if (!row->value(v, &v[arity]))
        return unanswered();
    if (kx == NUMBER && ky == NUMBER)
        return PyFloat_FromDouble(v[arity]);
    dx = v[0];
    dy = arity == 2 ? v[1] : 0.0;
    if ((kx == VALUE && row->by[0] != NULL && !row->by[0](v, &dx))
        || (ky == VALUE && row->by[1] != NULL && !row->by[1](v, &dy)))
        return unanswered();
    return recorded(op, 0, v[arity], kx == VALUE ? x : NULL, ky == VALUE ? y : NULL, dx, dy);
}

static PyObject *applied_wide(Operation *op, PyObject *const *operands) {
    PyObject *xs = PyTuple_New(3), *partials = PyTuple_New(3), *result = NULL;
    enum kind kinds[3];
    double v[4];
    int known = xs != NULL && partials != NULL, values = 0;
    for (int i = 0; i < 3; i++) {
        kinds[i] = operand(operands[i], &v[i]);
        values += kinds[i] == VALUE;
        known = known && kinds[i] != OTHER && isfinite(v[i]);
    }
    known = known && op->row->value(v, &v[3]);
    for (int i = 0; i < 3 && known; i++) {
        double by = 0.0;
        int flows = kinds[i] == VALUE && op->row->by[i] != NULL;
        known = !flows || op->row->by[i](v, &by);
        PyTuple_SET_ITEM(xs, i, kinds[i] == VALUE ? Py_NewRef(operands[i]) : PyFloat_FromDouble(v[i]));
        PyTuple_SET_ITEM(partials, i, flows ? PyFloat_FromDouble(by) : Py_NewRef(Py_None));
        known = known && !PyErr_Occurred();
    }
    if (known) {
        PyObject_GC_UnTrack(xs);  /* nothing in them is tracked */
        PyObject_GC_UnTrack(partials);
    }
    if (!known)
        unanswered();
    else
        result = values == 0 ? PyFloat_FromDouble(v[3]) : recorded(op, WIDE, v[3], xs, partials, 0.0, 0.0);
    Py_XDECREF(xs);
    Py_XDECREF(partials);
    return result;
}

/* A call of an operation, as far as it is ordinary. */
static PyObject *called(Operation *op, PyObject *const *operands, size_t flags, PyObject *names) {
    const struct row *row = op->row;
    if (row == NULL || names != NULL || PyVectorcall_NARGS(flags) != row->arity)
        return NULL;
    if (row->arity == 1)
        return applied(op, row, 1, operands[0], NULL);
    return row->arity == 2 ? applied(op, row, 2, operands[0], operands[1]) : applied_wide(op, operands);
}

static ALWAYS_INLINE PyObject *binary(int place, PyObject *x, PyObject *y) {
    Operation *op = operations[place];
    PyObject *node = op->row != NULL ? applied(op, &ROWS[place], 2, x, y) : NULL;
    return node != NULL || PyErr_Occurred() ? node : PyObject_CallFunctionObjArgs(python_operator, op, x, y, NULL);
}

static ALWAYS_INLINE PyObject *unary(int place, PyObject *x) {
    Operation *op = operations[place];
    PyObject *node = op->row != NULL ? applied(op, &ROWS[place], 1, x, NULL) : NULL;
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
static PyObject *made(PyObject *module, PyObject *args) {
    PyObject *op, *xs, *partials, *operands[2] = {NULL, NULL};
    double data, by[2] = {0.0, 0.0};
    if (!PyArg_ParseTuple(args, "O!dO!O!", operation_type, &op, &data, &PyTuple_Type, &xs, &PyTuple_Type, &partials))
        return NULL;
    Py_ssize_t arity = PyTuple_GET_SIZE(xs);
    if (arity != ((Operation *)op)->arity || arity != PyTuple_GET_SIZE(partials)) {
        PyErr_SetString(PyExc_ValueError, "made: there are other operands than the operation has, or other partials");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < arity; i++) {
        PyObject *partial = PyTuple_GET_ITEM(partials, i);
        if (partial != Py_None && !(PyFloat_Check(partial) && IS_VALUE(PyTuple_GET_ITEM(xs, i)))) {
            PyErr_SetString(PyExc_TypeError, "made: a partial is a float, and of a Value, or None");
            return NULL;
        }
    }
    if (arity > 2)
        return recorded((Operation *)op, WIDE, data, xs, partials, 0.0, 0.0);
    for (Py_ssize_t i = 0; i < arity; i++) {
        PyObject *x = PyTuple_GET_ITEM(xs, i), *number = IS_VALUE(x) ? PyTuple_GET_ITEM(partials, i) : x;
        operands[i] = IS_VALUE(x) ? x : NULL;
        by[i] = number == Py_None ? 0.0 : PyFloat_AsDouble(number);
        if (PyErr_Occurred())
            return NULL;
    }
    return recorded((Operation *)op, 0, data, operands[0], operands[1], by[0], by[1]);
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
    if (!(node->link & WIDE)) {
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
        ahead(node);
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
            if (node->link & WIDE) {
                memcpy(&top, &node->dx, sizeof top);
            } else {
                top = (Node *)node->x;
                node->x = (PyObject *)list;
            }
        }
        if (more) {
            if (node->link & WIDE)
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
    node->link &= GRADED | WIDE;
    return next;
}

static ALWAYS_INLINE void flow(PyObject *operand, double share) { ((Node *)operand)->grad += share; }

static void sweep(Node *root, double seed) {
    Node *node = ordered((PyObject *)root, NULL, 1);
    for (root->grad += seed; node != NULL; node = taken(node)) {
        double upstream = node->grad;
        ahead(node);
        if (!(node->link & WIDE)) {
            if (node->x != NULL && node->rule->flows & 1)
                flow(node->x, upstream * node->dx);
            if (node->y != NULL && node->rule->flows & 2)
                flow(node->y, upstream * node->dy);
            continue;
        }
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->x); i++)
            if (PyTuple_GET_ITEM(node->y, i) != Py_None)
                flow(PyTuple_GET_ITEM(node->x, i), upstream * PyFloat_AsDouble(PyTuple_GET_ITEM(node->y, i)));
    }
}

static void forget(PyObject *operand) {
    if (operand != NULL && IS_VALUE(operand) && ((Node *)operand)->rule == NULL)
        ((Node *)operand)->grad = 0.0;
}

static PyObject *node_zero_grad(PyObject *self, PyObject *unused) {
    ((Node *)self)->grad = 0.0;
    for (Node *node = ordered(self, NULL, 0), *next; node != NULL; node = next) {
        if (!(node->link & WIDE)) {
            forget(node->x);
            forget(node->y);
        } else {
            for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->x); i++)
                forget(PyTuple_GET_ITEM(node->x, i));
        }
        next = taken(node);
        node->link &= WIDE;  /* no gradient is known any more */
    }
    Py_RETURN_NONE;
}

static void mark(PyObject *border, uintptr_t seen) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(border); i++)
        if (IS_VALUE(PyTuple_GET_ITEM(border, i)))
            ((Node *)PyTuple_GET_ITEM(border, i))->link = (((Node *)PyTuple_GET_ITEM(border, i))->link & (GRADED | WIDE)) | seen;
}

/* order(roots, border): two tuples. No link or mark is left when the list is made, which may run other Python code. */
static PyObject *order(PyObject *module, PyObject *args) {
    PyObject *roots, *border, **nodes, *result;
    Py_ssize_t length = 0, i;
    Node *list = NULL, *node;
    if (!PyArg_ParseTuple(args, "O!O!", &PyTuple_Type, &roots, &PyTuple_Type, &border))
        return NULL;
    mark(border, SEEN);
    for (i = 0; i < PyTuple_GET_SIZE(roots); i++)
        if (IS_VALUE(PyTuple_GET_ITEM(roots, i)))
            list = ordered(PyTuple_GET_ITEM(roots, i), list, 0);
    for (node = list; node != NULL; node = linked(node))
        length++;
    nodes = PyMem_RawMalloc((size_t)(length + 1) * sizeof(PyObject *));
    for (node = list, i = length; node != NULL; node = taken(node))
        if (nodes != NULL)
            nodes[--i] = Py_NewRef((PyObject *)node);
    mark(border, 0);
    result = nodes == NULL ? PyErr_NoMemory() : PyList_New(length);
    for (i = 0; i < length && nodes != NULL; i++)
        if (result != NULL)
            PyList_SET_ITEM(result, i, nodes[i]);
        else
            Py_DECREF(nodes[i]);
    PyMem_RawFree(nodes);
    return result;
}

/* ---- Derivatives that are graphs ---------------------------------------------------------------------------------- */

static PyObject *python_share, *settled, *changed_name, *partials_name;

/* Whether an operand has the number that it had when it was used: a constant, or one whose context says so. The last
   such context is kept, since most nodes share one. */
static int as_it_was(PyObject *operand) {
    PyObject *context = operand == NULL ? settled : ((Node *)operand)->context, *changed;
    if (operand == NULL || context == settled)
        return 1;
    if (context == NULL || (changed = PyObject_GetAttr(context, changed_name)) == NULL)
        return 0;
    if (changed == Py_False)
        Py_XSETREF(settled, Py_NewRef(context));
    Py_DECREF(changed);
    return changed == Py_False;
}

/* Upstream times local; no node for a factor 1 or -1. */
static PyObject *product(PyObject *upstream, PyObject *partial) {
    PyObject *pair[2] = {partial, upstream};
    for (int i = 0; i < 2; i++)
        if (PyFloat_CheckExact(pair[i]) && fabs(PyFloat_AS_DOUBLE(pair[i])) == 1.0)
            return PyFloat_AS_DOUBLE(pair[i]) == 1.0 ? Py_NewRef(pair[1 - i]) : PyNumber_Negative(pair[1 - i]);
    return PyNumber_Multiply(upstream, partial);
}

/* share(node, place, upstream): upstream times the local partial, as the row gives it for the operands; None where it is
   zero everywhere. What is not plain, an exception too, is left to Python's function of the name. */
static PyObject *share(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    PyObject *partials, *partial, *operands[3], *result = NULL;
    Node *node = count == 3 && IS_VALUE(args[0]) ? (Node *)args[0] : NULL;
    Py_ssize_t place = node != NULL && PyLong_Check(args[1]) ? PyLong_AsSsize_t(args[1]) : -1;
    if (node != NULL && node->rule != NULL && !(node->link & WIDE) && place >= 0 && place < node->rule->arity && node->rule->arity < 3
        && as_it_was(node->x) && as_it_was(node->y)
        && (partials = PyObject_GetAttr((PyObject *)node->rule, partials_name)) != NULL) {
        Py_ssize_t arity = node->rule->arity;
        operands[0] = node->x != NULL ? Py_NewRef(node->x) : PyFloat_FromDouble(node->dx);
        operands[1] = arity == 1 || node->y != NULL ? Py_XNewRef(node->y) : PyFloat_FromDouble(node->dy);
        operands[arity] = (PyObject *)node;
        partial = PyTuple_Check(partials) && place < PyTuple_GET_SIZE(partials) && !PyErr_Occurred()
                  ? Py_NewRef(PyTuple_GET_ITEM(partials, place)) : NULL;
        if (partial != NULL && !PyFloat_CheckExact(partial))
            Py_SETREF(partial, PyObject_Vectorcall(partial, operands, arity + 1, NULL));
        if (partial != NULL && PyFloat_CheckExact(partial) && PyFloat_AS_DOUBLE(partial) == 0.0)
            result = Py_NewRef(Py_None);
        else if (partial != NULL)
            result = product(args[2], partial);
        Py_XDECREF(partial);
        Py_DECREF(partials);
        Py_XDECREF(operands[0]);
        if (arity == 2)
            Py_XDECREF(operands[1]);
    }
    if (result != NULL || (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_Exception)))  /* Ctrl-C is not lost */
        return result;
    PyErr_Clear();
    return PyObject_Vectorcall(python_share, args, count, NULL);
}

#include "_node_types.h"
