// Copying and saving what the page shows, and marking where the reader is. The page reads the same without it.
"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const tables = new Map(Object.entries(read("tables")));
  const words = read("words");

  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", () => act(made));
    return made;
  };
  const tools = (buttons) => {
    const bar = document.createElement("div");
    bar.className = "tools";
    bar.append(...buttons);
    return bar;
  };
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // A text that a spreadsheet would take for a formula gets an apostrophe before it.
  const field = (value) => {
    if (value === null) return "";
    if (typeof value !== "string") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
    return /[",\n\r]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  };
  const csv = (table) => [table.columns, ...table.rows].map((row) => row.map(field).join(",")).join("\n") + "\n";
  const copy = async (text, name, made) => {
    try {
      await navigator.clipboard.writeText(text);
      made.textContent = words["copy.done"];
      setTimeout(() => { made.textContent = words["copy.csv"]; }, 2000);
    } catch {
      save(new Blob([text], { type: "text/csv" }), name + ".csv"); // where the browser gives a file no clipboard
    }
  };

  const plain = (name) => name.replace(/[^A-Za-z0-9_-]+/g, "-");
  const paper = (svg) => {
    const copied = svg.cloneNode(true);
    const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [key, value] of [["width", "100%"], ["height", "100%"], ["fill", "#ffffff"]]) ground.setAttribute(key, value);
    copied.prepend(ground);
    return new XMLSerializer().serializeToString(copied);
  };
  const png = (svg, name) => {
    const image = new Image();
    const url = URL.createObjectURL(new Blob([paper(svg)], { type: "image/svg+xml" }));
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 3 * svg.viewBox.baseVal.width;
      canvas.height = 3 * svg.viewBox.baseVal.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, name + ".png"));
      URL.revokeObjectURL(url);
    };
    image.src = url;
  };

  for (const shown of document.querySelectorAll("table[data-table]")) {
    const table = tables.get(shown.dataset.table);
    if (!table) continue;
    const name = plain(shown.dataset.table);
    shown.closest(".scroll").after(tools([button(words["copy.csv"], (made) => copy(csv(table), name, made))]));
  }
  for (const figure of document.querySelectorAll("figure[data-figure]")) {
    const svg = figure.querySelector(".wide svg");
    const name = plain(figure.dataset.figure);
    figure.append(tools([
      button(words["save.svg"], () => save(new Blob([paper(svg)], { type: "image/svg+xml" }), name + ".svg")),
      button(words["save.png"], () => png(svg, name)),
    ]));
  }

  // On paper everything is unfolded but the specification.
  const folded = () => [...document.querySelectorAll("details:not(.spec):not([open])")];
  let opened = [];
  addEventListener("beforeprint", () => { opened = folded(); for (const each of opened) each.open = true; });
  addEventListener("afterprint", () => { for (const each of opened) each.open = false; });

  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const places = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const follow = () => {
    let current = places[0];
    for (const place of places) if (place.getBoundingClientRect().top < innerHeight * 0.3) current = place;
    for (const link of links.values()) link.removeAttribute("aria-current");
    if (current) links.get(current.id).setAttribute("aria-current", "true");
  };
  addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
  follow();
})();
