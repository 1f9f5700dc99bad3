import type { LucideIcon } from 'lucide-react';
import { Button, IconButton } from '../ui/button.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import type { Command } from './command.ts';
import { useCommand } from './use-command.ts';

interface CommandButtonProps {
  readonly command: Command;
  /** Of a command that has none of its own. */
  readonly icon?: LucideIcon;
  readonly look?: 'plain' | 'primary' | 'quiet';
  /** With its title as text, not as icon alone. */
  readonly text?: string;
  readonly className?: string | undefined;
}

/** A button that runs a command and is enabled when the command is. */
export function CommandButton({ command, icon = command.icon, look = 'quiet', text, className }: CommandButtonProps) {
  const { title, keys, enabled, checked, run } = useCommand(command);
  const state = {
    look,
    disabled: !enabled,
    onClick: run,
    className,
    ...(checked === undefined ? {} : { pressed: checked }),
    ...(icon ? { icon } : {}),
  };
  if (text !== undefined || icon === undefined) {
    // Nothing to tell where it would only repeat what stands there.
    return (
      <Tooltip text={keys === undefined && (text ?? title) === title ? '' : title} keys={keys}>
        <Button {...state}>{text ?? title}</Button>
      </Tooltip>
    );
  }
  return <IconButton {...state} icon={icon} label={title} keys={keys} />;
}
