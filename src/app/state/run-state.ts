// What the engine is doing, as one union with one pure transition. Commands cause events; whatever the page enables or shows
// derives from the state.

export type RunState =
  /** The worker is being started (again after a crash). */
  | { readonly kind: 'starting'; readonly again: boolean }
  | { readonly kind: 'compiling' }
  /** Compiled; `runnable` is false when errors leave nothing to run. */
  | { readonly kind: 'ready'; readonly runnable: boolean }
  | { readonly kind: 'running' }
  /** The worker keeps crashing; only a change of the graph starts it again. */
  | { readonly kind: 'gone' };

export type RunEvent =
  | { readonly kind: 'compile' }
  | { readonly kind: 'compiled'; readonly runnable: boolean }
  | { readonly kind: 'command' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'crash'; readonly givesUp: boolean };

/** The state after an event; an event that does not fit leaves the state as it is. */
export function runTransition(state: RunState, event: RunEvent): RunState {
  switch (event.kind) {
    case 'compile':
      return { kind: 'compiling' };
    case 'compiled':
      return state.kind === 'compiling' ? { kind: 'ready', runnable: event.runnable } : state;
    case 'command':
      return state.kind === 'ready' && state.runnable ? { kind: 'running' } : state;
    case 'stopped':
      return state.kind === 'running' ? { kind: 'ready', runnable: true } : state;
    case 'crash':
      return event.givesUp ? { kind: 'gone' } : { kind: 'starting', again: true };
  }
}
