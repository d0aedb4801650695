// What both widgets need to put elements on a page.

/** Make an element. A string among its children becomes text, never markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Load a style sheet, and wait until it applies. */
export function loadStyle(href) {
  return new Promise((resolve, reject) => {
    const link = make("link", { rel: "stylesheet", href });
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    document.head.append(link);
  });
}
