// The page works without this: forms are forms. With it, what changes at the table comes by itself, a form's answer
// stands beside the form, and what is half written outlives updates, reloads and a lost connection.
const body = document.body, bar = document.getElementById("link-state"), news = document.getElementById("news");
const room = `draft:${body.dataset.drafts}:`;
const $$ = (what, within = document) => [...within.querySelectorAll(what)];
const forms = () => $$("form[data-form]");
const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
const unseated = (answer) => answer.status === 401 || answer.status === 403;

// --- What is half written

const fields = (form) => [...form.elements].filter((one) => one.name && !one.matches("[type=hidden], button"));
const ticks = (one) => one.type === "checkbox" || one.type === "radio";
const named = (one) => ticks(one) ? `${one.name}=${one.value}` : one.name;
const said = (one) => ticks(one) ? "checked" : "value";
const first = (list) => (list.querySelector("[selected]") ?? list.options[0])?.value;
const initial = (one) => ticks(one) ? one.defaultChecked : one.defaultValue ?? first(one);
const typed = (form) => fields(form).filter((one) => one[said(one)] !== initial(one));

function keep(form) {
  const draft = Object.fromEntries(typed(form).map((one) => [named(one), one[said(one)]]));
  try {
    localStorage.setItem(room + form.dataset.form, JSON.stringify(draft));
  } catch { /* no room, or not allowed: the field still holds it */ }
}
function kept(form) {
  try {
    return JSON.parse(localStorage.getItem(room + form.dataset.form)) ?? {};
  } catch { return {}; }
}
// The focused field is never overwritten; whatever the draft does not name goes back to what the page has, where asked.
function fill(form, clean = false) {
  const draft = kept(form);
  for (const one of fields(form)) {
    if (one === document.activeElement && !ticks(one)) continue;
    if (clean || named(one) in draft) one[said(one)] = draft[named(one)] ?? initial(one);
  }
  $$("[data-lever]", form).forEach(level);
}

// --- Levers: a slider moves the number beside it, and the number is what counts

function level(lever) {
  const number = lever.querySelector("[data-number]"), slider = lever.querySelector("[data-slider]");
  const words = lever.querySelector("[data-words]"), at = number.value && Number(number.value);
  words.textContent = words.dataset[`at${at}`] ?? `${number.value} ${words.dataset.unit}`;
  if (slider) slider.value = number.value || slider.defaultValue;
  slider?.setAttribute("aria-valuetext", words.textContent);
}
function move(control, value) {
  const number = control.closest("[data-lever]").querySelector("[data-number]");
  number.value = value;
  number.dispatchEvent(new Event("input", { bubbles: true }));
  return number;
}

// --- What follows the table

function anew(fresh) {
  // Another seat, another language, the end of the session: another page.
  if (fresh.body.dataset.shell !== body.dataset.shell) return location.reload();
  const told = (page) => $$(".told.fresh", page).map((one) => one.textContent), before = told(document);
  const turn = fresh.body.dataset.turn, turns = turn - body.dataset.turn;
  const own = document.querySelector(`[data-form=advance] :is([aria-busy], .done[data-turn="${turn}"])`);
  if (turns > 0 && !own) announce("turn");
  if (!turns && told(fresh).some((one) => !before.includes(one))) announce("told");
  body.dataset.turn = turn;
  // What was typed for a turn that has been played meanwhile is refused once, so that nobody orders for another turn
  // than he thinks; what is empty follows at once.
  // So is what had no answer, which may be done: sent again as it was, it is not done twice.
  for (const form of forms()) if (!("unanswered" in form.dataset) && !typed(form).length) follow(form);
  const focus = document.activeElement, controls = $$('a, button, summary, select, input, [tabindex="0"]');
  // What a form offers before anybody types (days, their bounds, choices, hints) is of today; what is typed stays.
  for (const one of $$("[data-part], form[data-form] :is(.hint, input, select)[id]")) {
    const other = fresh.getElementById(one.id), untouched = one !== focus && one.value === one.defaultValue;
    if (other) become(one, other);
    if (one.defaultValue !== undefined && untouched) one.value = one.defaultValue;
  }
  const left = controls.slice(controls.indexOf(focus)).find((one) => one.isConnected && one.checkVisibility());
  if (document.activeElement !== focus) left?.focus({ preventScroll: true });
  // An answer goes with its turn, and that something is missing once it is there: as a page says that is not older.
  const over = `.said:not([data-turn="${turn}"]), body:has([data-gate=open]) .said:has([data-mistake-of=late])`;
  if (!asked) $$(over).forEach((one) => one.remove());
  forms().forEach(mark);
}
const follow = (form) => {  // a button that names the turn it means says the one that is sent with it
  form.elements.turn.value = body.dataset.turn;
  for (const one of $$("[data-says]", form)) one.textContent = one.dataset.says.replace("{turn}", body.dataset.turn);
};
// What is the same stays where it is, and with it the focus, what is open, ticked or chosen, and how far one scrolled.
const kin = (one) => [one.nodeName, one.id, one.getAttribute?.("value")].join();
function become(one, other) {
  if (one instanceof CharacterData) { one.data = other.data; return; }
  for (const { name } of [...one.attributes, ...other.attributes]) {
    const value = other.getAttribute(name);
    if (["open", "aria-busy", "aria-invalid"].includes(name) || value === one.getAttribute(name)) continue;
    if (value === null) one.removeAttribute(name); else one.setAttribute(name, value);
  }
  const left = new Set(one.childNodes);
  const children = [...other.childNodes].map((fresh) => {
    const same = [...left].find((child) => kin(child) === kin(fresh));
    if (same && !same.isEqualNode(fresh)) become(same, fresh);
    left.delete(same);
    return same ?? fresh;
  });
  left.forEach((child) => child.remove());
  for (const [at, child] of children.entries()) {
    if (child !== one.childNodes[at]) one.insertBefore(child, one.childNodes[at] ?? null);
  }
}
// What has changed further up is said at the edge, to whoever looks elsewhere and to whoever hears the page, until it
// was read, and not for long.
const LONG = 15000, READ = 4000;
function announce(what) {
  const link = document.getElementById(`news-${what}`)?.content.firstElementChild.cloneNode(true);
  if (!link) return;
  const gone = () => link.remove();
  link.addEventListener("click", gone);
  news.replaceChildren(link);
  setTimeout(gone, LONG);
  const seen = new IntersectionObserver(([one]) => { if (one.isIntersecting) setTimeout(gone, READ); });
  seen.observe(document.querySelector(link.hash));
}

// --- The line to the table

let asked = false, busy = false;
async function refresh() {
  asked = true;
  if (busy) return;
  busy = true;
  try {
    while (asked) {
      asked = false;
      const answer = await fetch("/", { headers: { Accept: "text/html" }, cache: "no-store" });
      if (unseated(answer)) return location.reload();
      if (answer.ok) { anew(await parsed(answer)); back(); }
      asked ||= answer.status === 429;
      if (asked) await new Promise((done) => setTimeout(done, 1000 * (answer.headers.get("Retry-After") ?? 0.5)));
    }
  } catch { lost("lost"); } finally { busy = false; }
}
function say(what) {
  bar.hidden = false;
  if (bar.textContent !== bar.dataset[what]) bar.textContent = bar.dataset[what];
  bar.dataset.now = what;
}
function lost(what) {
  say(what);
  setTimeout(refresh, 2000);  // a stream may outlive a line that was lost
}
function back() {
  if (bar.dataset.now !== "lost") return;
  say("back");
  setTimeout(() => { if (bar.dataset.now === "back") bar.hidden = true; }, 3000);
}
function listen() {
  const line = new EventSource("/events");
  line.addEventListener("open", back);
  line.addEventListener("table", refresh);
  line.addEventListener("error", () => {
    // A refusal, because this browser has many tabs open say, ends a stream for good: look, and ask again by and by.
    if (line.readyState === EventSource.CLOSED) { setTimeout(listen, 8000); refresh(); }
    else setTimeout(() => { if (line.readyState !== EventSource.OPEN) say("lost"); }, 1500);
  });
}

// --- Forms

// Beside each field of a form stands what its answer says would be right there; a level beyond its bounds is said at
// once, since it is not tried.
function mark(form) {
  for (const place of $$("[data-wrong]", form)) {
    const name = place.dataset.wrong, field = form.elements[name];
    const mistake = form.querySelector(`[data-mistake-of="${CSS.escape(name)}"]`)?.textContent ?? "";
    place.textContent = field.validity.valid ? mistake : field.dataset.bounds ?? mistake;
    field.ariaInvalid = place.textContent ? "true" : null;
  }
}
const latest = new WeakMap();
async function send(form, button, quiet = false) {
  const address = button.hasAttribute("formaction") ? button.formAction : form.action, name = address.split("/").pop();
  const box = form.querySelector(`[data-answer="${name}"]`) ?? document.querySelector(`[data-answer="${name}"]`);
  const data = new URLSearchParams(new FormData(form, button)), from = document.activeElement;
  latest.set(button, data);
  button.ariaBusy = "true";
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { "X-Part": "1" } });
    if (latest.get(button) !== data || answer.status === 409) return;  // a newer one is on its way
    if (answer.status === 429) return say("slow");
    if (unseated(answer)) return location.reload();
    if (bar.dataset.now !== "lost") bar.hidden = true;
    delete form.dataset.unanswered;
    const told = (await parsed(answer)).body.childNodes;
    if (answer.ok) {  // what was done before it is told in the log
      $$("[data-answer] > .done").forEach((one) => one.remove());
      if (!("keep" in form.dataset) && name !== "try") form.reset();
      if (form.elements.late) form.elements.late.checked = false;  // it was meant once
      if (form.dataset.form) keep(form);
      $$("[data-lever]", form).forEach(level);
      refresh();
    }
    if (!quiet || answer.ok) box?.replaceChildren(...told);
    mark(form);
    follow(form);
    if (!quiet && !answer.ok && document.activeElement === from) box?.focus();  // and not who has gone on
  } catch {
    form.dataset.unanswered = "";
    const none = Object.assign(document.createElement("p"), { textContent: bar.dataset.failed, className: "said refused" });
    none.dataset.turn = body.dataset.turn;
    if (!quiet) box?.replaceChildren(none);
    lost(navigator.onLine ? "failed" : "lost");
  } finally { button.ariaBusy = null; }
}
const TRIES = "body:has([data-gate=open]) [data-tries]:valid:has([data-number]:not(:placeholder-shown))";
document.addEventListener("input", (event) => {
  const field = event.target, form = field.form, lever = field.closest("[data-lever]");
  if (field.matches("[data-slider]")) return move(field, field.value);
  if (!form?.dataset.form) return;
  keep(form);
  if (lever) level(lever);
  // A mistake goes with what was typed, and an answer with the last of its mistakes.
  $$(`[data-mistake-of="${CSS.escape(field.name)}"]`, form).forEach((one) => one.remove());
  $$(".said:has(ul:empty)", form).forEach((one) => one.remove());
  mark(form);
  if (lever || field.name === "measure") {
    const rests = () => { if (form.matches(TRIES)) send(form, form.querySelector("[data-try]"), true); };
    clearTimeout(form.dataset.later);
    form.dataset.later = setTimeout(rests, 900);
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-clear]");
  if (button) move(button, "").focus();
});
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.method !== "post" || "plain" in form.dataset) return;
  event.preventDefault();
  clearTimeout(form.dataset.later);
  if (button.ariaBusy !== "true") send(form, button);
});
addEventListener("storage", (event) => {
  for (const form of forms()) if (event.key === room + form.dataset.form) fill(form, true);
});

$$("[data-slider], [data-clear]").forEach((one) => { one.hidden = false; });
forms().forEach((form) => fill(form));
listen();
