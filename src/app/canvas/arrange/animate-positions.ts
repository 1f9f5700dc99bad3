import type { Positions } from '../flow-types.ts';

/** Moves from one set of places to another over `durationMs`, slowing down; resolves when there. */
export function animatePositions(
  from: Positions,
  to: Positions,
  durationMs: number,
  show: (positions: Positions) => void,
): Promise<void> {
  if (durationMs === 0) return Promise.resolve();
  const start = performance.now();
  return new Promise((resolve) => {
    const frame = (): void => {
      const share = Math.min(1, (performance.now() - start) / durationMs);
      const eased = 1 - (1 - share) ** 3;
      show(
        Object.fromEntries(
          Object.entries(to).map(([id, [x, y]]) => {
            const [x0, y0] = from[id] ?? [x, y];
            return [id, [x0 + (x - x0) * eased, y0 + (y - y0) * eased] as const];
          }),
        ),
      );
      if (share < 1) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
}
