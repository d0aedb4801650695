// What the theme's script does whenever a page opens, and few readers need: kept from it, or
// kept for later. This runs right before that script.

// It fetches and builds the search index. Most readers of a page search for nothing: so, once
// the search opens.
{
  const box = document.getElementById("__search");
  const opened = new Promise((resolve) => {
    box.addEventListener("change", resolve, { once: true });
    if (box.checked) resolve();
  });

  globalThis.XMLHttpRequest = class extends XMLHttpRequest {
    open(method, address, ...rest) {
      this.isIndex = new URL(address, location).pathname.endsWith("/search/search_index.json");
      super.open(method, address, ...rest);
    }

    send(body) {
      if (this.isIndex) opened.then(() => super.send(body));
      else super.send(body);
    }
  };
}

// It names the color scheme in an element of the head, first empty and then filled in. Each
// time, the browser styles all of the page anew. The stylesheet names the scheme already.
document.head.appendChild = function (element) {
  return element.name === "color-scheme" ? element : Node.prototype.appendChild.call(this, element);
};

// With "content.lazy" it takes care of a block of code once that is on the screen. A keyboard
// goes from link to link and button to button, past a block that is not: so, a screen ahead.
globalThis.IntersectionObserver = class extends IntersectionObserver {
  constructor(callback, options) {
    super(callback, { rootMargin: "100%", ...options });
  }
};
