"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const OUTCOMES = ["ok", "conflict", "no_data", "error"];
  const WORDS = ["ok", "conflict", "no data", "error"];
  const ROW = 28;
  const SPARE = 8;
  const MAX_DRAWN = 800;
  const MAX_LANES = 24;
  const VALUES = 140;
  const COLORS = 6;
  const byId = (id) => document.getElementById(id);

  // Every name gets into the page through here, as text.
  function element(tag, properties, ...children) {
    const out = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (name === "text") out.textContent = value;
      else if (name === "class") out.className = value;
      else out.setAttribute(name, value);
    }
    out.append(...children);
    return out;
  }
  const time = (t) => new Date(t).toISOString().replace(".000Z", "Z");
  function length(millis) {
    let s = Math.round(millis / 1000);
    const parts = [];
    for (const [unit, size] of [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]]) {
      if (s >= size) {
        parts.push(Math.floor(s / size) + unit);
        s %= size;
      }
    }
    return parts.join("") || "0s";
  }

  const shifted = (millis) => (millis > 0 ? length(millis) + " earlier" : length(-millis) + " later");

  const rules = data.rules.map(([name, parameters, expr, hold, severity]) => ({
    name, parameters, expr, hold, severity, shown: parameters ? `${name} {${parameters}}` : name,
  }));

  // A row is a window at one shift; its verdicts are by rule.
  const rows = [];
  const rowOf = new Map();
  for (const v of data.verdicts) {
    const key = v[0] + ":" + v[3];
    let row = rowOf.get(key);
    if (!row) {
      const [id, start, end, labels] = data.windows[v[0]];
      row = { id, labels, shift: v[3], start: start - v[3], end: end - v[3], number: v[0], verdicts: new Array(rules.length) };
      row.search = (id + " " + labels).toLowerCase();
      rowOf.set(key, row);
      rows.push(row);
    }
    row.verdicts[v[1]] = v;
  }
  const total = (v) => (v && v[6] ? v[6][2] : 0);
  const isOutcome = (v, outcome) => v !== undefined && v[2] === outcome;
  const conflicts = (row) => row.verdicts.reduce((n, v) => n + (isOutcome(v, 1) ? 1 : 0), 0);

  const totals = [0, 0, 0, 0];
  data.verdicts.forEach((v) => totals[v[2]]++);
  byId("basis").textContent =
    `${data.windows.length} windows, ${rules.length} constraints; request ${data.request}; ${data.engine}; ${data.blocks} blocks`;
  totals.forEach((n, i) => byId("totals").append(element("li", { class: OUTCOMES[i], text: `${n} ${WORDS[i]}` })));

  const option = (value, text) => element("option", { value, text });
  const state = { row: 0, column: 0, shown: rows, chosen: undefined };
  byId("outcome").append(option("", "all"), ...WORDS.map((w, i) => option(String(i), w)));
  byId("rule").append(option("", "all"), ...rules.map((r, i) => option(String(i), r.shown)));
  byId("sort").append(
    option("start", "start"), option("id", "window"), option("conflicts", "conflicts"), option("total", "violated time"),
    ...rules.map((r, i) => option(String(i), "violated time: " + r.shown)));
  if (location.protocol.startsWith("http")) byId("server").value = location.origin;

  function shownRules() {
    const one = byId("rule").value;
    return one === "" ? rules.map((_, i) => i) : [Number(one)];
  }

  function select() {
    const words = byId("find").value.toLowerCase().split(/\s+/).filter((w) => w);
    const outcome = byId("outcome").value;
    const columns = shownRules();
    state.shown = rows.filter((row) =>
      words.every((w) => row.search.includes(w)) &&
      (outcome === "" || columns.some((c) => isOutcome(row.verdicts[c], Number(outcome)))));
    const by = byId("sort").value;
    const sign = byId("down").checked ? -1 : 1;
    const sums = new Map();
    const measure = {
      start: (r) => r.start,
      id: (r) => r.id,
      conflicts,
      total: (r) => r.verdicts.reduce((n, v) => n + total(v), 0),
    }[by] || ((r) => total(r.verdicts[Number(by)]));
    state.shown.forEach((r) => sums.set(r, measure(r)));
    state.shown.sort((a, b) => {
      const x = sums.get(a);
      const y = sums.get(b);
      return x < y ? -sign : x > y ? sign : a.number - b.number || a.shift - b.shift;
    });
    byId("count").textContent = `${state.shown.length} of ${rows.length} windows`;
    state.row = Math.min(state.row, Math.max(0, state.shown.length - 1));
    state.column = Math.min(state.column, Math.max(0, columns.length - 1));
    matrix.scrollTop = 0;
    frame();
    timelines();
  }

  // The matrix: only rows in view are elements.
  const matrix = byId("matrix");
  const inner = element("div", { class: "inner", role: "presentation" });
  const head = element("div", { class: "head", role: "row" });
  matrix.append(head, inner);
  let drawn = "";

  function frame() {
    const columns = shownRules();
    head.replaceChildren(
      element("div", { class: "name", role: "columnheader", text: "window" }),
      element("div", { class: "when", role: "columnheader", text: "time (UTC)" }),
      ...columns.map((c) => {
        const button = element("button", { class: "cell", role: "columnheader", type: "button", tabindex: "-1", title: `${rules[c].shown}\n${rules[c].expr}`, text: rules[c].shown });
        button.addEventListener("click", () => {
          byId("down").checked = byId("sort").value === String(c) ? !byId("down").checked : true;
          byId("sort").value = String(c);
          select();
        });
        return button;
      }));
    matrix.setAttribute("aria-rowcount", String(state.shown.length + 1));
    matrix.setAttribute("aria-colcount", String(columns.length + 2));
    const width = 560 + 140 * columns.length;
    inner.style.height = state.shown.length * ROW + "px";
    inner.style.minWidth = width + "px";
    matrix.style.height = Math.min(state.shown.length + 1, 24) * ROW + 20 + "px";
    drawn = "";
    draw();
  }

  function draw() {
    const columns = shownRules();
    const first = Math.max(0, Math.floor(matrix.scrollTop / ROW) - SPARE);
    const last = Math.min(state.shown.length, Math.ceil((matrix.scrollTop + matrix.clientHeight) / ROW) + SPARE);
    const now = first + "-" + last;
    if (now === drawn) return;
    drawn = now;
    const hadFocus = inner.contains(document.activeElement);
    inner.replaceChildren();
    for (let i = first; i < last; i++) {
      const row = state.shown[i];
      const line = element("div", { class: "row", role: "row", "aria-rowindex": String(i + 2) },
        element("div", { class: "name", role: "rowheader", title: row.labels, text: row.id + (row.shift ? ` (${shifted(row.shift)})` : "") }),
        element("div", { class: "when", role: "gridcell", text: `${time(row.start)} ${length(row.end - row.start)}` }));
      line.style.top = i * ROW + "px";
      columns.forEach((c, k) => {
        const v = row.verdicts[c];
        const cell = element("div", {
          class: "cell " + (v ? OUTCOMES[v[2]] : "") + (v !== undefined && v === state.chosen ? " chosen" : ""),
          role: "gridcell",
          tabindex: i === state.row && k === state.column ? "0" : "-1",
          text: v ? WORDS[v[2]] + (total(v) ? " " + length(total(v)) : "") : "",
        });
        cell.dataset.row = String(i);
        cell.dataset.column = String(k);
        line.append(cell);
      });
      inner.append(line);
    }
    if (hadFocus) focusCell();
  }

  function focusCell() {
    const cell = inner.querySelector(`[data-row="${state.row}"][data-column="${state.column}"]`);
    if (cell) cell.focus({ preventScroll: true });
  }

  function moveTo(row, column) {
    state.row = Math.max(0, Math.min(state.shown.length - 1, row));
    state.column = Math.max(0, Math.min(shownRules().length - 1, column));
    const top = state.row * ROW;
    const height = matrix.clientHeight - ROW;
    if (top < matrix.scrollTop) matrix.scrollTop = top;
    else if (top + ROW > matrix.scrollTop + height) matrix.scrollTop = top + ROW - height;
    const left = 560 + 140 * state.column;
    if (left - 260 < matrix.scrollLeft) matrix.scrollLeft = Math.max(0, left - 260 - 300);
    else if (left + 140 > matrix.scrollLeft + matrix.clientWidth) matrix.scrollLeft = left + 140 - matrix.clientWidth;
    drawn = "";
    draw();
    focusCell();
  }

  function choose(row, column) {
    const window = state.shown[row];
    if (!window) return;
    const c = shownRules()[column];
    state.chosen = window.verdicts[c];
    if (state.chosen) show(window, c, state.chosen);
    moveTo(row, column);
  }

  matrix.addEventListener("scroll", draw);
  addEventListener("resize", draw);
  inner.addEventListener("click", (e) => {
    const cell = e.target.closest("[data-row]");
    if (cell) choose(Number(cell.dataset.row), Number(cell.dataset.column));
  });
  inner.addEventListener("keydown", (e) => {
    const page = Math.max(1, Math.floor(matrix.clientHeight / ROW) - 2);
    const { row, column } = state;
    const moves = {
      ArrowDown: [row + 1, column], ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
      PageDown: [row + page, column], PageUp: [row - page, column],
      Home: [e.ctrlKey ? 0 : row, 0], End: [e.ctrlKey ? Infinity : row, Infinity],
    };
    if (moves[e.key]) {
      e.preventDefault();
      moveTo(...moves[e.key]);
    } else if (e.key === "Enter" || e.key === " ") {
      e.preventDefault();
      choose(row, column);
    }
  });

  // One verdict.
  let again = () => {};
  function show(row, c, v) {
    again = () => show(row, c, v);
    const rule = rules[c];
    const list = element("dl", {});
    const say = (name, ...value) => list.append(element("dt", { text: name }), element("dd", {}, ...value));
    say("window", row.id);
    if (row.labels) say("labels", row.labels);
    say("time", `${time(row.start)} to ${time(row.end)}` + (row.shift ? `, ${shifted(row.shift)}` : ""));
    say("constraint", rule.shown + (rule.severity ? ` (${rule.severity})` : "") + (rule.hold !== "0s" ? `, for ${rule.hold}` : ""));
    say("expression", element("code", { text: rule.expr }));
    say("verdict", element("span", { class: OUTCOMES[v[2]], text: " " + WORDS[v[2]] + " " }));
    if (v[4]) say("reason", data.texts[v[4][0]]);
    const x = v[6];
    if (x && !x[5]) say("violated", `from ${time(x[0])}`);
    else if (x) {
      say("violated", `${time(x[0])} to ${time(x[1])}; ${length(x[2])} in all, ${length(x[3])} at a stretch`);
      say("worst value", x[4]);
      say("series", String(x[5]) + (x.length - 6 < x[5] ? `, ${x.length - 6} of them listed` : ""));
    }
    if (v[5]) {
      const [query, from, to] = [data.texts[v[5][0]], v[5][1], v[5][2]];
      const path = "/api/v1/query_range?query=" + encodeURIComponent(query) + `&start=${from / 1000}&end=${to / 1000}&step=${data.step / 1000}`;
      const server = byId("server").value.replace(/\/+$/, "");
      say("evidence", element("code", { text: query }));
      say("run it again", /^https?:\/\//i.test(server)
        ? element("a", { href: server + path, rel: "noreferrer", text: "query_range of this window" })
        : element("code", { text: path }));
    }
    const out = [list];
    if (x && x.length > 6) {
      const from = v[5] ? v[5][1] : row.start;
      const to = v[5] ? v[5][2] : row.end;
      const table = element("table", {}, element("thead", {}, element("tr", {},
        ...["offending series", "first", "last", "total", "worst"].map((t, i) => element("th", { scope: "col", class: i > 2 ? "number" : "", text: t })))));
      const body = element("tbody", {});
      for (const [i, [labels, first, last, sum, worst, start]] of x.slice(6).entries()) {
        const mark = start === undefined ? [] : [element("span", { class: "mark s" + (i % COLORS), text: "\u25cf " })];
        body.append(element("tr", {}, element("td", {}, ...mark, element("code", { text: data.texts[labels] })),
          element("td", { text: time(first) }), element("td", { text: time(last) }),
          element("td", { class: "number", text: length(sum) }), element("td", { class: "number", text: worst })));
      }
      table.append(body);
      const values = valueChart(row, x.slice(6), from, to);
      out.push(...(values ? [values] : []), seriesChart(row, x.slice(6), from, to), table);
    }
    if (isOutcome(v, 1) && proposals.has(row.number)) out.push(...otherTimes(proposals.get(row.number)));
    byId("verdict").replaceChildren(...out);
  }

  // Other times for a window in conflict.
  const proposals = new Map(data.proposals.map(([window, slots, rejected]) => [window, { slots, rejected }]));
  function otherTimes({ slots, rejected }) {
    const table = (title, all) => {
      const body = element("tbody", {});
      for (const [start, moved, why] of all.slice(0, MAX_DRAWN)) {
        body.append(element("tr", {}, element("td", { text: time(start) }),
          element("td", { text: length(Math.abs(moved)) + (moved < 0 ? " earlier" : " later") }),
          element("td", { text: why === undefined ? "no constraint is violated" : data.texts[why] })));
      }
      return element("table", {}, element("thead", {}, element("tr", {},
        ...[title, "moved", "reason"].map((t) => element("th", { scope: "col", text: t })))), body);
    };
    const out = [slots.length ? table("proposed start", slots) : element("p", { class: "hint", text: "No other time is proposed." })];
    if (rejected.length) {
      const more = rejected.length > MAX_DRAWN ? `, the nearest ${MAX_DRAWN} of them listed` : "";
      out.push(element("details", {}, element("summary", { text: `${rejected.length} times rejected${more}` }), table("rejected start", rejected)));
    }
    return [element("div", { class: "other-times" }, ...out)];
  }
  byId("server").addEventListener("input", () => again());

  // Drawings.
  function shape(tag, properties, title) {
    const out = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(properties)) out.setAttribute(name, value);
    if (title !== undefined) {
      const t = document.createElementNS("http://www.w3.org/2000/svg", "title");
      t.textContent = title;
      out.append(t);
    }
    return out;
  }
  const WIDTH = 1200;
  function chart(from, to, height, label) {
    const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${height + 20}`, role: "img", "aria-label": label });
    const x = (t) => ((t - from) / Math.max(1, to - from)) * WIDTH;
    for (let i = 0; i <= 6; i++) {
      const at = (i * WIDTH) / 6;
      svg.append(shape("line", { x1: at, x2: at, y1: 0, y2: height, class: "grid" }));
      const text = shape("text", { x: at, y: height + 14, "text-anchor": i === 0 ? "start" : i === 6 ? "end" : "middle" });
      text.textContent = time(from + ((to - from) * i) / 6).slice(0, 16).replace("T", " ");
      svg.append(text);
    }
    return { svg, x };
  }
  function bar(x, from, to, y, height, kind, title) {
    return shape("rect", { x: x(from), y, width: Math.max(1.5, x(to) - x(from)), height, class: kind, rx: 1 }, title);
  }

  // The values of the offending series, a line each that is broken where there is none.
  function valueChart(row, series, from, to) {
    const drawn = series.map(([labels, , , , , start, step, values]) => ({ labels, start, step, values })).filter((s) => s.values);
    const all = drawn.flatMap((s) => s.values).filter((v) => v !== null);
    if (all.length === 0) return undefined;
    let least = Math.min(...all);
    let most = Math.max(...all);
    if (least === most) {
      least -= Math.abs(least) / 10 || 1;
      most += Math.abs(most) / 10 || 1;
    }
    const margin = Math.max(data.step, (to - from) * 0.05);
    const { svg, x } = chart(from - margin, to + margin, VALUES, "Values of the offending series in " + row.id);
    const y = (v) => 16 + ((most - v) / (most - least)) * (VALUES - 24);
    svg.append(bar(x, row.start, row.end, 2, 6, "w", row.id));
    for (const v of [most, least]) {
      const text = shape("text", { x: 2, y: y(v) + (v === most ? 10 : -2) });
      text.textContent = String(v);
      svg.append(shape("line", { x1: 0, x2: WIDTH, y1: y(v), y2: y(v), class: "grid" }), text);
    }
    drawn.forEach((s, i) => {
      let d = "";
      let open = false;
      s.values.forEach((v, k) => {
        if (v !== null) d += `${open ? "L" : "M"}${x(s.start + k * s.step).toFixed(1)} ${y(v).toFixed(1)}h${open ? 0 : 0.1}`;
        open = v !== null;
      });
      svg.append(shape("path", { d, class: "line s" + (i % COLORS) }, data.texts[s.labels]));
    });
    return svg;
  }

  function seriesChart(row, series, from, to) {
    const margin = Math.max(data.step, (to - from) * 0.05);
    const { svg, x } = chart(from - margin, to + margin, 12 * series.length + 16, "When the offending series violate the constraint in " + row.id);
    svg.append(bar(x, row.start, row.end, 2, 8, "w", row.id));
    series.forEach(([labels, first, last], i) =>
      svg.append(bar(x, first, last + data.step, 16 + 12 * i, 8, "v", `${data.texts[labels]}\n${time(first)} to ${time(last)}`)));
    return svg;
  }

  function timeline(c) {
    const all = state.shown.filter((r) => r.verdicts[c]);
    if (all.length === 0) return element("p", { class: "hint", text: "No windows." });
    let from = Infinity;
    let to = -Infinity;
    for (const r of all) {
      const x = r.verdicts[c][6];
      from = Math.min(from, r.start, x ? x[0] : r.start);
      to = Math.max(to, r.end, x ? x[1] : r.end);
    }
    const label = `Windows and violations of ${rules[c].shown}`;
    return all.length <= MAX_DRAWN ? lanes(c, all, from, to, label) : density(c, all, from, to, label);
  }

  function lanes(c, all, from, to, label) {
    const free = [];
    const placed = [...all].sort((a, b) => a.start - b.start).map((r) => {
      let lane = free.findIndex((end) => end <= r.start);
      if (lane < 0) lane = free.length < MAX_LANES ? free.length : free.length - 1;
      free[lane] = Math.max(r.end, free[lane] || 0);
      return [r, lane];
    });
    const { svg, x } = chart(from, to, 12 * free.length + 4, label);
    for (const [r, lane] of placed) {
      const v = r.verdicts[c];
      const y = 2 + 12 * lane;
      svg.append(bar(x, r.start, r.end, y, 10, v[2] === 3 ? "e" : "w", `${r.id}: ${WORDS[v[2]]}\n${time(r.start)} to ${time(r.end)}`));
      if (v[6]) svg.append(bar(x, v[6][0], v[6][1] + data.step, y + 2, 6, "v", `${r.id}: violated\n${time(v[6][0])} to ${time(v[6][1])}`));
    }
    return svg;
  }

  // So many windows that only their number at a time can be seen.
  function density(c, all, from, to, label) {
    const { svg, x } = chart(from, to, 80, label + "; height is the number of windows");
    const count = (spans) => {
      const change = new Float64Array(WIDTH + 2);
      for (const [a, b] of spans) {
        change[Math.max(0, Math.floor(x(a)))]++;
        change[Math.min(WIDTH, Math.floor(x(b))) + 1]--;
      }
      let now = 0;
      return change.map((d) => (now += d)).subarray(0, WIDTH);
    };
    const windows = count(all.map((r) => [r.start, r.end]));
    const violated = count(all.filter((r) => r.verdicts[c][6]).map((r) => [r.verdicts[c][6][0], r.verdicts[c][6][1]]));
    const max = windows.reduce((a, b) => Math.max(a, b), violated.reduce((a, b) => Math.max(a, b), 1));
    for (const [counts, kind] of [[windows, "w"], [violated, "v"]]) {
      let d = "";
      counts.forEach((n, i) => {
        if (n > 0) d += `M${i} 80v${(-76 * n) / max}h1v${(76 * n) / max}z`;
      });
      svg.append(shape("path", { d, class: kind }));
    }
    return svg;
  }

  function timelines() {
    const open = new Set([...byId("timelines").children].filter((d) => d.open).map((d) => d.dataset.rule));
    const isFirst = byId("timelines").children.length === 0;
    byId("timelines").replaceChildren(...shownRules().map((c, k) => {
      let n = 0;
      for (const r of state.shown) n += isOutcome(r.verdicts[c], 1) ? 1 : 0;
      const details = element("details", {}, element("summary", { text: `${rules[c].shown}: ${n} ${n === 1 ? "conflict" : "conflicts"}` }));
      details.dataset.rule = String(c);
      let isDrawn = false;
      details.addEventListener("toggle", () => {
        if (details.open && !isDrawn) {
          isDrawn = true;
          details.append(timeline(c));
        }
      });
      details.open = open.has(String(c)) || (isFirst && k < 3);
      return details;
    }));
  }

  let waiting = 0;
  byId("find").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(select, 120);
  });
  for (const id of ["outcome", "rule", "sort", "down"]) byId(id).addEventListener("change", select);
  select();
})();
