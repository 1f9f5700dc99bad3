/** `12.3 ms`, `840 µs`, `1.2 s`: three significant digits. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  if (ms >= 1) return `${Number(ms.toPrecision(3))} ms`;
  return `${Number((ms * 1000).toPrecision(ms < 0.001 ? 1 : 3))} µs`;
}
