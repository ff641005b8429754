// The page round exported timelines: it hands each one its state, and lets rows of tables point at bars.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** What anywidget would give: get, set, on, off. */
function modelOf(state) {
  const heard = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      (heard[`change:${name}`] || []).forEach((act) => act());
    },
    save_changes() {},
    on: (event, act) => (heard[event] ||= []).push(act),
    off: (event, act) => { heard[event] = (heard[event] || []).filter((other) => other !== act); },
  };
}

const source = new Blob([read("tams-module")], { type: "text/javascript" });
const { default: widget } = await import(URL.createObjectURL(source));
for (const place of document.querySelectorAll("[data-tams-state]")) {
  const state = read(place.dataset.tamsState);
  for (const [name, text] of Object.entries(state.bars)) state.bars[name] = bytes(text);
  const model = modelOf(state);
  place.tamsModel = model;
  widget.render({ model, el: place });
  const section = place.closest("section");
  section.addEventListener("click", (event) => {
    const row = event.target.closest("tr")?.querySelector("[data-tams-bar]");
    if (!row) return;
    model.set("selected", Number(row.dataset.tamsBar));
    place.scrollIntoView({ behavior: "smooth", block: "start" });
  });
}
