import type { Workbench } from '../state/workbench.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { isMac, isTyping, matchesKeys } from './keys.ts';
import { pasteCommand } from './paste.ts';

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
      command.byEvent !== true &&
      (!typing || command.whileTyping === true) &&
      command.keys.some((keys) => matchesKeys(event, keys, mac)) &&
      command.enabled(workbench),
  );
}

/** Listens to the page's keys. Returns how to stop. */
export function listenToKeys(workbench: Workbench, target: Window = window): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    // The browser's own F5 would load the page anew in the middle of a training: where it has nothing to run it does nothing.
    if (isRunKey(event)) event.preventDefault();
    if (hasOwnKeys(event.target)) return;
    // A browser whose clipboard is still empty tells of no paste.
    const command = isPasteBehindCopy(event, workbench) ? pasteCommand : commandOf(event, workbench);
    if (command === undefined) return;
    event.preventDefault();
    takeTyped(event.target);
    runCommand(command, workbench);
  };
  // Files and nodes are pasted wherever nobody types; the browser hands the clipboard over with the key.
  const onPaste = (event: ClipboardEvent): void => {
    const { clipboardData } = event;
    if (event.defaultPrevented || clipboardData === null || isTyping(event.target) || hasOwnKeys(event.target)) return;
    event.preventDefault();
    const files = [...clipboardData.files];
    if (files.length > 0) void import('./support/files.ts').then(({ openFiles }) => openFiles(workbench, files));
    else if (pasteCommand.enabled(workbench)) {
      const text = clipboardData.getData('text/plain');
      void import('./support/clipboard.ts').then(({ pasteFromClipboard }) => pasteFromClipboard(workbench, text));
    }
  };
  target.addEventListener('keydown', onKey);
  target.addEventListener('paste', onPaste);
  return () => {
    target.removeEventListener('keydown', onKey);
    target.removeEventListener('paste', onPaste);
  };
}

function isPasteBehindCopy(event: KeyboardEvent, { copying }: Workbench): boolean {
  return (
    copying.done !== null &&
    !isTyping(event.target) &&
    pasteCommand.keys.some((keys) => matchesKeys(event, keys, isMac()))
  );
}

/** One of the function keys that step and run, whether or not there is something to run now. */
function isRunKey(event: KeyboardEvent): boolean {
  return (
    /^F\d+$/.test(event.key) &&
    commands.some(({ group, keys }) => group === 'run' && keys.some((each) => matchesKeys(event, each, isMac())))
  );
}

/** A field takes what is being typed over as if it were left: the command that comes then is to find it. */
function takeTyped(target: EventTarget | null): void {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (isField && target.closest('.monaco-editor') === null)
    target.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
}

/** A dialog or a menu has the keyboard to itself. */
function hasOwnKeys(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role="dialog"], [role="menu"]') !== null;
}
