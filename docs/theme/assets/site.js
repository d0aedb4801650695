// What there is to play with: the script of an element is asked for when a reader comes near it.
const scripts = {
  "conv-stepper": "./playthings/stepper.js",
};

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        near.unobserve(target);
        import(scripts[target.localName]);
      }
    }
  },
  { rootMargin: "400px" },
);

for (const element of document.querySelectorAll(Object.keys(scripts).join())) {
  near.observe(element);
}
