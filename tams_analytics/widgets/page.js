// The page round exported timelines: it hands each one its state, and lets rows of tables point at bars. model.js stands before it.

const read = (id) => JSON.parse(document.getElementById(id).textContent);

const source = new Blob([read("tams-module")], { type: "text/javascript" });
const { default: widget } = await import(URL.createObjectURL(source));
for (const place of document.querySelectorAll("[data-tams-state]")) {
  const model = modelOf(withBytes(read(place.dataset.tamsState)));
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
