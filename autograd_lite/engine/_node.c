/* The rules of the table, as C has them. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <_rules.h>

static PyObject *python_hypot; /* math.hypot */

static int py_hypot(double x, double y, double *out)
{
    PyObject *result = PyObject_CallFunction(python_hypot, "dd", x, y);
    if (result == NULL) {
        PyErr_Clear();
        return 0;
    }
    *out = PyFloat_AsDouble(result);
    Py_DECREF(result);
    return isfinite(*out) != 0;
}

/* rule(name, place, operands): what C makes of a rule of a row, None where Python must compute it. Place -1 is the
   value, others are the partials, to which the result is given after the operands. */
static PyObject *node_rule(PyObject *module, PyObject *args)
{
    const char *name;
    int place;
    PyObject *operands;
    double v[4], out;
    (void)module;
    if (!PyArg_ParseTuple(args, "siO!", &name, &place, &PyTuple_Type, &operands))
        return NULL;
    for (int i = 0; i < ROWS_COUNT; i++) {
        const struct row *row = &ROWS[i];
        rule function;
        if (strcmp(row->name, name) != 0)
            continue;
        if (place < -1 || place >= row->arity || PyTuple_GET_SIZE(operands) != row->arity + (place >= 0)) {
            PyErr_SetString(PyExc_ValueError, "the row has no such place, or another number of operands");
            return NULL;
        }
        function = place < 0 ? row->value : row->by[place];
        for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(operands); j++)
            v[j] = PyFloat_AsDouble(PyTuple_GET_ITEM(operands, j));
        if (PyErr_Occurred())
            return NULL;
        if (function == NULL)
            return PyFloat_FromDouble(0.0);
        if (!function(v, &out))
            Py_RETURN_NONE;
        return PyFloat_FromDouble(out);
    }
    PyErr_SetString(PyExc_KeyError, name);
    return NULL;
}

static PyMethodDef methods[] = {
    {"rule", node_rule, METH_VARARGS, "What C makes of a rule of a row."},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_node", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__node(void)
{
    PyObject *math = PyImport_ImportModule("math");
    if (math == NULL)
        return NULL;
    python_hypot = PyObject_GetAttrString(math, "hypot");
    Py_DECREF(math);
    return python_hypot == NULL ? NULL : PyModule_Create(&module);
}
