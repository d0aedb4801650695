// A custom element's script is fetched once a reader comes near the element.
const ELEMENTS = {
  "cost-explorer": "./widgets/explorer.js",
  "conv-stepper": "./widgets/stepper.js",
};

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      import(ELEMENTS[target.localName]);
    }
  },
  { rootMargin: "400px" },
);

for (const element of document.querySelectorAll(Object.keys(ELEMENTS).join())) {
  near.observe(element);
}
