// The workbench for components, and narrow subscriptions to its stores.
import { createContext, type ReactNode, useCallback, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Theme } from '../../engine/protocol/views.ts';
import type { DocumentData } from './document-store.ts';
import type { SessionData } from './session-store.ts';
import { followTheme, resolveTheme } from './theme.ts';
import type { ViewData } from './view-store.ts';
import type { Workbench } from './workbench.ts';

const WorkbenchContext = createContext<Workbench | null>(null);

export function WorkbenchProvider({
  workbench,
  children,
}: {
  readonly workbench: Workbench;
  readonly children: ReactNode;
}) {
  return <WorkbenchContext value={workbench}>{children}</WorkbenchContext>;
}

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (workbench === null) throw new Error('Broken invariant: a component outside of its workbench');
  return workbench;
}

/** The selector must return the same object while nothing that matters changed. */
export function useDocument<T>(selector: (data: DocumentData) => T): T {
  return useStore(useWorkbench().document.store, selector);
}

export function useSession<T>(selector: (data: SessionData) => T): T {
  return useStore(useWorkbench().session, selector);
}

export function useView<T>(selector: (data: ViewData) => T): T {
  return useStore(useWorkbench().view, selector);
}

/** The theme that is shown now. */
export function useTheme(): Theme {
  const { view } = useWorkbench();
  const subscribe = useCallback((onChange: () => void) => followTheme(view, onChange), [view]);
  return useSyncExternalStore(subscribe, () => resolveTheme(view.getState().theme));
}
