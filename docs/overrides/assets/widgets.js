// Fetches the script of a custom element once a reader comes near the element.
const SCRIPTS = {
  "cost-explorer": "./widgets/explorer.js",
  "conv-stepper": "./widgets/stepper.js",
};

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      import(SCRIPTS[target.localName]);
    }
  },
  { rootMargin: "400px" },
);

for (const element of document.querySelectorAll(Object.keys(SCRIPTS).join())) {
  observer.observe(element);
}
