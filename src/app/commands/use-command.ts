// A command as a component sees it: whether it can be run now, following all three stores.
import { useSyncExternalStore } from 'react';
import { useWorkbench } from '../state/context.tsx';
import type { Workbench } from '../state/workbench.ts';
import type { Command } from './command.ts';
import { isMac, printKeys } from './keys.ts';
import { runCommand } from './run-command.ts';

export interface CommandView {
  readonly title: string;
  readonly keys: string | undefined;
  readonly enabled: boolean;
  readonly checked: boolean | undefined;
  readonly run: () => void;
}

/** The command's present title, shortcut and state. */
export function useCommand(command: Command): CommandView {
  const workbench = useWorkbench();
  const enabled = useWorkbenchValue(workbench, () => command.enabled(workbench));
  const title = useWorkbenchValue(workbench, () => command.titleNow?.(workbench) ?? command.title);
  const checked = useWorkbenchValue(workbench, () => command.checked?.(workbench));
  return { title, keys: shownKeys(command), enabled, checked, run: () => runCommand(command, workbench) };
}

/** The shortcut to print beside a command. */
export function shownKeys(command: Command): string | undefined {
  const first = command.keys[0];
  return first === undefined ? undefined : printKeys(first, isMac());
}

function useWorkbenchValue<T extends string | boolean | undefined>(workbench: Workbench, read: () => T): T {
  return useSyncExternalStore((onChange) => {
    const stops = [workbench.document.store, workbench.session, workbench.view].map((store) =>
      store.subscribe(onChange),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }, read);
}
