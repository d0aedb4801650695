// What the theme leaves out of a keyboard's and a screen reader's reach.
const words = {
  ko: { __drawer: "메뉴", __search: "검색" },
  en: { __drawer: "Menu", __search: "Search" },
}[document.documentElement.lang];

// The menu and, on a phone, the search open by a label of a check box that nothing shows.
for (const label of document.querySelectorAll(`.md-header :is([for="__drawer"], [for="__search"]).md-header__button`)) {
  const box = document.getElementById(label.htmlFor);
  const button = document.createElement("button");
  button.type = "button";
  button.className = label.className;
  button.dataset.opens = box.id;
  button.setAttribute("aria-label", words[box.id]);
  button.append(...label.childNodes);
  button.addEventListener("click", () => {
    box.click();
    if (box.id === "__search") document.querySelector(".md-search__input").focus();
  });
  const note = () => button.setAttribute("aria-expanded", box.checked);
  box.addEventListener("change", note);
  note();
  label.replaceWith(button);
}

// The theme's script puts each wide table into a box that scrolls. A keyboard scrolls only what
// can be focused. The script also puts the buttons of a code block into a landmark without a name.
function makeAccessible() {
  for (const buttons of document.querySelectorAll(".md-code__nav:not([role])"))
    buttons.setAttribute("role", "none");
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
}

new MutationObserver(makeAccessible).observe(document.querySelector(".md-content"), {
  childList: true,
  subtree: true,
});
addEventListener("resize", makeAccessible);
makeAccessible();
