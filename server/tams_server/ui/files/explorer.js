// What the pages under /ui do beside showing themselves: they draw the timeline, keep what is looked at in the
// address, so that it can be sent, and copy. Every module is asked for with the token of the page's address.

const own = new URL(import.meta.url);
const beside = (name) => new URL(name + own.search, own).href;
const NS = 1_000_000_000n;

/** A TAMS timestamp: the sign covers the whole value. */
function timestamp(ns) {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? "-" : ""}${size / NS}:${size % NS}`;
}

/** Seconds after the origin as nanoseconds: whole ones and the rest apart, so that none is lost. */
function nanoseconds(origin, seconds) {
  const whole = Math.floor(seconds);
  return origin + BigInt(whole) * NS + BigInt(Math.round((seconds - whole) * 1e9));
}

/** This page's address with these parameters, or without those that are null. */
function addressWith(changes) {
  const found = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) found.searchParams.delete(name);
    else found.searchParams.set(name, value);
  }
  return found;
}

/** Lane and start of a bar, of the whole or of what is seen closer; null for one that is not there any more. */
function placeOf(model, index) {
  const whole = model.get("bars"), count = whole.lane.length / 4, detail = model.get("detail");
  const [bars, bar] = index < count ? [whole, index] : [detail?.bars, index - (detail?.first ?? 0)];
  if (!bars || bar < 0 || bar >= bars.lane.length / 4) return null;
  const origin = BigInt(model.get("t0_ns")), lane = new Int32Array(bars.lane.buffer)[bar];
  const start = bars.exact ? origin + new BigInt64Array(bars.exact.buffer)[2 * bar] : nanoseconds(origin, new Float64Array(bars.start.buffer)[bar]);
  return { lane, start };
}

function inView(model) {
  const origin = BigInt(model.get("t0_ns"));
  const [start, end] = model.get("window").map((seconds) => timestamp(nanoseconds(origin, seconds)));
  return `[${start}_${end})`;
}

/** Links that follow what is selected and what is in view. */
function followed(section, model) {
  const part = (name) => section.querySelector(`[data-${name}]`);
  const chosen = part("chosen"), open = part("open"), narrow = part("narrow");
  let known = String(model.get("window"));
  const showView = () => {
    if (known === String(model.get("window"))) return;
    known = String(model.get("window"));
    history.replaceState(null, "", addressWith({ view: inView(model) }));
    narrow.href = addressWith({ view: null, timerange: inView(model) });
    chosen.hidden = false;
  };
  const showChosen = () => {
    const place = placeOf(model, model.get("selected")), key = place && model.get("keys")[place.lane];
    open.hidden = key === null;
    if (key === null) return;
    const isSource = section.dataset.by === "source", label = model.get("lanes")[place.lane];
    const to = new URL((isSource ? section.dataset.sources : section.dataset.flows).replace("ID", encodeURIComponent(key)), location.href);
    if (!isSource) to.searchParams.set("at", timestamp(place.start));
    open.href = to;
    open.textContent = isSource ? `Open the source ${label}` : `Open ${label} at this time`;
    chosen.hidden = false;
  };
  open.hidden = true;
  if (narrow) {
    narrow.href = addressWith({ view: null, timerange: inView(model) });
    model.on("change:window", showView);
  }
  model.on("change:selected", showChosen);
}

/** Asks for what the whole leaves out, where one looks; the last question is the one that counts. */
function seenCloser(section, model, withBytes) {
  const told = section.querySelector("[data-problem]");
  let next = model.get("bars").lane.length / 4, asking = null, asked = "";
  const say = (problem) => { told.textContent = problem; told.hidden = !problem; };
  const ask = async () => {
    const url = new URL(section.dataset.detail, location.href), seen = model.get("seen") ?? [];
    url.searchParams.set("view", inView(model));
    url.searchParams.set("lanes", seen.join(","));
    url.searchParams.set("drawn", model.get("drawn"));
    if (!seen.length || url.href === asked) return;
    asked = url.href;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(url, { signal: asking.signal });
      const found = await answer.json();
      if (!answer.ok) say(found.summary);
      else if (!found.is_current) say("The store has changed since this was drawn: load the page again to look closer.");
      else {
        say("");
        const detail = found.detail && withBytes({ ...found.detail, first: next });
        if (detail) next += detail.notes.length;
        model.set("detail", detail);
      }
    } catch (error) {
      if (error.name !== "AbortError") say(`The server does not answer: ${error.message}`);
    }
  };
  model.on("change:window", ask);
  model.on("change:seen", ask);
}

async function draw(place) {
  const [{ default: widget }, { modelOf, withBytes }] = await Promise.all([import(beside("timeline.js")), import(beside("model.js"))]);
  const state = withBytes(JSON.parse(document.getElementById(place.dataset.tamsState).textContent));
  const model = modelOf({ ...state, nonce: place.dataset.nonce });
  place.tamsModel = model;
  widget.render({ model, el: place });
  const section = place.closest("[data-shown]");
  if (!section) return;
  followed(section, model);
  seenCloser(section, model, withBytes);
  section.addEventListener("click", (event) => {
    const row = event.target.closest("tr")?.querySelector("[data-tams-bar]");
    if (!row) return;
    model.set("selected", Number(row.dataset.tamsBar));
    place.scrollIntoView({ behavior: "smooth", block: "start" });
  });
}

for (const place of document.querySelectorAll("[data-tams-state]")) await draw(place);

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
      button.textContent = "Copied";
    });
  }
}
