import type { TrainState } from '../../engine/protocol.ts';

/** Until the last epoch ends, at the present speed; null while that is not known. */
export function secondsLeft(state: TrainState, batch: number): number | null {
  if (state.status !== 'running' || state.examplesPerSecond <= 0) return null;
  const iterations = state.epochs * state.iterationsPerEpoch - state.iteration;
  return Math.max(0, (iterations * batch) / state.examplesPerSecond);
}

/** `42 s`, `3:05 min`, `1:10 h`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))} h`;
}
