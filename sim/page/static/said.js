// What a page says of itself: what came of a form, as long as that is true and no longer, and what has changed elsewhere.
"use strict";
const said = (() => {
  const $$ = (what, within = document) => [...within.querySelectorAll(what)];
  const LONG = 15000, READ = 4000;

  function tell(form, place, text) {
    place.textContent = text;
    const field = form.elements[place.dataset.wrong];
    if (field?.setAttribute) text ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
  }
  // Beside each field of a form what its answer says would be right there.
  function mark(form, box) {
    const wrong = new Map($$("[data-mistake-of]", box || form).map((one) => [one.dataset.mistakeOf, one.textContent]));
    for (const place of $$("[data-wrong]", form)) tell(form, place, wrong.get(place.dataset.wrong) || "");
  }
  function drop(answer) {
    const box = answer.closest("[data-answer]"), form = box?.closest("form");
    answer.remove();
    if (form) mark(form, box);
  }
  // Something new was done: what was done before it is told in the log.
  function done(box) {
    for (const one of $$("[data-answer] > .done")) if (one.parentElement !== box) one.remove();
  }
  // An answer goes with its turn, and that something is missing once it is there.
  function outlived(turn) {
    const late = document.querySelector("[data-gate=open]") ? $$("[data-mistake-of=late]") : [];
    for (const one of late) drop(one.closest(".said"));
    for (const one of $$("[data-answer] > .said")) if (one.dataset.turn !== turn) drop(one);
  }
  // A mistake goes with what was typed; a level beyond its bounds is said at once, since it is not tried.
  function typed(field) {
    const form = field.form, lever = field.closest("[data-lever]");
    const own = lever?.querySelector("[data-number]") || field;
    const place = form && own.name ? form.querySelector(`[data-wrong="${CSS.escape(own.name)}"]`) : null;
    if (!place) return;
    tell(form, place, own.dataset.bounds && !own.validity.valid ? own.dataset.bounds : "");
    for (const one of $$(`[data-mistake-of="${CSS.escape(own.name)}"]`, form)) {
      const answer = one.closest(".said");
      one.remove();
      if (!answer.querySelector("[data-mistake-of]")) answer.remove();
    }
  }
  // No answer came: that is said where it was waited for.
  function lost(box, text, turn) {
    const answer = document.createElement("p");
    answer.className = "said refused";
    answer.dataset.turn = turn;
    answer.textContent = text;
    box?.replaceChildren(answer);
  }
  // What has changed further up is said at the edge, to whoever looks elsewhere and to whoever hears the page, until it
  // was read, and not for long.
  function announce(what, to) {
    const news = document.getElementById("news"), target = document.querySelector(to);
    if (!news?.dataset[what]) return;
    const link = document.createElement("a"), gone = () => { if (link.isConnected) news.replaceChildren(); };
    link.href = to;
    link.textContent = news.dataset[what];
    link.addEventListener("click", gone);
    news.replaceChildren(link);
    setTimeout(gone, LONG);
    if (target) new IntersectionObserver(([one]) => { if (one.isIntersecting) setTimeout(gone, READ); }).observe(target);
  }
  return { mark, done, outlived, typed, lost, announce };
})();
