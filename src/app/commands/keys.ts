// Shortcuts as text: `Mod+Shift+Z`, `F10`, `/`. Mod is Ctrl, or Command on a Mac.

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Whether a key press is the shortcut. */
export function matchesKeys(press: KeyPress, keys: string, mac: boolean): boolean {
  const parts = keys.split('+').filter((part) => part !== '');
  const key = keys.endsWith('++') || keys === '+' ? '+' : (parts.at(-1) as string);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (mod !== parts.includes('Mod') || other || press.altKey !== parts.includes('Alt')) return false;
  const printable = key.length === 1 && !/[a-z]/i.test(key);
  // `?` or `/` need Shift on some keyboards: what counts is the character.
  if (!printable && press.shiftKey !== parts.includes('Shift')) return false;
  return press.key.toLowerCase() === key.toLowerCase();
}

/** As people read it: `Ctrl+Shift+Z`, `⇧⌘Z`. */
export function printKeys(keys: string, mac: boolean): string {
  if (!mac) return keys.replace('Mod', 'Ctrl');
  const symbols: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' };
  const parts = keys.split('+');
  return parts.map((part) => symbols[part] ?? part).join('');
}

/** Whether this machine's shortcuts use the Command key. */
export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');
}

/** Whether typing goes into the element: plain keys are then its own. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="textbox"], .monaco-editor')) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'range', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
