import type { Workbench } from '../state/workbench.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { isMac, isTyping, matchesKeys } from './keys.ts';

/** Runs a command if it can be run now. */
export function runCommand(command: Command, workbench: Workbench): void {
  if (command.enabled(workbench)) void command.run(workbench);
}

/** The command that a key press means here and now, if any. */
export function commandOf(event: KeyboardEvent, workbench: Workbench): Command | undefined {
  const mac = isMac();
  const typing = isTyping(event.target);
  return commands.find(
    (command) =>
      (!typing || command.whileTyping === true) &&
      command.keys.some((keys) => matchesKeys(event, keys, mac)) &&
      command.enabled(workbench),
  );
}

/** Listens to the page's keys. Returns how to stop. */
export function listenToKeys(workbench: Workbench, target: Window = window): () => void {
  const onKey = (event: KeyboardEvent): void => {
    // A dialog or a menu has the keyboard to itself.
    const inside =
      event.target instanceof HTMLElement && event.target.closest('[role="dialog"], [role="menu"]') !== null;
    if (event.defaultPrevented || inside) return;
    const command = commandOf(event, workbench);
    if (command === undefined) return;
    event.preventDefault();
    runCommand(command, workbench);
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}
