// The theme fetches and builds its search index whenever a page opens. Most readers of a
// page search for nothing: so, once the search opens.
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
