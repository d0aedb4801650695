// The language of the address that is missing comes first, before anything is painted.
for (const section of document.querySelectorAll(".languages > section")) {
  const home = section.querySelector("a").pathname;
  if (location.pathname.startsWith(home)) section.parentElement.prepend(section);
}
