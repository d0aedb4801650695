// Sends a reader on to the language last chosen (language.js) or, before a choice, to the
// browser's. It does so before anything is painted, and the landing page is not gone back to.
(() => {
  // From a page of the site, or to a place on this one, a reader comes to choose.
  const chooses = location.hash || document.referrer.startsWith(new URL("./", location));
  // On a disk, a folder shows its files.
  if (chooses || location.protocol === "file:") return;

  let choice;
  try {
    choice = localStorage.getItem("mobilenet.language");
  } catch {
    // A browser may keep nothing for the site.
  }
  const read = navigator.languages.map((language) => language.split("-")[0]);
  const language = [choice, ...read].find((each) => ["ko", "en"].includes(each)) ?? "en";
  document.documentElement.hidden = true; // not every browser stops reading here
  location.replace(`${language}/${location.search}`);
})();
