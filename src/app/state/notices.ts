// Short messages in the corner of the page. Those that need an answer stay, the others go by themselves.
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'success' | 'warning' | 'error';
  readonly text: string;
  readonly detail?: string;
  readonly action?: { readonly title: string; readonly run: () => void };
}

export interface Notices {
  readonly store: StoreApi<{ readonly list: readonly Notice[] }>;
  add(notice: Omit<Notice, 'id'>): void;
  dismiss(id: number): void;
}

/** Most that stand at once; older ones make room. */
const most = 4;

export function createNotices(): Notices {
  const store = createStore<{ readonly list: readonly Notice[] }>(() => ({ list: [] }));
  let last = 0;
  return {
    store,
    add(notice) {
      const id = ++last;
      const rest = store.getState().list.filter((each) => each.text !== notice.text);
      store.setState({ list: [...rest, { ...notice, id }].slice(-most) });
    },
    dismiss(id) {
      store.setState({ list: store.getState().list.filter((each) => each.id !== id) });
    },
  };
}
