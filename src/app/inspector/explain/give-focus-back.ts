/** So many frames what had the focus may take to be drawn anew. */
const mostFrames = 12;

/** To the element that had it, or the one that took its place; else to the node that is selected on the canvas. */
export function giveFocusBack(from: Element | null, frames = mostFrames): void {
  requestAnimationFrame(() => {
    const { activeElement, body } = document;
    if (activeElement !== null && activeElement !== body) return;
    const label = from?.getAttribute('aria-label');
    const same = label ? document.querySelector(`[aria-label="${CSS.escape(label)}"]`) : null;
    const there = from?.isConnected && from !== body ? from : same;
    if (there === null && label && frames > 0) return giveFocusBack(from, frames - 1);
    const back = there ?? document.querySelector('.react-flow__node.selected');
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  });
}
