/* What Python sees of the engine in C, which is in _node.c: the types of nodes, of operations and of methods, and the
   functions of the module, which hand the two sides to each other. There is nothing to compute here. */

/* ---- What Python sees of a node ----------------------------------------------------------------------------------- */

/* The operands; with `partials`, those: None where nothing flows back. */
static PyObject *get_sides(PyObject *self, void *partials) {
    const Node *node = (Node *)self;
    PyObject *operands[2] = {node->x, node->y}, *result, *item;
    double numbers[2] = {node->dx, node->dy};
    if (node->link & WIDE)
        return Py_NewRef(partials != NULL ? node->y : node->x);
    if ((result = PyTuple_New(node->rule == NULL ? 0 : node->rule->arity > 1 ? 2 : node->rule->arity)) == NULL)
        return NULL;
    for (int i = 0; i < PyTuple_GET_SIZE(result); i++) {
        if (partials == NULL && operands[i] != NULL)
            item = Py_NewRef(operands[i]);
        else if (partials != NULL && (operands[i] == NULL || !(node->rule->flows >> i & 1)))
            item = Py_NewRef(Py_None);
        else if ((item = PyFloat_FromDouble(numbers[i])) == NULL)
            break;
        PyTuple_SET_ITEM(result, i, item);
    }
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}

static PyObject *node_backward(PyObject *self, PyObject *args, PyObject *named) {
    static char *names[] = {"seed", NULL};
    PyObject *seed = NULL, *number;
    if ((named != NULL || PyTuple_GET_SIZE(args) != 0)
        && !PyArg_ParseTupleAndKeywords(args, named, "|O:backward", names, &seed))
        return NULL;
    if (seed == NULL) {
        sweep((Node *)self, 1.0);
    } else {
        if ((number = PyObject_CallOneArg(python_float, seed)) == NULL)
            return NULL;
        sweep((Node *)self, PyFloat_AsDouble(number));
        Py_DECREF(number);
    }
    Py_RETURN_NONE;
}

static PyObject *get_grad(PyObject *self, void *unused) {
    Node *node = (Node *)self;
    return node->rule == NULL || node->link & GRADED ? PyFloat_FromDouble(node->grad) : Py_NewRef(Py_None);
}

static int set_grad(PyObject *self, PyObject *number, void *unused) {
    double grad = number != NULL ? PyFloat_AsDouble(number) : 0.0;
    if (PyErr_Occurred())
        return -1;
    ((Node *)self)->grad = grad;
    ((Node *)self)->link |= GRADED;
    return 0;
}

/* `data` and `grad` of a Value, where nothing has to be asked; otherwise the properties of the class in Python. */
static PyObject *python_data, *python_grad;

static PyObject *get_number(PyObject *self, void *grad) {
    Node *node = (Node *)self;
    if (node->context == NULL)
        return PyErr_Format(PyExc_AttributeError, "__init__ of a Value has not been called: it has no number");
    if (grad == NULL)
        return PyFloat_FromDouble(node->data);
    return PyFloat_FromDouble((node->rule == NULL || node->link & GRADED) && node->grad != 0.0 ? node->grad : 0.0);
}

static int set_number(PyObject *self, PyObject *number, void *grad) {
    Node *node = (Node *)self;
    int plain = number != NULL && PyFloat_CheckExact(number);
    if (plain && grad == NULL) {
        PyObject *changed = node->context == NULL ? NULL : PyObject_GetAttr(node->context, changed_name);
        if (changed == NULL)
            PyErr_Clear();
        plain = changed == Py_True && node->rule == NULL;
        Py_XDECREF(changed);
    }
    if (!plain) {
        descrsetfunc set = Py_TYPE(python_data)->tp_descr_set;
        return set(grad == NULL ? python_data : python_grad, self, number);
    }
    *(grad == NULL ? &node->data : &node->grad) = PyFloat_AS_DOUBLE(number);
    node->link |= grad == NULL ? 0 : GRADED;
    return 0;
}

static int set_data(PyObject *self, PyObject *number, void *unused) {
    double data = number != NULL ? PyFloat_AsDouble(number) : 0.0;
    if (number == NULL)
        PyErr_SetString(PyExc_AttributeError, "a node has a number");
    if (PyErr_Occurred())
        return -1;
    ((Node *)self)->data = data;
    return 0;
}

static PyGetSetDef value_properties[] = {
    {"data", get_number, set_number, DOC_data, NULL},
    {"grad", get_number, set_number, DOC_grad, ""},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyGetSetDef node_properties[] = {
    {"_data", get_number, set_data, NULL, NULL},
    {"_grad", get_grad, set_grad, NULL, NULL},
    {"operands", get_sides, NULL, DOC_operands, NULL},
    {"partials", get_sides, NULL, DOC_partials, ""},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef node_fields[] = {
    {"_context", T_OBJECT_EX, offsetof(Node, context), 0, NULL},
    {"_rule", T_OBJECT, offsetof(Node, rule), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

/* _start(data, context): make it a leaf. */
static PyObject *node_start(PyObject *self, PyObject *args) {
    Node *node = (Node *)self, before;
    PyObject *context;
    double data;
    if (!PyArg_ParseTuple(args, "dO", &data, &context))
        return NULL;
    before = *node;
    node->x = node->y = NULL;
    node->rule = NULL;
    node->link = 0;
    node->grad = 0.0;
    node->data = data;
    node->context = Py_NewRef(context);
    Py_XDECREF(before.x);  /* by which other Python code may run */
    Py_XDECREF(before.y);
    Py_XDECREF(before.rule);
    Py_XDECREF(before.context);
    Py_RETURN_NONE;
}

static PyMethodDef node_methods[] = {
    {"backward", (PyCFunction)(void (*)(void))node_backward, METH_VARARGS | METH_KEYWORDS, DOC_backward},
    {"zero_grad", node_zero_grad, METH_NOARGS, DOC_zero_grad},
    {"_start", node_start, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *node_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    Node *node = NULL;
    if (type != value_type)
        PyErr_Format(PyExc_TypeError, "no %s can be made: nodes are Values", type->tp_name);
    else if ((node = new_node()) != NULL) {
        memset((char *)node + sizeof(PyObject), 0, sizeof(Node) - sizeof(PyObject));
        node->data = Py_NAN;  /* until __init__ has been called; then Python is asked, and says so */
    }
    return (PyObject *)node;
}

static PyType_Slot node_slots[] = {
    {Py_tp_new, node_new},              {Py_tp_dealloc, node_dealloc},  {Py_tp_members, node_fields},
    {Py_tp_getset, node_properties},    {Py_tp_methods, node_methods},  {0, NULL},
};
static PyType_Spec node_spec = {
    "autograd_lite.engine.graph.Node", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, node_slots};

static PyType_Slot value_slots[] = {
    {Py_tp_new, node_new},       {Py_tp_dealloc, node_dealloc},     {Py_tp_getset, value_properties},
    {Py_nb_add, node_add},       {Py_nb_subtract, node_sub},        {Py_nb_multiply, node_mul},
    {Py_nb_power, node_pow},     {Py_nb_true_divide, node_div},     {Py_nb_remainder, node_mod},
    {Py_nb_negative, node_neg},  {Py_nb_floor_divide, node_floordiv}, {Py_nb_absolute, node_abs},
    {0, NULL},
};
static PyType_Spec value_spec = {
    "autograd_lite.engine.value.Value", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, value_slots};

/* ---- What Python sees of an operation ------------------------------------------------------------------------------ */

static PyObject *operation_call(PyObject *self, PyObject *const *operands, size_t flags, PyObject *names) {
    PyObject *result = called((Operation *)self, operands, flags, names), *method;
    if (result == NULL && !PyErr_Occurred() && python_call == NULL)
        PyErr_SetString(PyExc_TypeError, "the operations are not there yet");
    if (result != NULL || PyErr_Occurred() || (method = PyMethod_New(python_call, self)) == NULL)
        return result;
    result = PyObject_Vectorcall(method, operands, flags & ~PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    Py_DECREF(method);
    return result;
}

static PyObject *operation_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    Operation *op = (Operation *)type->tp_alloc(type, 0);
    if (op != NULL)
        op->call = operation_call;
    return (PyObject *)op;
}

/* An operation that is given another rule is Python's business from then on. */
static int operation_setattr(PyObject *self, PyObject *name, PyObject *value) {
    if (PyUnicode_Check(name) && (PyUnicode_CompareWithASCIIString(name, "value") == 0
                                  || PyUnicode_CompareWithASCIIString(name, "partials") == 0))
        ((Operation *)self)->row = NULL;
    return PyObject_GenericSetAttr(self, name, value);
}

static PyMemberDef operation_fields[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Operation, call), READONLY, NULL},
    {"arity", T_PYSSIZET, offsetof(Operation, arity), 0, "How many operands there are, those with a default included."},
    {"flows", T_UINT, offsetof(Operation, flows), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot operation_slots[] = {
    {Py_tp_new, operation_new},          {Py_tp_call, PyVectorcall_Call}, {Py_tp_setattro, operation_setattr},
    {Py_tp_members, operation_fields},   {0, NULL},
};
static PyType_Spec operation_spec = {
    "autograd_lite.engine.chosen.Operation", sizeof(Operation), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL, operation_slots};

/* ---- Method: x.exp() ------------------------------------------------------------------------------------------------

   What Python's function does that has the name; where the case is ordinary without calling it. */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Operation *op;
    PyObject *function;
} Method;

static PyObject *method_call(PyObject *self, PyObject *const *operands, size_t flags, PyObject *names) {
    PyObject *result = called(((Method *)self)->op, operands, flags, names);
    return result != NULL || PyErr_Occurred() ? result
           : PyObject_Vectorcall(((Method *)self)->function, operands, flags, names);
}

static PyObject *method_get(PyObject *self, PyObject *object, PyObject *type) {
    return object == NULL ? Py_NewRef(self) : PyMethod_New(self, object);
}

static PyObject *method_getattr(PyObject *self, PyObject *name) {
    return PyObject_GetAttr(((Method *)self)->function, name);
}

static PyMemberDef method_fields[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Method, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot method_slots[] = {
    {Py_tp_call, PyVectorcall_Call}, {Py_tp_descr_get, method_get}, {Py_tp_getattro, method_getattr},
    {Py_tp_members, method_fields},  {0, NULL},
};
static PyType_Spec method_spec = {
    "autograd_lite.engine._node.Method", sizeof(Method), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    method_slots};

/* method(op, function): they live for ever, as the class does that has them. */
static PyObject *method(PyObject *module, PyObject *args) {
    PyObject *op, *function;
    if (!PyArg_ParseTuple(args, "O!O", operation_type, &op, &function))
        return NULL;
    Method *made = PyObject_New(Method, method_type);
    if (made == NULL)
        return NULL;
    made->call = method_call;
    made->op = (Operation *)Py_NewRef(op);
    made->function = Py_NewRef(function);
    Py_INCREF(made);
    return (PyObject *)made;
}

/* ---- The module --------------------------------------------------------------------------------------------------- */

/* rule(name, place, operands): the value (place -1) or a partial in C, of floats; None where Python has to do it. */
static PyObject *rule_of(PyObject *module, PyObject *args) {
    const char *name;
    PyObject *numbers;
    int place, i = 0;
    double v[4], result = 0.0;
    if (!PyArg_ParseTuple(args, "siO!", &name, &place, &PyTuple_Type, &numbers))
        return NULL;
    while (i < ROWS_COUNT && strcmp(ROWS[i].name, name) != 0)
        i++;
    if (i == ROWS_COUNT || place < -1 || place >= ROWS[i].arity
        || PyTuple_GET_SIZE(numbers) != ROWS[i].arity + (place >= 0))
        return PyErr_Format(PyExc_KeyError, "there is no rule %s %d in C of so many numbers", name, place);
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(numbers); k++)
        v[k] = PyFloat_AsDouble(PyTuple_GET_ITEM(numbers, k));
    if (PyErr_Occurred())
        return NULL;
    rule f = place < 0 ? ROWS[i].value : ROWS[i].by[place];
    return f == NULL || f(v, &result) ? PyFloat_FromDouble(result) : Py_NewRef(Py_None);
}

/* trim(): give back the memory of freed nodes. */
static PyObject *trim(PyObject *module, PyObject *unused) {
    trim_to(0);
    Py_RETURN_NONE;
}

/* ask(function or None): what is called for the surroundings in place of the context variable. */
static PyObject *ask(PyObject *module, PyObject *function) {
    Py_XSETREF(asked, function == Py_None ? NULL : Py_NewRef(function));
    Py_RETURN_NONE;
}

/* connect(TABLE, text): its operations have their rules in C; False, and they have not, if the table's text is not the
   one that these were made from. Of a table without a text it is not asked. */
static PyObject *connect(PyObject *module, PyObject *args) {
    PyObject *table;
    const unsigned char *text;
    Py_ssize_t length;
    uint32_t checksum = 2166136261u;  /* FNV-1a */
    if (!PyArg_ParseTuple(args, "O!y#", &PyDict_Type, &table, &text, &length))
        return NULL;
    for (Py_ssize_t i = 0; i < length; i++)
        checksum = (checksum ^ text[i]) * 16777619u;
    int same = checksum == TABLE_CHECKSUM || length == 0;
    for (int i = 0; i < ROWS_COUNT; i++) {
        PyObject *op = PyDict_GetItemString(table, ROWS[i].name);
        if (op == NULL || !PyObject_TypeCheck(op, operation_type))
            return PyErr_Format(PyExc_ImportError, "built from another table: this one has no %s", ROWS[i].name);
        Py_XSETREF(operations[i], (Operation *)Py_NewRef(op));
        operations[i]->row = same ? &ROWS[i] : NULL;
    }
    return PyBool_FromLong(same);
}

/* quicken(Op): calls of operations begin here, and end in Op.__call__ where the case is not ordinary. */
static PyObject *quicken(PyObject *module, PyObject *type) {
    if ((python_call = PyObject_GetAttrString(type, "__call__")) == NULL
        || PyObject_SetAttrString(type, "__call__", NULL) < 0)
        return NULL;
    /* A class that is made with a __call__ in Python has not this flag of its base, and does not get it later. */
    ((PyTypeObject *)type)->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    PyType_Modified((PyTypeObject *)type);
    Py_RETURN_NONE;
}

/* seal(bases, data, grad, operator, as_float, current): the type of Values, to which Python then adds their methods. A class
   statement would make one that the cycle collector goes through. */
static PyObject *seal(PyObject *module, PyObject *args) {
    PyObject *bases, **kept[5] = {&python_data, &python_grad, &python_operator, &python_float, &current};
    if (value_type != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "there is one type of Values");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!O!O!OOO", &PyTuple_Type, &bases, &PyProperty_Type, kept[0], &PyProperty_Type, kept[1],
                          kept[2], kept[3], kept[4]))
        return NULL;
    for (int i = 0; i < 5; i++)
        Py_INCREF(*kept[i]);
    value_type = (PyTypeObject *)PyType_FromSpecWithBases(&value_spec, bases);
    return Py_XNewRef((PyObject *)value_type);
}

static PyMethodDef share_function = {"symbolic_share", (PyCFunction)(void (*)(void))share, METH_FASTCALL, NULL};

/* sharing(function): the function in C in its place. */
static PyObject *sharing(PyObject *module, PyObject *function) {
    Py_XSETREF(python_share, Py_NewRef(function));
    return PyCFunction_New(&share_function, NULL);
}

static PyMethodDef functions[] = {
    {"ask", ask, METH_O, NULL},
    {"connect", connect, METH_VARARGS, NULL},
    {"made", made, METH_VARARGS, NULL},
    {"method", method, METH_VARARGS, NULL},
    {"order", order, METH_VARARGS, NULL},
    {"quicken", quicken, METH_O, NULL},
    {"rule", rule_of, METH_VARARGS, NULL},
    {"seal", seal, METH_VARARGS, NULL},
    {"sharing", sharing, METH_O, NULL},
    {"trim", trim, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int execute(PyObject *module) {
    if (node_type != NULL || PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "the engine in C serves the main interpreter of a process, once");
        return -1;
    }
    node_type = (PyTypeObject *)PyType_FromSpec(&node_spec);
    operation_type = (PyTypeObject *)PyType_FromSpec(&operation_spec);
    method_type = (PyTypeObject *)PyType_FromSpec(&method_spec);
    changed_name = PyUnicode_InternFromString("changed");
    partials_name = PyUnicode_InternFromString("partials");
    PyObject *math = PyImport_ImportModule("math");
    python_hypot = math == NULL ? NULL : PyObject_GetAttrString(math, "hypot");
    Py_XDECREF(math);
    if (node_type == NULL || operation_type == NULL || method_type == NULL || python_hypot == NULL || changed_name == NULL
        || partials_name == NULL)
        return -1;
    return PyModule_AddObjectRef(module, "Node", (PyObject *)node_type) < 0
           || PyModule_AddObjectRef(module, "Operation", (PyObject *)operation_type) < 0 ? -1 : 0;
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
