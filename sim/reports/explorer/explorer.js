"use strict";
// The explorer's own script. It draws what the page holds, and asks nobody for anything: there is no other code here,
// no library, no request. Every number that is written comes written from the data; docs/EXPLORER.md tells its fields.
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const say = data.words;
  const ALL = "all";
  const DOTS = 50;
  const SVG = "http://www.w3.org/2000/svg";
  const PERCENTS = [5, 25, 50, 75, 95];
  const [DIFFERENCE, LOW, HIGH, BETTER, WORSE, SIDE, TEXT, BEFORE, AFTER, SHARES, OFTEN] = Array(11).keys();
  const of_all = { least: 0, most: 1, better: 2, worse: 3, finding: 4, side: 5, text: 6, mean: 7, shares: 8, often: 9 };
  const byId = (id) => document.getElementById(id);
  const state = { levers: 0, outcome: 0, theory: ALL };

  // Words

  const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
  const colon = (what, told) => fill(say.colon, { what, told });
  const written = (place) => data.texts[place];

  function number(value, decimals) {
    const fixed = Math.abs(value).toFixed(decimals === undefined ? 0 : decimals);
    const [whole, part] = fixed.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, say.thousands);
    const text = part ? grouped + say.decimal + part : grouped;
    return value < 0 && Number(fixed) !== 0 ? "−" + text : text;
  }

  const listed = (names) =>
    names.length < 2 ? names.join("") : names.slice(0, -1).join(", ") + say.and + names[names.length - 1];
  const pulled = () => data.levers.filter((lever, bit) => (state.levers >> bit) & 1);
  const votes = data.theories.filter((theory) => theory.votes);
  const place = () =>
    state.theory === ALL ? data.theories.length : data.theories.findIndex((theory) => theory.key === state.theory);
  const theory_name = () => (state.theory === ALL ? say.together : data.theories[place()].name);

  // Drawing

  function node(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const room = (id) => Math.max(280, Math.floor(byId(id).clientWidth || 640));

  function sheet(id, height, alt) {
    const place = byId(id);
    const width = room(id);
    const svg = node("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": alt });
    place.replaceChildren(svg);
    const put = (name, attributes, text) => svg.appendChild(node(name, attributes, text));
    return { width, height, put };
  }

  // A text in as many lines as it takes, each letter so wide.
  function wrapped(text, width, letter) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const last = lines[lines.length - 1];
      if (last && (last.length + 1 + word.length) * letter > width) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines;
  }
  const LETTER = 6.3;
  const BOLD = 7.7;
  const LINE = 15;
  // What the name of an axis needs below it, in a drawing so wide.
  const below_axis = (name, width) => 31 + LINE * wrapped(name, width - 28, LETTER).length;

  // Round numbers that span a range, four to six of them.
  function ticks(low, high, most) {
    const span = high - low || 1;
    const raw = span / most;
    const size = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map((one) => one * size).find((one) => one >= raw * 0.999);
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (step / size === 2.5 ? 1 : 0));
    const found = [];
    for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) found.push(at * step);
    return { found, decimals: size >= 10 && step / size === 2.5 ? 0 : decimals };
  }

  // An axis that reaches nowhere has its one value alone.
  function axis(paper, scale, [low, high, flat], y, top, name) {
    const middle = (low + high) / 2;
    const alone = { found: [middle], decimals: Number.isInteger(middle) ? 0 : 2 };
    const { found, decimals } = flat ? alone : ticks(low, high, Math.max(3, Math.floor(paper.width / 90)));
    for (const value of found) {
      const x = scale(value);
      paper.put("line", { x1: x, x2: x, y1: top, y2: y, class: "grid" });
      paper.put("text", { x, y: y + 15, class: "tick", "text-anchor": "middle" }, number(value, decimals));
    }
    paper.put("line", { x1: scale(low), x2: scale(high), y1: y, y2: y, class: "rule" });
    wrapped(name, paper.width - 28, LETTER).forEach((line, number) => {
      paper.put("text", { x: 14, y: y + 33 + LINE * number, class: "axis" }, line);
    });
  }

  // Columns of dots after Wilkinson (1999): one begins at the first dot that the last does not hold. One of more dots
  // than `deepest` is folded into several side by side. Columns stay between `low` and `high`, and none lies on the next.
  function columns(places, diameter, deepest, low = -Infinity, high = Infinity) {
    const held = [];
    for (const x of places) {
      const last = held[held.length - 1];
      if (last && x - last[0] < diameter) last.push(x);
      else held.push([x]);
    }
    const wide = held.map((members) => Math.max(1, Math.ceil(members.length / deepest)) * diameter);
    const centres = held.map((members) => members[Math.floor(members.length / 2)]);
    for (let at = 0, least = low; at < centres.length; at++) {
      centres[at] = Math.max(centres[at], least + wide[at] / 2);
      least = centres[at] + wide[at] / 2;
    }
    for (let at = centres.length - 1, most = high; at >= 0; at--) {
      centres[at] = Math.min(centres[at], most - wide[at] / 2);
      most = centres[at] - wide[at] / 2;
    }
    return held.flatMap((members, at) => {
      const folds = Math.round(wide[at] / diameter);
      return members.map((one, number) => ({
        x: centres[at] + ((number % folds) - (folds - 1) / 2) * diameter,
        row: Math.floor(number / folds),
      }));
    });
  }

  // The largest dots with which every row stays within its height; below the least, columns are folded.
  function fitting(rows, height) {
    const rises = (row, diameter) => Math.max(0, ...columns(row, diameter, Infinity).map((dot) => dot.row + 1)) * diameter;
    let diameter = 15;
    while (diameter > 8 && rows.some((row) => rises(row, diameter) > height)) diameter -= 0.5;
    return { diameter, deepest: Math.floor(height / diameter) };
  }

  // The ends of an axis are the same for all combinations, so that a lever moves dots and not the ground.
  const reached = new Map();
  function reach(kind) {
    const key = `${kind} ${state.outcome} ${state.theory}`;
    if (!reached.has(key)) {
      let low = Infinity;
      let high = -Infinity;
      const take = (value) => {
        if (value === null || value === undefined) return;
        low = Math.min(low, value);
        high = Math.max(high, value);
      };
      if (kind === "gaps") {
        take(0);
        for (const rows of data.compared[state.outcome]) {
          for (const row of rows) if (row) [row[DIFFERENCE], row[LOW], row[HIGH]].forEach(take);
        }
      } else if (kind === "worlds") {
        take(0);
        for (const dots of data.gaps[state.outcome][place()]) if (dots) dots.forEach(take);
        const room = 0.08 * (high - low); // on either side of no difference, for worlds in which there is none
        [low, high] = [Math.min(low, -room), Math.max(high, room)];
      } else if (kind === "weeks") {
        take(0);
        for (const fan of data.weeks.fans[place()]) fan[4].forEach(take);
      } else {
        for (const dots of data.dots[state.outcome][place()]) dots.forEach(take);
        if (data.outcomes[state.outcome].whole && low < high / 2) take(0);
      }
      const flat = !(high > low) && Number.isFinite(low);
      if (!(high > low)) [low, high] = flat ? [low - 1, high + 1] : [0, 1];
      reached.set(key, [low, high, flat]);
    }
    return reached.get(key);
  }

  const linear = (low, high, left, right) => (value) => left + ((value - low) / (high - low)) * (right - left);

  function draw_dots() {
    const outcome = data.outcomes[state.outcome];
    const rows = data.dots[state.outcome][place()];
    const quantiles = data.quantiles[state.outcome][place()];
    const medians = [0, state.levers].map((levers) => quantiles[levers][2] || "–");
    const alt = fill(say.dots_alt, { dots: rows[0].length, label: outcome.label, base: medians[0], median: medians[1] });
    const each = 110;
    const paper = sheet("dots", 2 * each + 28 + below_axis(outcome.label, room("dots")), alt);
    const [low, high] = reach("dots");
    const scale = linear(low, high, 14, paper.width - 14);
    const shown = [rows[0], state.levers ? rows[state.levers] : []].map((row) => row.filter((one) => one !== null).map(scale));
    axis(paper, scale, reach("dots"), 2 * each + 28, 8, outcome.label);
    const { diameter, deepest } = fitting(shown, each - 30);
    shown.forEach((row, number) => {
      const ground = (number + 1) * each + 10 * number + 6;
      const title = number ? say.done : say.not_done;
      paper.put("line", { x1: 14, x2: paper.width - 14, y1: ground, y2: ground, class: "grid" });
      for (const dot of columns(row, diameter, deepest, 14 - diameter / 2, paper.width - 14 + diameter / 2)) {
        const at = { cx: dot.x, cy: ground - (dot.row + 0.5) * diameter, r: diameter * 0.42 };
        paper.put("circle", { ...at, class: number ? "dot done" : "dot open" });
      }
      const text = number && !state.levers ? say.no_pull : colon(title, fill(say.median, { value: medians[number] }));
      paper.put("text", { x: 14, y: ground - each + 18, class: "head" }, text);
      const median = row.length ? data.medians[state.outcome][place()][number && state.levers] : null;
      if (median !== null) paper.put("path", { d: `M${scale(median)} ${ground + 1}l-5 8h10z`, class: "median" });
    });
    byId("dots-caption").textContent = rows[0].length < DOTS ? say.dots_worlds : say.dots_fifty;
    const table = byId("t-dots");
    const heads = ["", say.not_done, say.done];
    const body = PERCENTS.map((percent, number) => [
      fill(say.quantile, { percent }),
      quantiles[0][number] || "–",
      quantiles[state.levers][number] || "–",
    ]);
    fill_table(table, heads, body);
  }

  function fill_table(table, heads, rows) {
    const head = document.createElement("thead");
    const line = head.insertRow();
    for (const text of heads) {
      const cell = document.createElement(text ? "th" : "td");
      if (text) cell.scope = "col";
      cell.textContent = text;
      line.append(cell);
    }
    const body = document.createElement("tbody");
    for (const row of rows) {
      const made = body.insertRow();
      row.forEach((text, number) => {
        const cell = document.createElement(number ? "td" : "th");
        if (!number) cell.scope = "row";
        cell.textContent = text;
        made.append(cell);
      });
    }
    table.replaceChildren(head, body);
  }

  function draw_worlds() {
    const outcome = data.outcomes[state.outcome];
    const dots = state.levers ? data.gaps[state.outcome][place()][state.levers] : null;
    if (!dots) {
      byId("worlds").replaceChildren();
      return;
    }
    const less = dots.filter((one) => one < 0).length;
    const more = dots.filter((one) => one > 0).length;
    const same = dots.length - less - more;
    const told = { dots: dots.length, less, more, same, less_word: outcome.less, more_word: outcome.more };
    const sides_told = [
      less ? fill(say.side, { side: outcome.less, count: less, dots: dots.length }) : "",
      same ? fill(say.side, { side: say.same, count: same, dots: dots.length }) : "",
      more ? fill(say.side, { side: outcome.more, count: more, dots: dots.length }) : "",
    ];
    const heading = colon(theory_name(), sides_told.filter((one) => one).join(" · "));
    const heads = wrapped(heading, room("worlds") - 28, BOLD);
    const name = fill(say.apart, { what: outcome.label, one: say.done, other: say.not_done });
    const ground = 119 + LINE * heads.length;
    const paper = sheet("worlds", ground + below_axis(name, room("worlds")), fill(say.worlds_alt, told));
    const [low, high] = reach("worlds");
    const scale = linear(low, high, 14, paper.width - 14);
    axis(paper, scale, reach("worlds"), ground, ground - 104, name);
    const zero = scale(0);
    // Each side is stacked by itself, so that no dot crosses the line of no difference.
    const sides = [dots.filter((one) => one < 0), dots.filter((one) => one === 0), dots.filter((one) => one > 0)];
    const { diameter, deepest } = fitting(sides.map((side) => side.map(scale)), 96);
    const half = (Math.ceil(sides[1].length / deepest) * diameter) / 2 + 2;
    sides.forEach((side, number) => {
      const kind = number === 1 ? "level" : (number - 1 === outcome.good ? "good" : "bad");
      const [first, last] = [14 - diameter / 2, paper.width - 14 + diameter / 2];
      const ends = [[first, zero - half], [first, last], [zero + half, last]][number];
      for (const dot of columns(side.map(scale), diameter, deepest, ...ends)) {
        const at = { cx: dot.x, cy: ground - (dot.row + 0.5) * diameter, r: diameter * 0.42 };
        paper.put("circle", { ...at, class: `dot ${kind}` });
      }
    });
    paper.put("line", { x1: zero, x2: zero, y1: ground - 108, y2: ground + 4, class: "zero" });
    heads.forEach((line, number) => paper.put("text", { x: 14, y: 16 + LINE * number, class: "head" }, line));
  }

  function draw_gaps() {
    const outcome = data.outcomes[state.outcome];
    const rows = data.compared[state.outcome].map((of, number) => ({ theory: data.theories[number], row: of[state.levers] }));
    rows.sort((one, other) => Number(other.theory.votes) - Number(one.theory.votes)); // the reference comes last
    const body = byId("t-gaps").tBodies[0];
    const lines = [];
    const line = (kind, cells, bold) => {
      const made = document.createElement("tr");
      if (kind) made.className = kind;
      cells.forEach((text, number) => {
        const cell = document.createElement(number ? "td" : "th");
        if (!number) cell.scope = "row";
        if (number === 3 && bold) {
          cell.append(document.createElement("strong"));
          cell.firstChild.textContent = text;
        } else cell.textContent = text;
        made.append(cell);
      });
      lines.push(made);
    };
    if (!state.levers) {
      const made = document.createElement("tr");
      const cell = document.createElement("td");
      cell.colSpan = 6;
      cell.textContent = say.no_pull;
      made.append(cell);
      body.replaceChildren(made);
      byId("gaps").replaceChildren();
      return;
    }
    for (const { theory, row } of rows) {
      const name = theory.votes ? theory.name : `${theory.name} (${theory.worlds})`;
      const told = row[SIDE] === 1 || row[SIDE] === -1;
      line(
        theory.key === state.theory ? "chosen" : "",
        [name, written(row[BEFORE]), written(row[AFTER]), written(row[TEXT]), written(row[SHARES]), written(row[OFTEN])],
        told,
      );
    }
    const together = data.together[state.outcome][state.levers];
    if (votes.length > 1) {
      const cells = [say.together, "", "", `${written(together[of_all.mean])} (${written(together[of_all.text])}, ${say.reach})`];
      line(
        state.theory === ALL ? "chosen all" : "all",
        [...cells, written(together[of_all.shares]), written(together[of_all.often])],
        together[of_all.side] !== 0,
      );
    }
    body.replaceChildren(...lines);
    const drawn = rows.filter(({ row }) => row[DIFFERENCE] !== null);
    const told = drawn.map(({ theory, row }) => `${theory.name} ${written(row[TEXT])}`).join("; ");
    // Names stand before their marks, or above them where they would take half of the drawing.
    const width = room("gaps");
    const shown = [...drawn.map(({ theory }) => theory.name), ...(votes.length > 1 ? [say.together] : [])];
    const names = Math.max(...shown.map((one) => one.length)) * BOLD + 14;
    const above = names > width * 0.36;
    const step = above ? 40 : 26;
    const name = colon(say.mean, outcome.label);
    const ground = shown.length * step + (above ? 8 : 12);
    const paper = sheet("gaps", ground + below_axis(name, width), fill(say.gaps_alt, { rows: told }));
    const [low, high] = reach("gaps");
    const scale = linear(low, high, above ? 14 : names, width - 14);
    axis(paper, scale, reach("gaps"), ground, 6, name);
    const row_at = (number) => (above ? 30 : 18) + number * step;
    const put_name = (text, number, kind) =>
      paper.put("text", { x: above ? 14 : 4, y: row_at(number) + (above ? -13 : 4), class: kind }, text);
    const zero = scale(0);
    paper.put("line", { x1: zero, x2: zero, y1: 4, y2: ground, class: "zero" });
    drawn.forEach(({ theory, row }, number) => {
      const y = row_at(number);
      const chosen = theory.key === state.theory || (state.theory === ALL && theory.votes);
      const kind = chosen ? "mark" : "mark quiet";
      put_name(theory.name, number, chosen ? "head" : "name");
      if (row[LOW] !== null && row[HIGH] !== null) {
        const [x1, x2] = [scale(row[LOW]), scale(row[HIGH])];
        paper.put("path", { d: `M${x1} ${y - 5}v10M${x1} ${y}H${x2}M${x2} ${y - 5}v10`, class: kind });
      }
      paper.put("circle", { cx: scale(row[DIFFERENCE]), cy: y, r: 4.5, class: theory.votes ? `${kind} full` : `${kind} hollow` });
    });
    if (votes.length > 1 && together[of_all.least] !== null) {
      const y = row_at(drawn.length);
      put_name(say.together, drawn.length, state.theory === ALL ? "head" : "name");
      const [x1, x2] = [scale(together[of_all.least]), scale(together[of_all.most])];
      paper.put("rect", { x: x1, y: y - 5, width: Math.max(2, x2 - x1), height: 10, class: "span" });
    }
  }

  function draw_weeks() {
    const { days, said, from, fans } = data.weeks;
    const base = fans[place()][0];
    const mine = fans[place()][state.levers];
    const first = state.levers ? from : 0;
    // Weeks before anything can differ are nothing done's.
    const curve = (quantile) => base[quantile].map((value, week) => (week < first ? value : mine[quantile][week - first]));
    const last = days.length - 1;
    const numbers = { median: number(curve(2)[last] || 0), base: number(base[2][last] || 0) };
    const alt = fill(say.fan_alt, { label: say.out, day: said[last], ...numbers });
    const paper = sheet("weeks", 268, alt);
    const time = (day) => Date.parse(day + "T00:00:00Z");
    const x = linear(time(days[0]), time(days[last]), 44, paper.width - 14);
    const [low, high] = reach("weeks");
    const y = linear(low, high, 240, 22);
    const { found, decimals } = ticks(low, high, 5);
    for (const value of found) {
      paper.put("line", { x1: 44, x2: paper.width - 14, y1: y(value), y2: y(value), class: "grid" });
      paper.put("text", { x: 38, y: y(value) + 4, class: "tick", "text-anchor": "end" }, number(value, decimals));
    }
    const at = (week) => x(time(days[week]));
    const line = (values) => values.map((value, week) => `${week ? "L" : "M"}${at(week).toFixed(1)} ${y(value || 0).toFixed(1)}`).join("");
    const band = (under, over, kind) => {
      const back = over.map((value, week) => `L${at(week).toFixed(1)} ${y(value || 0).toFixed(1)}`).reverse().join("");
      paper.put("path", { d: `${line(under)}${back}Z`, class: kind });
    };
    band(curve(0), curve(4), "band wide-band");
    band(curve(1), curve(3), "band");
    paper.put("path", { d: line(base[0]), class: "before thin" });
    paper.put("path", { d: line(base[4]), class: "before thin" });
    paper.put("path", { d: line(base[2]), class: "before" });
    paper.put("path", { d: line(curve(2)), class: "line" });
    const small = paper.width < 520;
    const every = small ? 20 : 7;
    for (let week = 0; week <= last; week += every) {
      if (last - week < every * 0.7 && week !== last) continue;
      paper.put("text", { x: at(week), y: 258, class: "tick", "text-anchor": week ? "middle" : "start" }, said[week]);
    }
    paper.put("text", { x: at(last), y: 258, class: "tick", "text-anchor": "end" }, said[last]);
    paper.put("line", { x1: 44, x2: paper.width - 14, y1: 240, y2: 240, class: "rule" });
    const pull = x(time(data.day));
    const record = x(time(say.record_end));
    if (state.levers) {
      paper.put("line", { x1: pull, x2: pull, y1: 22, y2: 240, class: "zero" });
      paper.put("text", { x: pull - 4, y: 34, class: "tick", "text-anchor": "end" }, say.pulled);
    }
    paper.put("line", { x1: record, x2: record, y1: 22, y2: 240, class: "limit" });
    paper.put("text", { x: record + 4, y: 34, class: "tick" }, say.record);
    paper.put("text", { x: 4, y: 14, class: "head" }, colon(say.out, theory_name()));
    const rows = days.map((day, week) => {
      const cells = [base, null].map((of) => {
        const middle = of ? of[2][week] : curve(2)[week];
        const ends = of ? [of[0][week], of[4][week]] : [curve(0)[week], curve(4)[week]];
        return middle === null ? "–" : `${number(middle)} (${number(ends[0])}–${number(ends[1])})`;
      });
      return [said[week], ...cells];
    });
    fill_table(byId("t-weeks"), ["", say.not_done, say.done], rows.filter((row, week) => week >= from - 4));
  }

  // Sentences

  function sentence() {
    const outcome = data.outcomes[state.outcome];
    const all = state.theory === ALL;
    const theory = all ? votes[0] : data.theories[place()];
    const under = all ? fill(say.under_all, { count: votes.length }) : fill(say.under, { theory: theory.name });
    const shared = { under, worlds: theory.worlds, label: outcome.label, day: say.day, levers: listed(pulled().map((one) => one.name)) };
    if (!state.levers) {
      const [low, , median, , high] = data.quantiles[state.outcome][place()][0];
      const one = data.dots[state.outcome][place()][0].length === 1;
      return fill(one ? say.nothing_one : say.nothing, { ...shared, low: low || "–", median: median || "–", high: high || "–" });
    }
    if (all) {
      const row = data.together[state.outcome][state.levers];
      const found = written(row[of_all.finding]);
      const finding = say.findings[`${found} ${row[of_all.side]}`] || say.findings[found] || found;
      return fill(row[of_all.better] === 0 && row[of_all.worse] === 0 ? say.same_as_all : say.change_all, {
        ...shared,
        reach: written(row[of_all.text]),
        mean: written(row[of_all.mean]),
        often: written(row[of_all.often]),
        finding: fill(finding, { less: outcome.less, more: outcome.more }),
      });
    }
    const row = data.compared[state.outcome][place()][state.levers];
    const alike = row[BETTER] === 0 && row[WORSE] === 0;
    return fill(alike ? say.same_as : say.change, { ...shared, interval: written(row[TEXT]), often: written(row[OFTEN]) });
  }

  // What a small screen keeps in sight while levers are moved above the result; the sentence says it to all others.
  function brief() {
    const outcome = data.outcomes[state.outcome];
    let told = written(data.together[state.outcome][state.levers]?.[of_all.mean]);
    if (!state.levers) told = `${data.quantiles[state.outcome][place()][0][2] || "–"} (${say.none})`;
    else if (state.theory !== ALL) told = written(data.compared[state.outcome][place()][state.levers][TEXT]);
    else told += ` (${written(data.together[state.outcome][state.levers][of_all.text])})`;
    return colon(outcome.label, told);
  }

  function draw_still() {
    const lived = data.theories.map((theory, number) => [theory, data.still[number][state.levers]]);
    const counts = lived.filter(([, count]) => count !== null).map(([theory, count]) => `${count} (${theory.name})`);
    byId("still").hidden = !counts.length;
    const whole = lived.every(([, count]) => count === null || count === String(data.base));
    const said = state.levers ? say.still : whole ? say.still_nothing : say.still_base;
    byId("still").textContent = fill(said, { day: say.day, counts: counts.join(", "), base: data.base });
  }

  // The address holds what is shown: a link shows the same.

  function address() {
    const levers = pulled().map((lever) => lever.key).join(",");
    return `#levers=${levers}&outcome=${data.outcomes[state.outcome].key}&theory=${state.theory}`;
  }

  function read_address() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const unknown = [];
    let levers = 0;
    for (const key of (asked.get("levers") || "").split(",").filter((one) => one)) {
      const bit = data.levers.findIndex((lever) => lever.key === key);
      if (bit < 0) unknown.push(key);
      else levers |= 1 << bit;
    }
    state.levers = levers;
    const outcome = data.outcomes.findIndex((one) => one.key === asked.get("outcome"));
    if (outcome >= 0) state.outcome = outcome;
    else if (asked.get("outcome")) unknown.push(asked.get("outcome"));
    const theories = [...document.querySelectorAll("input[name=theory]")].map((box) => box.value);
    if (theories.includes(asked.get("theory"))) state.theory = asked.get("theory");
    else if (asked.get("theory")) unknown.push(asked.get("theory"));
    byId("note").hidden = !unknown.length;
    byId("note").textContent = unknown.length ? fill(say.unknown, { what: unknown.join(", ") }) : "";
  }

  function write_address() {
    if (location.hash === address()) return;
    try {
      history.replaceState(null, "", address());
    } catch {
      location.hash = address(); // where a file may not change its history
    }
  }

  // All of it

  function show_choices() {
    for (const box of document.querySelectorAll("input[name=lever]")) {
      const bit = data.levers.findIndex((lever) => lever.key === box.value);
      box.checked = Boolean((state.levers >> bit) & 1);
    }
    for (const box of document.querySelectorAll("input[name=outcome]")) box.checked = box.value === data.outcomes[state.outcome].key;
    for (const box of document.querySelectorAll("input[name=theory]")) box.checked = box.value === state.theory;
  }

  function draw() {
    draw_dots();
    draw_worlds();
    draw_gaps();
    draw_weeks();
    draw_still();
    const said = sentence();
    if (byId("said").textContent !== said) byId("said").textContent = said;
    byId("brief").textContent = brief();
    const levers = state.levers ? listed(pulled().map((one) => one.name)) : say.none;
    byId("shown").textContent = fill(say.print, { levers, label: data.outcomes[state.outcome].label, theory: theory_name() });
  }

  function changed() {
    byId("note").hidden = true;
    write_address();
    draw();
  }

  function from_address() {
    read_address();
    show_choices();
    draw();
  }

  byId("choices").addEventListener("change", (event) => {
    const box = event.target;
    if (box.name === "lever") {
      const bit = 1 << data.levers.findIndex((lever) => lever.key === box.value);
      state.levers = box.checked ? state.levers | bit : state.levers & ~bit;
    } else if (box.name === "outcome") state.outcome = data.outcomes.findIndex((one) => one.key === box.value);
    else if (box.name === "theory") state.theory = box.value;
    changed();
  });
  const pull = (levers) => () => {
    state.levers = levers;
    show_choices();
    changed();
  };
  byId("none").addEventListener("click", pull(0));
  byId("every").addEventListener("click", pull((1 << data.levers.length) - 1));
  window.addEventListener("hashchange", () => {
    if (location.hash !== address()) from_address();
  });
  // On paper stand how it was computed and what it is not, open or not; afterwards they are as they were.
  const told = ["which", "made", "not"].map(byId);
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = told.filter((pane) => !pane.open);
    for (const pane of closed) pane.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const pane of closed) pane.open = false;
  });
  let width = 0;
  window.addEventListener("resize", () => {
    if (byId("result").clientWidth === width) return;
    width = byId("result").clientWidth;
    draw();
  });
  state.theory = document.querySelector("input[name=theory]").value;
  from_address();
  width = byId("result").clientWidth;
})();
