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

/** Start of a bar; where float64 is too coarse there are exact offsets. */
function startOf(model, bar) {
  const bars = model.get("bars"), origin = BigInt(model.get("t0_ns"));
  if (bars.exact) return origin + new BigInt64Array(bars.exact.buffer)[2 * bar];
  return nanoseconds(origin, new Float64Array(bars.start.buffer)[bar]);
}

/** Links that follow what is selected and what is in view. */
function followed(section, model) {
  const chosen = section.querySelector("[data-chosen]"), open = section.querySelector("[data-open]");
  const narrow = section.querySelector("[data-narrow]");
  const inView = () => {
    const origin = BigInt(model.get("t0_ns"));
    const [start, end] = model.get("window").map((seconds) => timestamp(nanoseconds(origin, seconds)));
    return `[${start}_${end})`;
  };
  const showView = () => {
    history.replaceState(null, "", addressWith({ view: inView() }));
    narrow.href = addressWith({ view: null, timerange: inView() });
    chosen.hidden = false;
  };
  const showChosen = () => {
    const bar = model.get("selected");
    open.hidden = bar < 0;
    if (bar < 0) return;
    const lane = new Int32Array(model.get("bars").lane.buffer)[bar], key = model.get("keys")[lane];
    const isSource = section.dataset.by === "source";
    open.hidden = key === null;
    const to = new URL((isSource ? section.dataset.sources : section.dataset.flows).replace("ID", encodeURIComponent(key ?? "")), location.href);
    if (!isSource) to.searchParams.set("at", timestamp(startOf(model, bar)));
    open.href = to;
    open.textContent = isSource ? `Open the source ${model.get("lanes")[lane]}` : `Open ${model.get("lanes")[lane]} at this time`;
    chosen.hidden = false;
  };
  open.hidden = true;
  narrow.href = addressWith({ view: null, timerange: inView() });
  model.on("change:window", showView);
  model.on("change:selected", showChosen);
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
