// The page works without this: forms are forms. With it, what changes at the table comes by itself, a form's answer
// stands beside the form, and what is half written outlives updates, reloads and a lost connection.
"use strict";
(() => {
  const body = document.body, bar = document.getElementById("link-state");
  const room = `draft:${body.dataset.drafts}:`;
  const $$ = (what, within = document) => [...within.querySelectorAll(what)];
  let version = Number(body.dataset.version), wanted = version, busy = false, waiting = 0;
  let plays = false;  // whether this page plays the turn itself, and need not be told

  // --- What is half written

  const forms = () => $$("form[data-form]");
  const fields = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.tagName !== "BUTTON");
  const ticks = (one) => one.type === "checkbox" || one.type === "radio";
  const store = (key, value) => { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* no room, or not allowed: the field still holds it */ } };
  const stored = (key) => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; } };

  function keep(form) {
    const said = {};
    for (const one of fields(form)) {
      if (ticks(one) ? one.checked !== one.defaultChecked : one.value !== initial(one)) said[ticks(one) ? `${one.name}=${one.value}` : one.name] = ticks(one) ? one.checked : one.value;
    }
    store(room + form.dataset.form, Object.keys(said).length ? JSON.stringify(said) : null);
  }
  const initial = (one) => one.tagName === "SELECT" ? (one.querySelector("option[selected]") || one.options[0] || {}).value : one.defaultValue;

  // The focused field is never overwritten; whatever the draft does not name goes back to what the page has, where asked.
  function fill(form, clean = false) {
    const said = stored(room + form.dataset.form);
    for (const one of fields(form)) {
      if (one === document.activeElement && !ticks(one)) continue;
      const key = ticks(one) ? `${one.name}=${one.value}` : one.name;
      if (key in said) { if (ticks(one)) one.checked = said[key]; else one.value = said[key]; }
      else if (clean) { if (ticks(one)) one.checked = one.defaultChecked; else one.value = initial(one); }
    }
    $$("[data-lever]", form).forEach(level);
  }
  function forget(form) {
    store(room + form.dataset.form, null);
    form.reset();
    $$("[data-lever]", form).forEach(level);
  }

  // --- Levers: a slider moves the number beside it, and the number is what counts

  function level(lever) {
    const number = lever.querySelector("[data-number]"), slider = lever.querySelector("[data-slider]");
    const said = lever.querySelector("[data-words]"), empty = number.value === "";
    lever.classList.toggle("empty", empty);
    lever.querySelector("[data-clear]").hidden = empty;
    const words = { 0: said.dataset.no, 1: said.dataset.yes }[Number(number.value)];
    said.textContent = empty ? said.dataset.none : words || `${number.value} ${Number(number.value) === 1 ? said.dataset.unitOfOne : said.dataset.unit}`;
    if (!slider) return;
    slider.hidden = false;
    slider.value = empty ? slider.defaultValue : number.value;
    slider.setAttribute("aria-valuetext", said.textContent);
  }

  // --- Regions that follow the table

  function anew(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    if (!fresh.querySelector("[data-part]")) return location.reload();
    const state = [fresh.body.dataset.state, fresh.documentElement.lang, fresh.body.className, fresh.body.dataset.drafts].join();
    if (state !== [body.dataset.state, document.documentElement.lang, body.className, body.dataset.drafts].join()) return location.reload();
    version = Number(fresh.body.dataset.version);
    const told = (page) => $$(".told.fresh", page).map((one) => one.textContent), before = told(document);
    const turns = Number(fresh.body.dataset.turn) - Number(body.dataset.turn);
    if (turns > 0 && !plays) said.announce("turn", "#read");
    else if (!turns && told(fresh).some((one) => !before.includes(one))) said.announce("told", "#told");
    if (turns) plays = false;
    body.dataset.turn = fresh.body.dataset.turn;
    // What was typed for a turn that has been played meanwhile is refused once, so that nobody orders for another turn
    // than he thinks; what is empty follows at once.
    // So is what had no answer, which may be done: sent again as it was, it is not done twice.
    for (const form of forms()) if (!("unanswered" in form.dataset) && !Object.keys(stored(room + form.dataset.form)).length) follow(form);
    // What a form offers before anybody types (days, their bounds, hints) is of today; what is typed stays.
    for (const one of $$("form[data-form] :is(.hint, input:not([type=checkbox], [type=radio], [type=hidden]))[id]")) {
      const other = fresh.getElementById(one.id), same = one.value === one.defaultValue && one !== document.activeElement;
      for (const name of ["min", "max", "value"]) if (other?.hasAttribute(name)) one.setAttribute(name, other.getAttribute(name));
      if (one.matches(".hint")) one.textContent = other?.textContent ?? one.textContent; else if (same) one.value = one.defaultValue; }
    for (const part of $$("[data-part]")) {
      const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!other || other.innerHTML === part.dataset.had || (part.dataset.had === undefined && other.innerHTML === part.innerHTML)) continue;
      replace(part, other);
    }
    said.outlived(body.dataset.turn);
    for (const list of $$("select[data-choices]")) {
      const other = fresh.getElementById(list.id);
      if (!other || other.innerHTML === list.innerHTML) continue;
      const now = list.value;
      list.replaceChildren(...other.childNodes);
      if ([...list.options].some((one) => one.value === now)) list.value = now;
    }
  }
  const follow = (form) => {  // a button that names the turn it means says the one that is sent with it
    if (form.elements.turn) form.elements.turn.value = body.dataset.turn;
    for (const one of $$("[data-says]", form)) one.textContent = one.dataset.says.replace("{turn}", body.dataset.turn);
  };
  function replace(part, other) {
    const open = new Map($$("details[id]", part).map((one) => [one.id, one.open]));
    const held = new Map($$("select, input[type=checkbox]", part).map((one) => [place(one), ticks(one) ? one.checked : one.value]));
    const focus = part.contains(document.activeElement) ? document.activeElement : null;
    const at = focus && $$("a, button, summary, select, input, [tabindex]", part).indexOf(focus), mark = focus && place(focus);
    const scrolls = $$(".scroll", part).map((one) => one.scrollLeft);
    part.dataset.had = other.innerHTML;
    part.replaceChildren(...other.childNodes);
    for (const one of $$("details[id]", part)) if (open.has(one.id)) one.open = open.get(one.id);
    for (const one of $$("select, input[type=checkbox]", part)) {
      if (held.has(place(one))) { if (ticks(one)) one.checked = held.get(place(one)); else one.value = held.get(place(one)); }
    }
    $$(".scroll", part).forEach((one, number) => { one.scrollLeft = scrolls[number] || 0; });
    if (focus) {
      const all = $$("a, button, summary, select, input, [tabindex]", part);
      const same = all.find((one) => place(one) === mark) || all[Math.min(at, all.length - 1)];
      if (same) same.focus({ preventScroll: true });
    }
  }
  const place = (one) => one.id || [one.tagName, one.name, one.value, one.getAttribute("aria-label"), one.closest("form")?.elements.id?.value, one.closest("[id]")?.id, one.textContent].join("|");

  async function refresh() {
    if (busy) return;
    busy = true;
    try {
      do {
        waiting = 0;
        const answer = await fetch("/", { headers: { Accept: "text/html" }, cache: "no-store" });
        if (answer.status === 401 || answer.status === 403) return location.reload();
        if (answer.status === 429) { await pause(answer); waiting = 1; continue; }
        if (!answer.ok) break;
        anew(await answer.text());
        if (bar.dataset.now === "lost") say("back");
        wanted = Math.max(wanted, version);
        if (version < wanted || waiting) await new Promise((done) => setTimeout(done, 500));
      } while (version < wanted || waiting);
    } catch { say("lost"); again(); } finally { busy = false; }
  }
  const again = () => setTimeout(() => { waiting = 1; refresh(); }, 2000);  // a stream may outlive a line that was lost
  const pause = (answer) => new Promise((done) => setTimeout(done, 1000 * Math.min(Number(answer.headers.get("Retry-After")) || 2, 30)));

  // --- The line to the table

  function say(what) {
    bar.hidden = false;
    if (bar.textContent !== bar.dataset[what]) bar.textContent = bar.dataset[what];
    bar.dataset.now = what;
    if (what === "back") setTimeout(() => { if (bar.dataset.now === "back") bar.hidden = true; }, 3000);
  }
  let lost = 0;
  function listen() {
    const line = new EventSource("/events");
    line.addEventListener("open", () => { clearTimeout(lost); lost = 0; if (bar.dataset.now === "lost") { say("back"); } waiting = 1; refresh(); });
    line.addEventListener("table", (event) => {
      const told = JSON.parse(event.data);
      wanted = Math.max(wanted, told.version);
      if (told.version !== version || told.playing !== (body.dataset.playing === "true")) waiting = 1;
      body.dataset.playing = told.playing;
      refresh();
    });
    line.addEventListener("error", () => {
      // A refusal, because this browser has many tabs open say, ends a stream for good: look, and ask again by and by.
      if (line.readyState === EventSource.CLOSED) { setTimeout(listen, 8000); waiting = 1; refresh(); }
      else if (!lost) lost = setTimeout(() => say("lost"), 1500);
    });
  }

  // --- Forms

  const sent = new WeakMap();
  async function send(form, button, quiet = false) {
    const address = new URL(button?.getAttribute("formaction") || form.getAttribute("action"), location.href);
    const name = address.pathname.split("/").pop(), turn = (sent.get(form)?.[name] || 0) + 1;
    sent.set(form, { ...sent.get(form), [name]: turn });
    const data = new URLSearchParams(new FormData(form, button?.name ? button : undefined));
    const box = form.querySelector(`[data-answer="${name}"]`) || document.querySelector(`[data-answer="${name}"]`);
    const from = document.activeElement;
    button?.setAttribute("aria-busy", "true");
    if (name === "advance") plays = true;
    try {
      const answer = await fetch(address, { method: "POST", body: data, headers: { "X-Part": "1" } });
      if (sent.get(form)[name] !== turn || (answer.status === 409)) return;  // a newer one is on its way
      if (answer.status === 429) return say("slow");
      if (answer.status === 401 || answer.status === 403) return location.reload();
      if (bar.dataset.now === "failed" || bar.dataset.now === "slow") bar.hidden = true;
      delete form.dataset.unanswered;
      if (name === "advance" && !answer.ok) plays = false;
      const told = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      if (!quiet || answer.ok) { box?.replaceChildren(...told.childNodes); said.mark(form, box); }
      if (answer.ok && !("keep" in form.dataset) && name !== "try") forget(form);
      follow(form);
      if (answer.ok) {
        if (form.elements.late) { form.elements.late.checked = false; keep(form); }  // it was meant once
        said.done(box);
        waiting = 1;
        refresh();
      }
      if (!quiet && !answer.ok && box) {
        box.scrollIntoView({ block: "nearest" });
        box.tabIndex = -1;  // who has gone on to another field meanwhile stays there
        if (document.activeElement === from) box.focus({ preventScroll: true });
      }
    } catch {
      form.dataset.unanswered = "";
      if (!quiet) said.lost(box, bar.dataset.failed, body.dataset.turn);
      say(navigator.onLine ? "failed" : "lost");
      again();
    } finally { button?.removeAttribute("aria-busy"); }
  }
  const later = new WeakMap();
  const tries = (form) => document.querySelector("[data-gate=open]") && fields(form).some((one) => one.name.startsWith("level.") && one.value !== "") && form.checkValidity();
  document.addEventListener("input", (event) => {
    const lever = event.target.closest("[data-lever]"), form = event.target.form;
    if (lever && "slider" in event.target.dataset) lever.querySelector("[data-number]").value = event.target.value;
    if (lever) level(lever);
    if (form?.dataset.form) { keep(form); said.typed(event.target); }
    const tried = document.getElementById("tried");  // of what stood in the fields before one of them was wrong
    if (lever && tried && "tries" in form.dataset) tried.hidden = !form.checkValidity();
    if (form && "tries" in form.dataset && (lever || event.target.name === "measure")) {
      clearTimeout(later.get(form));
      later.set(form, setTimeout(() => { if (tries(form)) send(form, form.querySelector("[data-try]"), true); }, 900));
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-clear]");
    if (!button) return;
    const number = button.closest("[data-lever]").querySelector("[data-number]");
    number.value = "";
    number.dispatchEvent(new Event("input", { bubbles: true }));
    number.focus();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || "plain" in form.dataset) return;
    event.preventDefault();
    clearTimeout(later.get(form));
    if (event.submitter?.getAttribute("aria-busy") !== "true") send(form, event.submitter);
  });
  addEventListener("storage", (event) => {
    for (const form of forms()) if (event.key === room + form.dataset.form) fill(form, true);
  });

  forms().forEach((form) => fill(form));
  listen();
})();
