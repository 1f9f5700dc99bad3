// What a command is. Menus, the command palette, buttons and shortcuts all derive from these records.
import type { LucideIcon } from 'lucide-react';
import type { Workbench } from '../state/workbench.ts';
import type { texts } from '../ui/texts.ts';

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: keyof typeof texts.commands.groups;
  /** Shortcuts, `Mod+Shift+Z`; the first is shown. */
  readonly keys: readonly string[];
  /** Of its button; that of a command without one is in command-icons.ts, which comes later. */
  readonly icon?: LucideIcon;
  /** The shortcut works while text is being typed, too. */
  readonly whileTyping?: true;
  /** The browser tells of it by an event of its own (paste); the shortcut is only shown. */
  readonly byEvent?: true;
  /** The title with what it would do now. */
  titleNow?(workbench: Workbench): string;
  enabled(workbench: Workbench): boolean;
  /** Of a switch: whether it is on. */
  checked?(workbench: Workbench): boolean;
  run(workbench: Workbench): void | Promise<void>;
}
