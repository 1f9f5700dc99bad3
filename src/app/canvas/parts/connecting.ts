// While a wire is being dragged: which ports may take it, and why the others may not. Ports subscribe to their own answer.
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Connecting {
  readonly from: { readonly node: string; readonly port: string; readonly side: 'input' | 'output' };
  /** true, or why not. */
  verdict(node: string, port: string): true | string;
}

export type ConnectingStore = StoreApi<{ readonly now: Connecting | null }>;

export function createConnectingStore(): ConnectingStore {
  return createStore<{ readonly now: Connecting | null }>(() => ({ now: null }));
}

export const ConnectingContext = createContext<ConnectingStore | null>(null);

/** What the wire under way means for a port: null when there is none, or it starts here. */
export function useVerdict(node: string, port: string, side: 'input' | 'output'): true | string | null {
  const store = useContext(ConnectingContext);
  if (store === null) throw new Error('Broken invariant: a port outside of the canvas');
  return useStore(store, ({ now }) => {
    if (now === null || (now.from.node === node && now.from.port === port && now.from.side === side)) return null;
    return now.from.side === side ? '' : now.verdict(node, port);
  });
}
