// Which elements of a scrolled list are near what is seen of it.

/** What is further away than this is far. */
const MARGIN = "800px 0px";
/** Milliseconds that an element must stay near: what only flies past is not worth its pictures. */
const STAY = 80;

/**
 * Watches the elements of a list that scrolls: `tell(element, near, height)` is called whenever one
 * has come near, and whenever it is far again.
 */
export function watch(list, elements, tell) {
  const coming = new Map();
  function change({ target, isIntersecting, boundingClientRect: { height } }) {
    clearTimeout(coming.get(target));
    if (!target.isConnected) return observer.unobserve(target); // the page was drawn anew
    if (isIntersecting) coming.set(target, setTimeout(tell, STAY, target, true, height));
    else tell(target, false, height);
  }
  // The list itself is the root: a margin around the window would not reach into what it hides.
  const observer = new IntersectionObserver((entries) => entries.forEach(change), { root: list, rootMargin: MARGIN });
  for (const element of elements) observer.observe(element);
}
