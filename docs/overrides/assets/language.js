// The links of the language switch keep the section being read, and the address's query. They,
// and those of the landing page, are a choice of language, which that page remembers.

/** The id of the heading, or of the place that was asked for, where the reader is. */
function section() {
  const places = document.querySelectorAll(".md-content :is(h2, h3)[id], :target");
  // As far down as a link to a heading scrolls it, and a place asked for wherever it shows.
  const header = 1.5 * document.querySelector(".md-header").offsetHeight;
  const limit = (place) => (place.matches(":target") ? innerHeight : header + 8);
  const passed = [...places].filter((place) => place.getBoundingClientRect().top < limit(place));
  return passed.at(-1)?.id ?? "";
}

for (const link of document.querySelectorAll(".md-header a[hreflang]")) {
  for (const use of ["click", "auxclick", "contextmenu"]) {
    link.addEventListener(use, () => {
      link.search = location.search;
      link.hash = section();
    });
  }
}

for (const link of document.querySelectorAll("a[hreflang]")) {
  link.addEventListener("click", () => {
    try {
      localStorage.setItem("mobilenet.language", link.hreflang);
    } catch {
      // A browser may keep nothing for the site, and the link leads on all the same.
    }
  });
}
