// What stands with the page: the statement, the question and the exercises of a lesson, to be read beside the steps.

$("sheet-button").hidden = false;
$("sheet-button").onclick = () => { $("lesson").showModal(); $("lesson").focus(); };
$("lesson").append(element("p", {}, element("button", { textContent: "Close", onclick: () => $("lesson").close() })));
keys.l = () => $("sheet-button").click();
$("help").querySelector("dl").append(element("dt", { textContent: "l" }), element("dd", { textContent: "the lesson" }));
