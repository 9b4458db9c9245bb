"use strict";
// The state of a page is its address: #t=FROM-TO (seconds), #t=MOMENT, #e=EVENT. Without a script the links still lead to
// their events, and nothing is filtered.
(() => {
  const timeline = document.querySelector(".timeline");
  if (!timeline) return;
  const $ = (id) => document.getElementById(id);
  const span = Number(timeline.dataset.span), width = Number(timeline.dataset.width);
  const overlay = timeline.querySelector(".overlay");
  const rows = [...document.querySelectorAll("table.timed tbody tr")];
  const shorter = (seconds) => String(Number(seconds.toFixed(3)));
  const inside = (seconds) => Math.min(Math.max(seconds, 0), span);
  let view = [0, span], range = null, moment = null, anchor = null;

  const place = (seconds) => (100 * (seconds - view[0])) / (view[1] - view[0]);
  const stroke = (name, from, to) => {
    const mark = document.createElement("div");
    mark.className = name;
    mark.style.left = `${place(from)}%`;
    if (to !== undefined) mark.style.width = `${place(to) - place(from)}%`;
    overlay.append(mark);
  };

  function draw() {
    overlay.replaceChildren();
    if (range) stroke("brush", ...range);
    if (moment !== null) stroke("cursor", moment);
    $("from").value = range ? shorter(range[0]) : "";
    $("to").value = range ? shorter(range[1]) : "";
    $("zoom").disabled = !range;
    $("now").textContent = moment !== null ? `at ${shorter(moment)} s` : "";
  }

  function filter() {
    for (const row of rows) {
      row.classList.toggle("out", Boolean(range) && (row.dataset.a > range[1] || row.dataset.b < range[0]));
    }
    for (const shown of document.querySelectorAll(".shown")) {
      const all = shown.dataset.all;
      const left = shown.closest("section").querySelectorAll("tbody tr:not(.out)").length;
      shown.textContent = range ? `${left} of ${all}` : all;
    }
  }

  function zoom(from, to) {
    view = [from, to];
    for (const plot of timeline.querySelectorAll("svg.plot")) {
      const height = plot.viewBox.baseVal.height;
      plot.setAttribute("viewBox", `${(from / span) * width} 0 ${((to - from) / span) * width} ${height}`);
    }
    const rough = (to - from) / 8, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    for (const axis of timeline.querySelectorAll(".axis .plot")) {
      axis.replaceChildren();
      for (let n = Math.ceil(from / step); n * step <= to; n++) {
        const mark = document.createElement("span");
        mark.textContent = shorter(n * step);
        mark.style.left = `${place(n * step)}%`;
        axis.append(mark);
      }
    }
    draw();
  }

  function restore() {
    const said = new URLSearchParams(location.hash.slice(1));
    const times = (said.get("t") || "").split("-").map(Number.parseFloat).filter(Number.isFinite).map(inside);
    range = times.length === 2 && times[0] < times[1] ? times : null;
    moment = times.length === 1 ? times[0] : null;
    for (const row of document.querySelectorAll("tr.here")) row.classList.remove("here");
    const row = said.has("e") && document.getElementById(`e=${said.get("e")}`);
    filter();
    if (row) {
      row.classList.add("here");
      moment = Number(row.dataset.a);
      row.scrollIntoView({ block: "center" });
    }
    draw();
  }

  function go(state) {
    history.replaceState(null, "", state ? `#${state}` : location.pathname + location.search);
    restore();
  }
  const choose = (from, to) => go(`t=${shorter(Math.min(from, to))}-${shorter(Math.max(from, to))}`);

  const seconds = (event) => {
    const box = overlay.getBoundingClientRect();
    return inside(view[0] + ((event.clientX - box.left) / box.width) * (view[1] - view[0]));
  };
  timeline.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.clientX < overlay.getBoundingClientRect().left) return;
    anchor = seconds(event);
    timeline.setPointerCapture(event.pointerId);
  });
  timeline.addEventListener("pointermove", (event) => {
    if (anchor === null) return;
    const at = seconds(event);
    range = [Math.min(anchor, at), Math.max(anchor, at)];
    moment = null;
    draw();
  });
  timeline.addEventListener("pointercancel", () => {
    anchor = null;
    restore();
  });
  timeline.addEventListener("pointerup", (event) => {
    if (anchor === null) return;
    const from = anchor, to = seconds(event);
    anchor = null;
    if (Math.abs(to - from) > (view[1] - view[0]) / 200) return choose(from, to);
    const shape = document.elementsFromPoint(event.clientX, event.clientY).find((each) => each.dataset && each.dataset.e);
    go(shape && document.getElementById(`e=${shape.dataset.e}`) ? `e=${shape.dataset.e}` : `t=${shorter(from)}`);
  });

  for (const id of ["from", "to"]) {
    $(id).addEventListener("change", () => {
      const [from, to] = ["from", "to"].map((name) => Number.parseFloat($(name).value));
      choose(inside(Number.isFinite(from) ? from : 0), inside(Number.isFinite(to) ? to : span));
    });
  }
  $("zoom").addEventListener("click", () => range && zoom(...range));
  $("all").addEventListener("click", () => {
    zoom(0, span);
    go("");
  });
  document.querySelector(".tools").hidden = false;
  addEventListener("hashchange", restore);
  restore();
})();
