"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const tabs = button.closest(".tabs");
    const source = tabs ? [...tabs.querySelectorAll("pre")].find((pre) => getComputedStyle(pre).display !== "none") : document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
const filter = document.getElementById("filter");
if (filter) {
  filter.hidden = false;
  const shown = document.getElementById("shown");
  const apply = () => {
    const words = filter.elements.words.value.toLowerCase().split(/\s+/);
    const levels = new Set([...filter.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value));
    let count = 0;
    for (const finding of document.querySelectorAll(".finding")) {
      const hit = levels.has(finding.dataset.severity) && words.every((word) => finding.dataset.search.includes(word));
      finding.hidden = !hit;
      count += hit;
    }
    shown.textContent = `${count} shown`;
  };
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
}
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
};
addEventListener("hashchange", reveal);
reveal();
