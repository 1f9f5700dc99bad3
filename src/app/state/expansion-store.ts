// What the engine told of the inside of operators, by path without time steps.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineApi } from '../../engine/protocol.ts';

export type Expansion = NonNullable<Awaited<ReturnType<EngineApi['expansion']>>>;

export interface ExpansionStore {
  readonly store: StoreApi<Readonly<Record<string, Expansion>>>;
  put(path: string, expansion: Expansion): void;
  clear(): void;
}

export function createExpansionStore(): ExpansionStore {
  const store = createStore<Readonly<Record<string, Expansion>>>(() => ({}));
  return {
    store,
    put(path, expansion) {
      // A graph that did not change stays the same object, so that nothing is drawn again.
      if (JSON.stringify(store.getState()[path]) !== JSON.stringify(expansion)) store.setState({ [path]: expansion });
    },
    clear: () => store.setState({}, true),
  };
}
