// A timeline of a media store: lanes of covered stretches, gaps and overlaps on one canvas.
//
// One module without dependencies or a build step, in anywidget's shape. It reads its state by
// model.get and gives back only `window` (two floats), `selected` (the index of a bar) and `seen`
// (the numbers of the lanes in view):
//
//   lanes     [text]                    details   [{sub, ratio, gaps, overlaps}], one for each lane
//   t0_ns     text of an integer        bars      {start, end, lane, kind[, exact]}: buffers of
//   extent    [float, float]                      float64 seconds after t0_ns, int32, uint8 and,
//   window    [float, float]                      where float64 is too coarse, pairs of int64 ns
//   selected  index, or -1              notes     [text], one for each bar, or null
//   leaps     [[TAI seconds, TAI-UTC]]  scale     "utc" or "tams"
//   noun      "flow"                    summary   the text alternative
//   caption   what was left out, or ""  nonce     of the page's policy for styles, or absent
//   problem   what went wrong, or ""    now_ns    text of an integer: the live edge, or absent
//   timecode  [num, den, drop] or absent: frames a second, whether labels are left out
//   detail    absent, or a part seen closer: {first, window, lanes: [number], bars, notes}; it stands
//             for the bars of these lanes while the view lies in its window, and the index of its
//             bars begins at `first`
//
// Times are BigInt nanoseconds wherever they are shown; a Date never touches them.

const SEGMENT = 0, COVERED = 1, GAP = 2, OVERLAP = 3;
const KINDS = ["segment", "covered", "gap", "overlap"];
const NS = 1_000_000_000n;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const AXIS = 46, OVERVIEW = 52, SETTLE_MS = 120, MANY_LANES = 60, WIDE = 760;
const FINEST = 1e-7; // seconds: nobody needs to look closer, and float64 offsets stay distinct

const STYLE = `
.tams-timeline { --paper: #ffffff; --ink: #17202b; --soft: #5c6775; --faint: #e6e9ee; --track: #f1f3f6;
  --covered: #3f74b5; --covered-edge: #2f5c94; --gap: #c44e00; --gap-paper: #fff1e6; --overlap: #8a2a83;
  --focus: #111827; --shade: rgba(23, 32, 43, .10); --veil: rgba(255, 255, 255, .72);
  color: var(--ink); background: var(--paper); border: 1px solid var(--faint); border-radius: 8px;
  font: 13px/1.4 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums;
  overflow: hidden; text-align: left; }
@media (prefers-color-scheme: dark) { .tams-timeline { --paper: #14181e; --ink: #e8ecf1; --soft: #9aa6b4; --faint: #2a313a;
  --track: #1c222a; --covered: #5b93d6; --covered-edge: #86b2e6; --gap: #ff9a4d; --gap-paper: #33210f; --overlap: #de86d6;
  --focus: #ffffff; --shade: rgba(255, 255, 255, .10); --veil: rgba(20, 24, 30, .72); } }
.tams-timeline * { box-sizing: border-box; }
.tams-bar { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; padding: 9px 12px; border-bottom: 1px solid var(--faint); }
.tams-bar .tams-space { flex: 1; }
.tams-bar label { display: inline-flex; gap: 6px; align-items: center; color: var(--soft); }
.tams-timeline input[type=search], .tams-timeline select, .tams-timeline button { font: inherit; color: var(--ink); background: var(--paper);
  border: 1px solid var(--faint); border-radius: 6px; padding: 3px 9px; height: 28px; }
.tams-timeline input[type=search] { width: 190px; }
.tams-timeline button { cursor: pointer; } .tams-timeline button:hover { background: var(--track); }
.tams-timeline button[aria-pressed=true] { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.tams-group { display: inline-flex; } .tams-group button { border-radius: 0; margin-left: -1px; }
.tams-group button:first-child { border-radius: 6px 0 0 6px; } .tams-group button:last-child { border-radius: 0 6px 6px 0; }
.tams-timeline :focus-visible { outline: 2px solid var(--covered); outline-offset: -2px; }
.tams-overview { display: block; width: 100%; height: ${OVERVIEW}px; border-bottom: 1px solid var(--faint); cursor: grab; touch-action: none; }
.tams-scroll { position: relative; overflow-x: hidden; overflow-y: auto; }
.tams-canvas { position: sticky; top: 0; display: block; width: 100%; cursor: crosshair; touch-action: pan-y; }
.tams-chosen { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; padding: 6px 12px; border-bottom: 1px solid var(--faint); min-height: 41px; }
.tams-chosen .tams-tip { font: 600 13px/1.4 ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", Menlo, Consolas, monospace; user-select: all; }
.tams-chosen .tams-more, .tams-chosen .tams-hint, .tams-caption { color: var(--soft); }
.tams-legend { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 8px 12px; border-top: 1px solid var(--faint); color: var(--soft); font-size: 12px; align-items: center; }
.tams-legend i { display: inline-block; width: 22px; height: 11px; margin-right: 6px; border-radius: 2px; vertical-align: -1px; }
.tams-legend .tams-covered { background: var(--covered); }
.tams-legend .tams-gap { border: 1px solid var(--gap); background: repeating-linear-gradient(135deg, var(--gap) 0 1.5px, var(--gap-paper) 1.5px 5px); }
.tams-legend .tams-overlap { background: var(--overlap); }
.tams-legend .tams-nothing { background: var(--track); border: 1px solid var(--faint); }
.tams-narrow-only, .tams-narrow .tams-wide-only { display: none; } .tams-narrow .tams-narrow-only { display: inline; }
.tams-narrow .tams-bar { gap: 8px; } .tams-narrow .tams-bar .tams-space { display: none; } .tams-narrow .tams-bar > label.tams-line { flex: 1 1 100%; }
.tams-narrow input[type=search], .tams-narrow select { width: 100%; } .tams-narrow .tams-bar > input[type=search] { flex: 1 1 40%; min-width: 0; }
.tams-narrow .tams-bar > label.tams-sort { flex: 1 1 40%; min-width: 0; }
.tams-narrow input[type=search], .tams-narrow select, .tams-narrow button { height: 36px; } .tams-narrow .tams-group button { min-width: 38px; }
.tams-hover { position: fixed; z-index: 9; pointer-events: none; max-width: 460px; padding: 6px 10px; border-radius: 6px; background: var(--ink); color: var(--paper);
  font-size: 12px; line-height: 1.45; box-shadow: 0 2px 10px rgba(0, 0, 0, .25); overflow-wrap: anywhere; }
.tams-hover[hidden], .tams-problem[hidden] { display: none; }
.tams-problem { padding: 8px 12px; border-top: 1px solid var(--faint); color: var(--gap); font-weight: 600; overflow-wrap: anywhere; }
.tams-hover b { display: block; font-weight: 600; }
`;

// ---- times -------------------------------------------------------------------------------------

const floorDiv = (a, b) => (a - (((a % b) + b) % b)) / b;
const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const digits = (n, width) => String(n).padStart(width, "0");

/** A TAMS timestamp: the sign covers the whole value. */
function timestamp(ns) {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? "-" : ""}${size / NS}:${size % NS}`;
}

const timerange = (start, end) => `[${timestamp(start)}_${timestamp(end)})`;

/** A fraction of a second without the zeros at its end: ".04", or nothing. */
function fraction(ns) {
  const text = digits(ns, 9).replace(/0+$/, "");
  return text && `.${text}`;
}

/** A length as people say it, exact: "1 h 02 min 03.5 s". */
function duration(ns) {
  if (ns > 0n && ns < 1_000_000n) return ns < 1000n ? `${ns} ns` : `${Number(ns) / 1000} µs`;
  if (ns > 0n && ns < NS) return `${Number(ns) / 1e6} ms`;
  const seconds = ns / NS, rest = fraction(ns % NS);
  const d = seconds / 86400n, h = (seconds / 3600n) % 24n, m = (seconds / 60n) % 60n, s = seconds % 60n;
  if (d) return `${d} d ${digits(h, 2)} h ${digits(m, 2)} min ${digits(s, 2)}${rest} s`;
  if (h) return `${h} h ${digits(m, 2)} min ${digits(s, 2)}${rest} s`;
  return m ? `${m} min ${digits(s, 2)}${rest} s` : `${s}${rest} s`;
}

/** Year, month, day of a day number counted from 1970-01-01 (proleptic Gregorian calendar). */
function civil(days) {
  const z = days + 719468, era = Math.floor(z / 146097), doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100)), mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

/** The day number of a date: the inverse of civil. */
function dayNumber(year, month, day) {
  const y = month <= 2 ? year - 1 : year, era = Math.floor(y / 400), yoe = y - era * 400;
  const doy = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468;
}

/** The clock of a leap second table [[TAI seconds from which, TAI-UTC]], oldest first. */
function clock(leaps) {
  const table = leaps.map(([from, offset]) => [BigInt(from) * NS, BigInt(offset) * NS]);
  const offsetAt = (tai) => table.reduce((found, [from, offset]) => (tai >= from ? offset : found), 0n);
  const inLeapSecond = (tai) => table.slice(1).some(([from]) => tai >= from - NS && tai < from);
  return {
    /** UTC nanoseconds, and whether this is second 60. */
    utc(tai) {
      const leap = inLeapSecond(tai);
      return { ns: tai - offsetAt(tai) - (leap ? NS : 0n), leap };
    },
    tai(utc) {
      return table.reduce((found, [from, offset]) => (utc + offset >= from ? utc + offset : found), utc);
    },
  };
}

function utcParts({ ns, leap }) {
  const days = floorDiv(ns, 86400n * NS), inDay = ns - days * 86400n * NS, s = Number(inDay / NS);
  const second = (s % 60) + (leap ? 1 : 0);
  return { ...civil(Number(days)), hour: Math.floor(s / 3600), minute: Math.floor(s / 60) % 60, second, ns: inDay % NS };
}

const dateText = (p) => `${digits(p.year, 4)}-${digits(p.month, 2)}-${digits(p.day, 2)}`;
const timeText = (p) => `${digits(p.hour, 2)}:${digits(p.minute, 2)}:${digits(p.second, 2)}${fraction(p.ns)}`;

// ---- timecode ----------------------------------------------------------------------------------

/** Frame numbers, their labels and their nanoseconds at a rate [num, den, drop]: SMPTE ST 12-1. */
function frameClock(rate) {
  if (!rate) return null;
  const [num, den] = [BigInt(rate[0]), BigInt(rate[1])], drops = Boolean(rate[2]);
  const labels = Math.ceil(rate[0] / rate[1]), dropped = drops ? labels / 15 : 0, minute = labels * 60 - dropped, ten = minute * 10 + dropped;
  /** How many labels stand before frame n: those that are left out count too. */
  const labelNumber = (n) => {
    const [tens, rest] = [Math.floor(n / ten), n % ten];
    return n + dropped * (9 * tens + Math.max(0, Math.floor((rest - dropped) / minute)));
  };
  return {
    labels,
    at: (ns) => Number(-floorDiv(-(ns + 1n) * num, den * NS) - 1n), // frame n starts at n/rate, cut to the nanosecond
    startNs: (n) => floorDiv(BigInt(n) * den * NS, num),
    seconds: (n) => Math.floor(labelNumber(n) / labels),
    text(n) {
      const at = labelNumber(Math.abs(n)), s = Math.floor(at / labels), clock = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
      return `${n < 0 ? "-" : ""}${clock.map((part) => digits(part, 2)).join(":")}${drops ? ";" : ":"}${digits(at % labels, Math.max(2, String(labels - 1).length))}`;
    },
    /** The first frame of a second of labels. */
    first(seconds) {
      const minutes = Math.floor(seconds / 60), number = seconds * labels - dropped * (minutes - Math.floor(minutes / 10));
      return number + (dropped && seconds % 60 === 0 && minutes % 10 ? dropped : 0);
    },
  };
}

/** What timecode counts from: midnight in UTC, or zero where the media is not on the wall clock. */
function timecodeOrigin(state, tai) {
  if (!state.onTheClock) return { origin: 0n, inside: tai };
  const utc = state.time.utc(tai).ns, origin = floorDiv(utc, 86400n * NS) * 86400n * NS;
  return { origin, inside: utc - origin };
}

const timecode = (state, tai) => state.frames.text(state.frames.at(timecodeOrigin(state, tai).inside));

// ---- ticks -------------------------------------------------------------------------------------

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** The smallest round number of nanoseconds that is at least `wanted`, by 1, 2, 5. */
function roundNs(wanted) {
  const power = 10 ** Math.floor(Math.log10(Math.max(wanted, 1)));
  const step = [1, 2, 5, 10].find((m) => m * power >= wanted) ?? 10;
  return BigInt(Math.round(step * power));
}

const multiples = (from, to, step) => {
  const found = [];
  for (let at = -floorDiv(-from, step) * step; at <= to; at += step) found.push(at);
  return found;
};

function tamsTicks(from, to, wantedNs) {
  const step = roundNs(wantedNs);
  return multiples(from, to, step).map((at) => ({ at, text: step % NS === 0n ? String(at / NS) : timestamp(at), major: false }));
}

function utcTicks(from, to, wantedNs, time) {
  const a = time.utc(from).ns, b = time.utc(to).ns;
  if (wantedNs > 604800e9) return monthTicks(a, b, wantedNs, time);
  const seconds = STEPS_S.find((s) => s * 1e9 >= wantedNs);
  const step = wantedNs <= 5e8 ? roundNs(wantedNs) : BigInt(seconds) * NS;
  return multiples(a, b, step).map((utc) => ({ at: time.tai(utc), ...utcLabel(utcParts({ ns: utc }), step) }));
}

function utcLabel(p, step) {
  const midnight = p.hour + p.minute + p.second === 0 && p.ns === 0n;
  if (midnight) return { text: `${p.day} ${MONTHS[p.month - 1]}`, major: step < 86400n * NS || p.day === 1 };
  return { text: step >= 60n * NS ? timeText(p).slice(0, 5) : timeText(p), major: false };
}

function timecodeTicks(state, from, to, wantedNs) {
  const frames = state.frames, { origin, inside } = timecodeOrigin(state, from), wanted = wantedNs / 1e9, found = [];
  if (wanted > 21600) return null; // days: a label of frames says nothing
  const place = (n) => (state.onTheClock ? state.time.tai(origin + frames.startNs(n)) : frames.startNs(n));
  const seconds = wanted > 0.5 ? STEPS_S.find((s) => s >= wanted) : 0, step = seconds || [1, 2, 5, 10].find((n) => n >= wanted * frames.labels) || 10;
  const first = frames.at(inside), one = (k) => (seconds ? frames.first(k * step) : k * step);
  for (let k = Math.ceil((seconds ? frames.seconds(first) : first) / step); place(one(k)) <= to; k++) found.push({ at: place(one(k)), text: frames.text(one(k)), major: false });
  return found;
}

function monthTicks(a, b, wantedNs, time) {
  const months = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200].find((m) => m * 2.63e15 >= wantedNs) ?? 2400;
  const first = utcParts({ ns: a }), found = [];
  for (let m = Math.ceil((first.year * 12 + first.month - 1) / months) * months; ; m += months) {
    const year = Math.floor(m / 12), month = (m % 12) + 1, utc = BigInt(dayNumber(year, month, 1)) * 86400n * NS;
    if (utc > b) return found;
    if (utc >= a) found.push({ at: time.tai(utc), text: month === 1 ? String(year) : MONTHS[month - 1], major: month === 1 });
  }
}

// ---- state -------------------------------------------------------------------------------------

function typed(raw, Type) {
  const bytes = raw instanceof ArrayBuffer ? new Uint8Array(raw) : new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
  return new Type(bytes.slice().buffer);
}

/** The columns of some bars, and how to say them to the nanosecond. */
function readBars(bars, notes) {
  return {
    start: typed(bars.start, Float64Array), end: typed(bars.end, Float64Array), lane: typed(bars.lane, Int32Array),
    kind: typed(bars.kind, Uint8Array), exact: bars.exact ? typed(bars.exact, BigInt64Array) : null, notes,
  };
}

const joined = (a, b) => { const made = new a.constructor(a.length + b.length); made.set(a); made.set(b, a.length); return made; };

function readState(model) {
  const lanes = model.get("lanes"), whole = readBars(model.get("bars"), model.get("notes"));
  const state = {
    lanes, details: model.get("details"), noun: model.get("noun") || "lane",
    t0: BigInt(model.get("t0_ns")), extent: model.get("extent"), time: clock(model.get("leaps") || []),
    onTheClock: model.get("scale") !== "tams", frames: frameClock(model.get("timecode")),
    now: model.get("now_ns") ? BigInt(model.get("now_ns")) : null, parts: [whole], count: whole.start.length,
  };
  const margin = (state.extent[1] - state.extent[0]) / 100;
  state.all = [state.extent[0] - margin, state.extent[1] + margin]; // what the overview shows
  state.byLane = byLane(state, whole, 0);
  return readDetail(state, model.get("detail"));
}

/** The bars of each lane in the order of time, as indices that begin at `from`. */
function byLane(state, bars, from) {
  const found = state.lanes.map(() => []);
  const order = Array.from(bars.start.keys()).sort((a, b) => bars.start[a] - bars.start[b] || bars.kind[a] - bars.kind[b]);
  order.forEach((bar) => found[bars.lane[bar]]?.push(from + bar));
  return found;
}

/** The state with these bars beside those of the whole; columns hold both, one after the other. */
function readDetail(state, detail) {
  const whole = state.parts[0], part = detail ? readBars(detail.bars, detail.notes) : null;
  state.parts = part ? [whole, part] : [whole];
  for (const name of ["start", "end", "lane", "kind"]) state[name] = part ? joined(whole[name], part[name]) : whole[name];
  state.close = part && { first: detail.first, window: detail.window, lanes: new Set(detail.lanes), byLane: byLane(state, part, state.count), bars: part.start.length };
  return state;
}

/** The bars that stand for a lane in this view. */
function barsOf(state, view, lane) {
  const close = state.close;
  const isCloser = close && close.lanes.has(lane) && view.window[0] >= close.window[0] && view.window[1] <= close.window[1];
  return (isCloser ? close : state).byLane[lane];
}

const partOf = (state, bar) => (bar < state.count ? [state.parts[0], bar] : [state.parts[1], bar - state.count]);
/** The index of a bar as the model knows it, and back; -1 for one that is not here. */
const told = (state, bar) => (bar < state.count ? bar : state.close.first + bar - state.count);
function heard(state, index) {
  if (index < state.count) return index;
  const bar = state.close ? index - state.close.first : -1;
  return bar >= 0 && bar < state.close.bars ? state.count + bar : -1;
}

const wholeNs = (seconds) => {
  const whole = Math.floor(seconds);
  return BigInt(whole) * NS + BigInt(Math.round((seconds - whole) * 1e9));
};
function boundNs(state, bar, name, place) {
  const [part, at] = partOf(state, bar);
  return state.t0 + (part.exact ? part.exact[2 * at + place] : wholeNs(part[name][at]));
}
const startNs = (state, bar) => boundNs(state, bar, "start", 0);
const endNs = (state, bar) => boundNs(state, bar, "end", 1);

/** What is said of a bar: its kind and exact timerange, its length, its place, its times in UTC. */
function describe(state, bar) {
  const start = startNs(state, bar), end = endNs(state, bar);
  const from = utcParts(state.time.utc(start)), to = utcParts(state.time.utc(end));
  const until = dateText(from) === dateText(to) ? timeText(to) : `${dateText(to)} ${timeText(to)}`, [part, at] = partOf(state, bar);
  return {
    tip: `${KINDS[state.kind[bar]]} ${timerange(start, end)}`, range: timerange(start, end), length: duration(end - start),
    lane: state.lanes[state.lane[bar]], utc: state.onTheClock ? `${dateText(from)} ${timeText(from)} – ${until} UTC` : "", note: part.notes?.[at] || "",
    timecode: state.frames ? `${timecode(state, start)} – ${timecode(state, end)}` : "", key: `${state.lane[bar]} ${state.kind[bar]} ${start} ${end}`,
    place: { lane: state.lane[bar], start: state.start[bar], end: state.end[bar] },
  };
}

const percent = (ratio) => {
  if (ratio === null || ratio === undefined) return "–";
  const text = (Math.floor(ratio * 10000) / 100).toFixed(2); // rounded down: 100 % means all of it
  return ratio === 1 ? "100 %" : `${ratio >= 0.99 ? text : text.slice(0, -1)} %`;
};

const SORTS = {
  name: ["Name", (s) => (a, b) => a - b],
  coverage: ["Least covered first", (s) => (a, b) => (s.details[a].ratio ?? 2) - (s.details[b].ratio ?? 2) || a - b],
  gaps: ["Most gaps first", (s) => (a, b) => s.details[b].gaps - s.details[a].gaps || a - b],
  overlaps: ["Most overlaps first", (s) => (a, b) => s.details[b].overlaps - s.details[a].overlaps || a - b],
};

function visibleLanes(state, view) {
  const wanted = view.filter.trim().toLowerCase();
  const holds = (lane) => `${state.lanes[lane]} ${state.details[lane].sub}`.toLowerCase().includes(wanted);
  const has = (lane) => !view.findings || state.details[lane].gaps + state.details[lane].overlaps > 0;
  return state.lanes.map((_, lane) => lane).filter((lane) => holds(lane) && has(lane)).sort(SORTS[view.sort][1](state));
}

// ---- drawing -----------------------------------------------------------------------------------

function colours(root) {
  const style = getComputedStyle(root), pick = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = ["paper", "ink", "soft", "faint", "track", "covered", "covered-edge", "gap", "gap-paper", "overlap", "focus", "shade", "veil"];
  return { font: style.fontFamily, ...Object.fromEntries(names.map((name) => [name, pick(name)])) };
}

/** The canvas at the screen's own resolution, cleared; units are CSS pixels. */
function surface(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}

function hatch(pen, look) {
  const ratio = window.devicePixelRatio || 1, tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(6 * ratio);
  const ink = tile.getContext("2d"), n = tile.width;
  ink.fillStyle = look["gap-paper"];
  ink.fillRect(0, 0, n, n);
  ink.strokeStyle = look.gap;
  ink.lineWidth = 1.4 * ratio;
  ink.beginPath();
  for (const shift of [-n, 0, n]) ink.moveTo(shift - 1, n + 1), ink.lineTo(shift + n + 1, -1);
  ink.stroke();
  const pattern = pen.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

function fitted(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low ? `${text.slice(0, low)}…` : "";
}

function layout(state, width, rows) {
  if (width < WIDE) return { wide: false, lane: 50, twoLines: false, head: 0, top: 25, high: 19, rows: rows.length }; // names stand over their bars
  const lane = state.lanes.length <= 24 ? 42 : state.lanes.length <= 200 ? 28 : 22, pad = lane >= 40 ? 9 : lane >= 26 ? 6 : 4;
  return { wide: true, lane, twoLines: lane >= 40, head: Math.min(460, Math.round(width * 0.35)), top: pad, high: lane - 2 * pad, rows: rows.length };
}

/** x of a time, and back. */
const scaleOf = (window, left, width) => ({
  x: (t) => left + ((t - window[0]) / (window[1] - window[0])) * width,
  t: (x) => window[0] + ((x - left) / width) * (window[1] - window[0]),
});

function ticksOf(state, view, box) {
  const from = state.t0 + wholeNs(view.window[0]), to = state.t0 + wholeNs(view.window[1]), { x } = scaleOf(view.window, box.left, box.width);
  const wanted = (Number(to - from) / box.width) * (view.scale === "utc" ? 84 : 130);
  const frames = view.scale === "timecode" && timecodeTicks(state, from, to, wanted);
  const ticks = frames || (view.scale === "tams" || !state.onTheClock ? tamsTicks(from, to, wanted) : utcTicks(from, to, wanted, state.time));
  return ticks.map((tick) => ({ ...tick, x: Math.round(x(Number(tick.at - state.t0) / 1e9)) + 0.5 }));
}

/** Lines under the bars: over them they would look like gaps. */
function drawGrid(pen, look, ticks, height) {
  for (const tick of ticks) {
    pen.strokeStyle = tick.major ? look.soft : look.faint;
    pen.globalAlpha = tick.major ? 0.6 : 1;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(tick.x, AXIS - 6);
    pen.lineTo(tick.x, height);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function drawAxis(pen, look, state, view, box, ticks) {
  pen.textAlign = "center";
  const right = box.left + box.width;
  for (const tick of ticks) {
    pen.fillStyle = tick.major ? look.ink : look.soft;
    pen.font = `${tick.major ? 600 : 400} 11px ${look.font}`;
    const half = pen.measureText(tick.text).width / 2;
    if (tick.x - half >= box.left && tick.x + half <= right) pen.fillText(tick.text, tick.x, AXIS - 12);
  }
  const [from, to] = view.window.map((t) => state.t0 + wholeNs(t));
  drawContext(pen, look, state, view, box, from, to);
}

function drawContext(pen, look, state, view, box, from, to) {
  pen.font = `600 11px ${look.font}`;
  pen.fillStyle = look.ink;
  pen.textAlign = "left";
  const days = state.onTheClock ? `${datesText(state, view)} · ` : "";
  const text = { utc: `${days}UTC`, timecode: `${days}timecode${state.onTheClock ? " since midnight UTC" : ""}`, tams: "TAMS seconds" }[view.scale], dates = pen.measureText(text).width;
  pen.fillText(text, box.left + 6, 15);
  pen.textAlign = "right";
  pen.fillStyle = look.soft;
  pen.font = `400 11px ${look.font}`;
  const length = `${roughly(to - from)} in view`;
  if (dates + pen.measureText(length).width + 24 < box.width) pen.fillText(length, box.left + box.width - 6, 15);
}

/** The day or days in view, as far as there is anything. */
function datesText(state, view) {
  const edges = [Math.max(view.window[0], state.extent[0]), Math.min(view.window[1], state.extent[1] - 1e-9)];
  const [first, last] = edges.map((t) => dateText(utcParts(state.time.utc(state.t0 + wholeNs(t)))));
  return first < last ? `${first} – ${last}` : first;
}

/** A length in view, three figures: nobody reads nanoseconds there. */
function roughly(ns) {
  const s = Number(ns) / 1e9;
  const [unit, size] = [["y", 31557600], ["d", 86400], ["h", 3600], ["min", 60], ["s", 1], ["ms", 1e-3], ["µs", 1e-6]].find(([, n]) => s >= n * 1.5) ?? ["ns", 1e-9];
  return `${Number((s / size).toPrecision(3))} ${unit}`;
}

/** Where it is narrow: the name on the left over the bars, what is wrong and the share on the right. */
function drawTitle(pen, look, state, lane, place, top) {
  const { ratio, gaps, overlaps } = state.details[lane], line = top + 17, many = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
  const parts = [[percent(ratio), ratio === 1 ? look.soft : look.ink, 400], ...(overlaps ? [[many(overlaps, "overlap"), look.overlap, 600]] : []), ...(gaps ? [[many(gaps, "gap"), look.gap, 600]] : [])];
  let right = place.width - 10;
  pen.fillStyle = look.paper; // no line of the grid strikes the name through
  pen.fillRect(0, top + 0.5, place.width, 20);
  pen.textAlign = "right";
  for (const [text, colour, weight] of parts) {
    pen.font = `${weight} 12px ${look.font}`;
    pen.fillStyle = colour;
    pen.fillText(text, right, line);
    right -= pen.measureText(text).width + 12;
  }
  pen.textAlign = "left";
  pen.fillStyle = look.ink;
  pen.font = `600 13px ${look.font}`;
  const name = fitted(pen, state.lanes[lane], right - 12), after = 12 + pen.measureText(name).width + 8;
  pen.fillText(name, 12, line);
  pen.fillStyle = look.soft;
  pen.font = `400 11px ${look.font}`;
  if (right - after > 60) pen.fillText(fitted(pen, state.details[lane].sub, right - after), after, line);
}

function drawHead(pen, look, state, lane, place, top) {
  if (!place.wide) return drawTitle(pen, look, state, lane, place, top);
  const detail = state.details[lane], middle = top + place.lane / 2 + 4;
  const right = place.head - 12, numbers = place.twoLines ? 166 : 216;
  pen.textAlign = "left";
  pen.fillStyle = look.ink;
  pen.font = `${place.twoLines ? 600 : 500} ${place.lane < 26 ? 12 : 13}px ${look.font}`;
  const room = right - numbers - 14;
  const name = fitted(pen, state.lanes[lane], room);
  pen.fillText(name, 12, place.twoLines ? middle - 7 : middle);
  if (place.twoLines) {
    pen.fillStyle = look.soft;
    pen.font = `400 11px ${look.font}`;
    pen.fillText(fitted(pen, detail.sub, room), 12, middle + 8);
  }
  pen.font = `400 12px ${look.font}`;
  pen.textAlign = "right";
  pen.fillStyle = detail.ratio === 1 ? look.soft : look.ink;
  pen.fillText(percent(detail.ratio), right - 104, place.twoLines ? middle - 7 : middle);
  if (place.twoLines) drawRatio(pen, look, detail.ratio, right - 156, middle + 2, 5);
  else drawRatio(pen, look, detail.ratio, right - 216, middle - 8, 8);
  pen.fillStyle = detail.gaps ? look.gap : look.soft;
  pen.font = `${detail.gaps ? 600 : 400} 12px ${look.font}`;
  pen.fillText(detail.gaps ? count(detail.gaps) : "–", right - 62, middle);
  pen.fillStyle = detail.overlaps ? look.overlap : look.soft;
  pen.font = `${detail.overlaps ? 600 : 400} 12px ${look.font}`;
  pen.fillText(detail.overlaps ? count(detail.overlaps) : "–", right, middle);
}

function drawRatio(pen, look, ratio, left, top, height) {
  pen.fillStyle = look.faint;
  pen.fillRect(left, top, 52, height);
  pen.fillStyle = look.covered;
  if (ratio) pen.fillRect(left, top, Math.max(1, Math.min(51.5, 52 * ratio) + (ratio === 1 ? 0.5 : 0)), height);
}

function drawHeadings(pen, look, state, view, place) {
  if (!place.wide) return;
  pen.fillStyle = look.paper;
  pen.fillRect(0, 0, place.head, AXIS);
  pen.fillStyle = look.soft;
  pen.font = `600 11px ${look.font}`;
  pen.textAlign = "left";
  const n = view.rows.length, of = n === state.lanes.length ? "" : ` of ${count(state.lanes.length)}`;
  pen.fillText(`${count(n)}${of} ${state.noun}${state.lanes.length === 1 ? "" : "s"}`, 12, AXIS - 12);
  pen.textAlign = "right";
  const right = place.head - 12;
  pen.fillText("covered", right - 104, AXIS - 12);
  pen.fillText("gaps", right - 62, AXIS - 12);
  pen.fillText("overlaps", right, AXIS - 12);
}

/** The bars of one lane: covered, then gaps, then overlaps, nothing narrower than it can be seen. */
function drawLane(pen, look, state, view, lane, box, top, height) {
  const { x } = scaleOf(view.window, box.left, box.width), right = box.left + box.width;
  const layers = [[], [], []];
  const bars = barsOf(state, view, lane);
  for (const bar of bars) {
    if (state.end[bar] < view.window[0] || state.start[bar] > view.window[1]) continue;
    const x0 = Math.max(x(state.start[bar]), box.left - 2), x1 = Math.min(x(state.end[bar]), right + 2);
    layers[Math.max(0, state.kind[bar] - 1)].push([x0, x1, state.kind[bar]]);
  }
  pen.fillStyle = look.covered;
  let until = -Infinity;
  for (const [x0, x1, kind] of layers[0]) {
    const shown = Math.max(x1 - (kind === SEGMENT && x1 - x0 > 5 ? 1 : 0), x0 + 1);
    if (shown <= until + 0.25) continue;
    pen.fillRect(x0, top, shown - x0, height);
    until = shown;
  }
  if (!state.byLane[lane].length) drawNothing(pen, look, box, top, height);
  for (const [x0, x1] of layers[1]) drawGap(pen, look, x0, x1, top, height);
  for (const [x0, x1] of layers[2]) drawOverlap(pen, look, x0, x1, top, height);
}

/** A lane without any bar says so: else it looks as if its bars were out of view. */
function drawNothing(pen, look, box, top, height) {
  pen.fillStyle = look.soft;
  pen.font = `400 11px ${look.font}`;
  pen.textAlign = "left";
  pen.fillText("no segments", box.left + 10, top + height / 2 + 4);
}

function drawGap(pen, look, x0, x1, top, height) {
  if (x1 - x0 < 4) {
    const middle = (x0 + x1) / 2;
    pen.fillStyle = look.gap;
    pen.fillRect(middle - 1, top - 1, 2, height + 2);
    return;
  }
  pen.fillStyle = look.hatch;
  pen.fillRect(x0, top, x1 - x0, height);
  pen.strokeStyle = look.gap;
  pen.lineWidth = 1;
  pen.strokeRect(x0 + 0.5, top + 0.5, x1 - x0 - 1, height - 1);
}

function drawOverlap(pen, look, x0, x1, top, height) {
  const middle = (x0 + x1) / 2, half = Math.max(1.5, (x1 - x0) / 2);
  pen.fillStyle = look.overlap;
  pen.fillRect(middle - half, top, 2 * half, height);
  pen.beginPath(); // a flag on top, so that a sliver is seen and is no matter of colour
  pen.moveTo(middle - 4, top - 4);
  pen.lineTo(middle + 4, top - 4);
  pen.lineTo(middle, top + 3);
  pen.fill();
}

function drawSelected(pen, look, state, view, box, top, height) {
  const { x } = scaleOf(view.window, box.left, box.width), { start, end } = view.chosen.place;
  let x0 = Math.max(x(start), box.left - 4), x1 = Math.min(x(end), box.left + box.width + 4);
  if (x1 - x0 < 6) [x0, x1] = [(x0 + x1) / 2 - 3, (x0 + x1) / 2 + 3];
  pen.strokeStyle = look.paper;
  pen.lineWidth = 4;
  pen.strokeRect(x0 - 1, top - 1, x1 - x0 + 2, height + 2);
  pen.strokeStyle = look.focus;
  pen.lineWidth = 2;
  pen.strokeRect(x0 - 1, top - 1, x1 - x0 + 2, height + 2);
}

/** The live edge: what lies behind it cannot be there yet. */
function drawNow(pen, look, state, view, box, height) {
  if (state.now === null) return;
  const at = Number(state.now - state.t0) / 1e9, x = Math.round(scaleOf(view.window, box.left, box.width).x(at)) + 0.5;
  if (x < box.left || x > box.left + box.width) return;
  pen.strokeStyle = pen.fillStyle = look.ink;
  pen.lineWidth = 1;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(x, AXIS - 6);
  pen.lineTo(x, height);
  pen.stroke();
  pen.setLineDash([]);
  pen.font = `600 11px ${look.font}`;
  pen.textAlign = x > box.left + box.width - 30 ? "right" : "left";
  pen.fillText("now", x + (pen.textAlign === "left" ? 4 : -4), AXIS + 10);
}

/** For each pixel: how many lanes are in a gap, what share of them is covered, if any overlaps. */
function overviewOf(state, rows, width) {
  const n = Math.max(1, Math.floor(width)), covered = new Float64Array(n + 1), missing = new Int32Array(n + 1), overlaps = new Uint8Array(n);
  const { x } = scaleOf(state.all, 0, n), cell = (t) => Math.min(n - 1, Math.max(0, Math.floor(x(t))));
  const add = (from, to) => { // exact parts of pixels, by a running sum of slopes
    for (const [t, sign] of [[from, 1], [to, -1]]) {
      const at = Math.min(n, Math.max(0, x(t))), i = Math.min(n - 1, Math.floor(at)), part = i + 1 - at;
      covered[i] += sign * part;
      covered[i + 1] += sign * (1 - part);
    }
  };
  for (const lane of rows) {
    let until = -Infinity, reached = -1;
    for (const bar of state.byLane[lane]) {
      const a = state.start[bar], b = state.end[bar], kind = state.kind[bar];
      if (kind === GAP) { // a lane counts once in a pixel, however many gaps it has there
        const first = Math.max(cell(a), reached + 1), last = Math.max(cell(a), Math.ceil(x(b)) - 1);
        if (first <= last && first < n) missing[first]++, missing[Math.min(n, last + 1)]--;
        reached = Math.max(reached, last);
      } else if (kind === OVERLAP) overlaps.fill(1, cell(a), cell(b) + 1);
      else if (b > until) add(Math.max(a, until), b), (until = b);
    }
  }
  let sum = 0, open = 0;
  const share = Array.from(covered.subarray(0, n), (step) => (sum += step) / Math.max(1, rows.length));
  const gaps = Array.from(missing.subarray(0, n), (step) => (open += step));
  return { share, gaps, overlaps, most: gaps.reduce((a, b) => Math.max(a, b), 0) };
}

function drawOverviewText(pen, look, state, most, left, room) {
  pen.fillStyle = look.ink;
  pen.font = `600 11px ${look.font}`;
  const many = (n) => `${count(n)} ${state.noun}${n === 1 ? "" : "s"}`;
  pen.fillText(fitted(pen, most ? `up to ${many(most)} with a gap` : `no ${state.noun} has a gap`, left - 24), 12, 22);
  pen.fillStyle = look.soft;
  pen.font = `400 11px ${look.font}`;
  pen.fillText(fitted(pen, most ? `within ${roughly(wholeNs((state.all[1] - state.all[0]) / room))}; drag to choose the view` : "drag to choose the view", left - 24), 12, 38);
}

function drawOverview(canvas, look, state, view, place, width) {
  const pen = surface(canvas, width, OVERVIEW), left = place.head, room = width - left - view.gutter, strip = OVERVIEW - 12, high = strip - 13;
  if (!view.overview || view.overview.room !== room) view.overview = { room, ...overviewOf(state, view.rows, room) };
  const { share, gaps, overlaps, most } = view.overview;
  if (place.wide) drawOverviewText(pen, look, state, most, left, room);
  pen.fillStyle = look.gap;
  gaps.forEach((n, i) => n && pen.fillRect(left + i - 0.25, strip - 2 - Math.max(2, (n / most) * high), 1.5, Math.max(2, (n / most) * high)));
  pen.fillStyle = look.track;
  pen.fillRect(left, strip, room, 7);
  pen.fillStyle = look.covered;
  share.forEach((part, i) => {
    pen.globalAlpha = Math.min(1, part);
    pen.fillRect(left + i, strip, 1, 7);
  });
  pen.globalAlpha = 1;
  pen.fillStyle = look.overlap;
  overlaps.forEach((any, i) => any && pen.fillRect(left + i - 1, 3, 3, 6));
  drawBrush(pen, look, state, view, left, room);
}

function drawBrush(pen, look, state, view, left, room) {
  const { x } = scaleOf(state.all, left, room), a = Math.max(left, x(view.window[0])), b = Math.min(left + room, Math.max(x(view.window[1]), a + 2));
  pen.fillStyle = look.veil;
  pen.fillRect(left, 0, a - left, OVERVIEW);
  pen.fillRect(b, 0, left + room - b, OVERVIEW);
  if (b - a > room - 2) return; // all is in view: nothing to frame
  pen.strokeStyle = look.focus;
  pen.lineWidth = 1.5;
  pen.strokeRect(a + 0.75, 1, Math.max(1, b - a - 1.5), OVERVIEW - 2);
}

// ---- the page's elements -----------------------------------------------------------------------

function element(tag, props = {}, children = []) {
  const { data, aria, ...rest } = props, made = Object.assign(document.createElement(tag), rest);
  for (const [key, value] of Object.entries(aria || {})) made.setAttribute(key === "role" ? key : `aria-${key}`, value);
  made.append(...children);
  return made;
}

function build(state, view, caption, nonce) {
  const ui = {};
  const button = (text, title, pressed) => element("button", { type: "button", textContent: text, title, aria: pressed === undefined ? { label: title } : { pressed } });
  ui.filter = element("input", { type: "search", placeholder: `Filter ${state.noun}s`, aria: { label: `Filter ${state.noun}s` } });
  ui.sort = element("select", { aria: { label: "Sort" } }, Object.entries(SORTS).map(([value, [text]]) => element("option", { value, textContent: text, selected: value === view.sort })));
  ui.findings = element("input", { type: "checkbox" });
  [ui.before, ui.after] = [button("‹", "Previous gap or overlap (p)"), button("›", "Next gap or overlap (n)")];
  [ui.out, ui.in, ui.fit] = [button("−", "Zoom out (-)"), button("+", "Zoom in (+)"), button("All", "All of the time (Home)")];
  ui.scales = Object.entries({ utc: ["UTC", "Times in UTC"], tams: ["TAMS", "Times in TAMS seconds"], timecode: ["TC", "Timecode"] })
    .filter(([scale]) => (scale === "utc" ? state.onTheClock : scale === "tams" || state.frames))
    .map(([scale, [text, title]]) => [scale, button(text, title, view.scale === scale)]);
  const word = (text) => element("span", { className: "tams-wide-only", textContent: text });
  const group = (...children) => element("span", { className: "tams-group" }, children);
  ui.toolbar = element("div", { className: "tams-bar" }, [
    ui.filter, element("label", { className: "tams-sort" }, [word("Sort"), ui.sort]), element("label", { className: "tams-line" }, [ui.findings, "only with gaps or overlaps"]),
    element("span", { className: "tams-space" }), element("label", {}, [word("Finding"), group(ui.before, ui.after)]), group(ui.out, ui.in, ui.fit), group(...ui.scales.map(([, made]) => made)),
  ]);
  ui.overview = element("canvas", { className: "tams-overview", aria: { hidden: "true" } });
  ui.canvas = element("canvas", { className: "tams-canvas", tabIndex: 0, aria: { role: "application", label: "Timeline" } });
  ui.spacer = element("div");
  ui.scroll = element("div", { className: "tams-scroll" }, [ui.canvas, ui.spacer]);
  ui.tip = element("span", { className: "tams-tip" });
  ui.more = element("span", { className: "tams-more" });
  ui.hint = element("span", { className: "tams-hint" }, [
    word("Wheel to zoom, drag to move, click a bar. Keys: ← → + − Home, Tab from bar to bar, n and p to the next and previous finding, Enter to zoom to it."),
    element("span", { className: "tams-narrow-only", textContent: "Drag to move, + and − to zoom, tap a bar. ‹ and › go to gaps and overlaps." }),
  ]);
  ui.copy = element("button", { type: "button", textContent: "Copy timerange", hidden: true });
  ui.chosen = element("div", { className: "tams-chosen", aria: { live: "polite" } }, [ui.tip, ui.copy, ui.more, ui.hint]);
  const key = (name, text) => element("span", {}, [element("i", { className: `tams-${name}` }), text]);
  ui.legend = element("div", { className: "tams-legend" }, [key("covered", "covered"), key("gap", "gap"), key("overlap", "overlap"), key("nothing", "nothing expected")]);
  ui.caption = element("span", { className: "tams-caption", textContent: caption || "" });
  ui.legend.append(ui.caption);
  ui.problem = element("div", { className: "tams-problem", hidden: true, aria: { role: "alert" } });
  ui.hover = element("div", { className: "tams-hover", hidden: true });
  ui.root = element("div", { className: "tams-timeline", aria: { role: "group" } }, [element("style", { nonce, textContent: STYLE }), ui.toolbar, ui.chosen, ui.overview, ui.scroll, ui.problem, ui.legend, ui.hover]);
  return ui;
}

// ---- behaviour ---------------------------------------------------------------------------------

function timeline(model, el) {
  let state = readState(model);
  const view = {
    window: [...(model.get("window") || state.extent)], selected: -1, chosen: null, scale: model.get("scale") || "utc",
    sort: state.lanes.length > MANY_LANES ? "coverage" : "name", filter: "", findings: false, rows: [], overview: null, gutter: 0,
  };
  const ui = build(state, view, model.get("caption"), model.get("nonce") || "");
  const undo = [], listen = (target, event, act, options) => {
    target.addEventListener(event, act, options);
    undo.push(() => target.removeEventListener(event, act, options));
  };
  let frame = 0, settle = 0, place = layout(state, 1000, []);
  const box = () => ({ left: place.head, width: Math.max(20, ui.canvas.clientWidth - place.head) });
  const redraw = () => { frame ||= requestAnimationFrame(draw); };

  function arrange() {
    view.rows = visibleLanes(state, view);
    view.overview = null;
    ui.scroll.scrollTop = 0;
    redraw();
    settled();
  }

  function draw() {
    frame = 0;
    const width = ui.scroll.clientWidth;
    if (!width) return;
    place = { ...layout(state, width, view.rows), width };
    ui.root.classList.toggle("tams-narrow", !place.wide);
    const inner = view.rows.length * place.lane, height = Math.min(inner, Math.max(300, Math.min(640, window.innerHeight - 330))) + AXIS + 6;
    ui.scroll.style.height = `${height}px`;
    ui.canvas.style.height = `${height}px`;
    ui.spacer.style.height = `${Math.max(0, inner + AXIS + 6 - height)}px`;
    if (view.chosen && !view.revealed) reveal(view.chosen.place); // what was selected before there was a page
    view.revealed = true;
    const look = colours(ui.root), pen = surface(ui.canvas, ui.canvas.clientWidth, height);
    view.gutter = ui.root.clientWidth - ui.canvas.clientWidth;
    look.hatch = hatch(pen, look);
    pen.fillStyle = look.paper;
    pen.fillRect(0, 0, width, height);
    drawRows(pen, look, height);
    drawOverview(ui.overview, look, state, view, place, ui.root.clientWidth);
    const [first, last] = view.window; // where things are, and which seconds are drawn, for whoever drives the page
    Object.assign(ui.canvas.dataset, { head: place.head, lane: place.lane, axis: AXIS, first, last });
    ui.root.dataset.drawn = String(state.count);
    ui.root.dataset.closer = String(state.close ? state.close.bars : 0);
  }

  function drawRows(pen, look, height) {
    const area = box(), first = Math.floor(ui.scroll.scrollTop / place.lane);
    const ticks = ticksOf(state, view, area), topOf = (row) => AXIS + row * place.lane - ui.scroll.scrollTop;
    const last = Math.min(view.rows.length, first + Math.ceil(height / place.lane) + 1);
    pen.save();
    pen.beginPath();
    pen.rect(0, AXIS, area.left + area.width, height - AXIS);
    pen.clip();
    for (let row = first; row < last; row++) {
      pen.fillStyle = look.faint;
      pen.fillRect(0, topOf(row) - 0.5, area.left + area.width, 1);
    }
    pen.save();
    pen.beginPath();
    pen.rect(area.left, AXIS, area.width, height - AXIS);
    pen.clip();
    pen.fillStyle = look.track;
    for (let row = first; row < last; row++) pen.fillRect(area.left, topOf(row) + place.top, area.width, place.high);
    drawGrid(pen, look, ticks, height);
    for (let row = first; row < last; row++) drawLane(pen, look, state, view, view.rows[row], area, topOf(row) + place.top, place.high);
    drawNow(pen, look, state, view, area, height);
    pen.restore();
    for (let row = first; row < last; row++) drawHead(pen, look, state, view.rows[row], place, topOf(row));
    pen.restore();
    drawAxis(pen, look, state, view, area, ticks);
    drawHeadings(pen, look, state, view, place);
    pen.fillStyle = look.faint;
    pen.fillRect(0, AXIS - 0.5, area.left + area.width, 1);
    pen.fillRect(area.left - 0.5, 0, 1, height);
    const row = view.chosen ? view.rows.indexOf(view.chosen.place.lane) : -1;
    if (row < 0) return;
    pen.beginPath();
    pen.rect(area.left, AXIS, area.width, height - AXIS);
    pen.clip();
    drawSelected(pen, look, state, view, area, topOf(row) + place.top, place.high);
  }

  function look(window) {
    const [low, high] = state.extent, margin = (high - low) * 0.5 || 1;
    const span = Math.min(Math.max(window[1] - window[0], FINEST), (high - low) * 1.1 || 1);
    const start = Math.min(Math.max((window[0] + window[1]) / 2 - span / 2, low - margin), high + margin - span);
    view.window = [start, start + span];
    redraw();
    settled();
  }

  /** Tells what is looked at when that has come to rest. */
  function settled() {
    clearTimeout(settle);
    settle = setTimeout(() => {
      const first = Math.floor(ui.scroll.scrollTop / place.lane), last = Math.ceil((ui.scroll.scrollTop + ui.scroll.clientHeight - AXIS) / place.lane);
      const seen = view.rows.slice(first, last + 1), known = model.get("seen") || [], window = model.get("window") || [];
      if (String(seen) === String(known) && String(window) === String(view.window)) return;
      model.set("seen", seen);
      model.set("window", [...view.window]);
      model.save_changes();
    }, SETTLE_MS);
  }

  const zoom = (factor, at) => look(view.window.map((t) => at + (t - at) * factor));
  const middle = () => (view.window[0] + view.window[1]) / 2;
  const pan = (part) => { const by = (view.window[1] - view.window[0]) * part; look(view.window.map((t) => t + by)); };
  const all = () => look(state.all);

  function select(bar, options = {}) {
    choose(bar);
    if (bar >= 0 && options.reveal) reveal(view.chosen.place);
    const index = bar < 0 ? -1 : told(state, bar);
    if (model.get("selected") !== index) { model.set("selected", index); model.save_changes(); }
  }

  function choose(bar) {
    view.selected = bar;
    view.chosen = bar < 0 ? null : describe(state, bar);
    showSelected();
    redraw();
  }

  function showSelected() {
    const said = view.chosen, when = said && (view.scale === "timecode" ? said.timecode : said.utc);
    ui.tip.textContent = said ? said.tip : "";
    ui.more.textContent = said ? [said.length, said.lane, when, said.note].filter(Boolean).join("  ·  ") : "";
    ui.tip.hidden = ui.more.hidden = !said;
    ui.hint.hidden = Boolean(said);
    ui.copy.hidden = !said;
  }

  /** Finds what was selected among the bars that are there now; it stays selected if it is not. */
  function findSelected() {
    if (!view.chosen) return;
    const { key, place: { lane } } = view.chosen, same = (bar) => describe(state, bar).key === key;
    const near = (bar) => state.start[bar] === view.chosen.place.start && state.end[bar] === view.chosen.place.end;
    view.selected = barsOf(state, view, lane)?.find((bar) => near(bar) && same(bar)) ?? -1;
  }

  function reveal({ lane, start, end }) {
    const row = view.rows.indexOf(lane), top = row * place.lane, room = ui.scroll.clientHeight - AXIS;
    if (row >= 0 && (top < ui.scroll.scrollTop || top + place.lane > ui.scroll.scrollTop + room)) ui.scroll.scrollTop = top - room / 2;
    const [a, b] = view.window, span = b - a, at = (start + end) / 2;
    if (end < a || start > b) look([at - span / 2, at + span / 2]);
  }

  /** Selects what was pointed at from outside, close enough to be seen. */
  function show(bar) {
    select(bar, { reveal: true });
    if (bar >= 0 && ((state.end[bar] - state.start[bar]) / (view.window[1] - view.window[0])) * box().width < 12) zoomTo(bar);
  }

  const zoomTo = (bar) => { const length = Math.max(state.end[bar] - state.start[bar], FINEST); look([state.start[bar] - length * 2, state.end[bar] + length * 2]); };

  /** The bars in the order in which they are seen: lane by lane, by time. */
  const ordered = (wanted) => view.rows.flatMap((lane) => barsOf(state, view, lane)).filter(wanted);

  function step(by, wanted) {
    const bars = ordered((bar) => wanted(bar) || bar === view.selected), at = bars.indexOf(view.selected);
    const next = at < 0 ? (by > 0 ? 0 : bars.length - 1) : at + by;
    if (next < 0 || next >= bars.length) return false;
    select(bars[next], { reveal: true });
    return true;
  }
  const isFinding = (bar) => state.kind[bar] >= GAP;

  function hit(event) {
    const bounds = ui.canvas.getBoundingClientRect(), x = event.clientX - bounds.left, y = event.clientY - bounds.top, area = box();
    const lane = view.rows[Math.floor((y - AXIS + ui.scroll.scrollTop) / place.lane)];
    if (x < area.left || y < AXIS || lane === undefined) return { x, y, lane: -1, bar: -1 };
    const at = scaleOf(view.window, area.left, area.width).x, found = { bar: -1, rank: -1 };
    for (const bar of barsOf(state, view, lane)) {
      const x0 = at(state.start[bar]), x1 = at(state.end[bar]), slack = Math.max(0, (8 - (x1 - x0)) / 2) * (isFinding(bar) ? 1 : 0.25);
      if (x >= x0 - slack && x < x1 + slack && state.kind[bar] > found.rank) Object.assign(found, { bar, rank: state.kind[bar] });
    }
    return { x, y, lane, bar: found.bar };
  }

  // pointer
  let drag = null;
  listen(ui.canvas, "pointerdown", (event) => {
    ui.canvas.focus({ preventScroll: true });
    drag = { x: event.clientX, y: event.clientY, window: [...view.window], top: ui.scroll.scrollTop, moved: false };
    ui.canvas.setPointerCapture(event.pointerId);
  });
  listen(ui.canvas, "pointermove", (event) => (drag ? dragged(event) : hovered(event)));
  listen(ui.canvas, "pointerup", (event) => {
    if (drag && !drag.moved) select(hit(event).bar);
    drag = null;
    ui.canvas.style.cursor = "";
  });
  listen(ui.canvas, "pointercancel", () => { drag = null; });
  listen(ui.canvas, "pointerleave", () => { ui.hover.hidden = true; });
  listen(ui.canvas, "dblclick", (event) => { const { bar } = hit(event); if (bar >= 0) zoomTo(bar); });

  function dragged(event) {
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    drag.moved = true;
    ui.hover.hidden = true;
    ui.canvas.style.cursor = "grabbing";
    ui.scroll.scrollTop = drag.top - dy;
    const by = (dx / box().width) * (drag.window[1] - drag.window[0]);
    look(drag.window.map((t) => t - by));
  }

  function hovered(event) {
    const { bar, x, y, lane } = hit(event), inHead = x < place.head && y > AXIS;
    const named = inHead ? view.rows[Math.floor((y - AXIS + ui.scroll.scrollTop) / place.lane)] : undefined;
    ui.hover.hidden = bar < 0 && named === undefined;
    ui.canvas.style.cursor = bar >= 0 ? "pointer" : inHead ? "default" : "";
    if (ui.hover.hidden) return;
    const said = bar >= 0 ? describe(state, bar) : null;
    ui.hover.replaceChildren(...(said
      ? [element("b", { textContent: said.tip }), `${said.length} · ${said.lane}`, ...(said.utc ? [element("br"), said.utc] : []), ...(said.note ? [element("br"), said.note] : [])]
      : [element("b", { textContent: state.lanes[named] }), state.details[named].sub]));
    const width = ui.hover.offsetWidth, height = ui.hover.offsetHeight;
    ui.hover.style.left = `${Math.max(4, Math.min(event.clientX + 14, document.documentElement.clientWidth - width - 8))}px`;
    ui.hover.style.top = `${event.clientY + 18 + height > window.innerHeight ? event.clientY - height - 12 : event.clientY + 18}px`;
  }

  listen(ui.canvas, "wheel", (event) => {
    const bounds = ui.canvas.getBoundingClientRect(), x = event.clientX - bounds.left, area = box();
    if (x < area.left) return; // over the names the lanes scroll, as any list does
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(((event.deltaX || event.deltaY) * unit) / area.width);
    else zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY * unit)) * 0.0025), scaleOf(view.window, area.left, area.width).t(x));
  }, { passive: false });

  // overview
  let brush = null;
  const overviewTime = (event) => scaleOf(state.all, place.head, ui.overview.clientWidth - place.head - view.gutter).t(event.clientX - ui.overview.getBoundingClientRect().left);
  listen(ui.overview, "pointerdown", (event) => {
    brush = { from: overviewTime(event), window: [...view.window], inside: false };
    const whole = view.window[1] - view.window[0] > (state.extent[1] - state.extent[0]) * 0.9;
    brush.inside = !whole && brush.from >= view.window[0] && brush.from <= view.window[1];
    ui.overview.setPointerCapture(event.pointerId);
  });
  listen(ui.overview, "pointermove", (event) => {
    if (!brush) return;
    const to = overviewTime(event), by = to - brush.from;
    look(brush.inside ? brush.window.map((t) => t + by) : [Math.min(to, brush.from), Math.max(to, brush.from)]);
  });
  listen(ui.overview, "pointerup", (event) => {
    const to = overviewTime(event), span = view.window[1] - view.window[0];
    if (brush && Math.abs(to - brush.from) < (state.extent[1] - state.extent[0]) * 0.002) look([to - span / 2, to + span / 2]);
    brush = null;
  });

  // keyboard
  const KEYS = {
    ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15), "+": () => zoom(0.7, middle()), "=": () => zoom(0.7, middle()), "-": () => zoom(1 / 0.7, middle()),
    ArrowUp: () => { ui.scroll.scrollTop -= place.lane; }, ArrowDown: () => { ui.scroll.scrollTop += place.lane; },
    Home: all, "0": all, n: () => step(1, isFinding), p: () => step(-1, isFinding),
    Enter: () => view.selected >= 0 && zoomTo(view.selected), Escape: () => { ui.free = true; select(-1); },
  };
  listen(ui.canvas, "focus", () => { ui.free = false; });
  listen(ui.canvas, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Tab") { // from bar to bar; after the last one, or after Escape, it leaves
      if (!ui.free && step(event.shiftKey ? -1 : 1, () => true)) event.preventDefault();
    } else if (KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });

  // toolbar
  listen(ui.filter, "input", () => { view.filter = ui.filter.value; arrange(); });
  listen(ui.sort, "change", () => { view.sort = ui.sort.value; arrange(); });
  listen(ui.findings, "change", () => { view.findings = ui.findings.checked; arrange(); });
  listen(ui.before, "click", () => step(-1, isFinding));
  listen(ui.after, "click", () => step(1, isFinding));
  listen(ui.in, "click", () => zoom(0.5, middle()));
  listen(ui.out, "click", () => zoom(2, middle()));
  listen(ui.fit, "click", all);
  for (const [scale, pressed] of ui.scales) listen(pressed, "click", () => {
    view.scale = scale;
    for (const [other, made] of ui.scales) made.setAttribute("aria-pressed", String(other === scale));
    showSelected();
    redraw();
  });
  listen(ui.copy, "click", () => navigator.clipboard?.writeText(view.chosen.range));
  listen(ui.scroll, "scroll", () => { redraw(); settled(); });

  // the model and the surroundings
  const changed = {
    bars() {
      state = readState(model);
      describeAll();
      choose(heard(state, model.get("selected") ?? -1));
      arrange();
    },
    detail() {
      readDetail(state, model.get("detail"));
      findSelected();
      redraw();
    },
    selected() {
      const bar = heard(state, model.get("selected"));
      if (bar !== view.selected) show(bar);
    },
    window() {
      const [a, b] = model.get("window");
      if (a === view.window[0] && b === view.window[1]) return;
      view.window = [a, b];
      redraw();
    },
    caption() { ui.caption.textContent = model.get("caption") || ""; },
    problem() {
      ui.problem.textContent = model.get("problem") || "";
      ui.problem.hidden = !ui.problem.textContent;
    },
  };
  for (const [name, act] of Object.entries(changed)) {
    model.on(`change:${name}`, act);
    undo.push(() => model.off?.(`change:${name}`, act));
  }
  const describeAll = () => {
    ui.root.setAttribute("aria-label", model.get("summary") || "Timeline");
    ui.canvas.setAttribute("aria-label", model.get("summary") || "Timeline");
    ui.canvas.textContent = model.get("summary") || "Timeline";
  };
  const resized = new ResizeObserver(redraw), dark = window.matchMedia("(prefers-color-scheme: dark)");
  listen(dark, "change", redraw);
  el.replaceChildren(ui.root);
  resized.observe(ui.scroll);
  describeAll();
  choose(heard(state, model.get("selected") ?? -1));
  changed.problem();
  arrange();
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(settle);
    resized.disconnect();
    undo.forEach((act) => act());
  };
}

export default {
  render({ model, el }) {
    return timeline(model, el);
  },
};
