import { Button, IconButton } from '../ui/button.tsx';
import type { Command } from './command.ts';
import { useCommand } from './use-command.ts';

interface CommandButtonProps {
  readonly command: Command;
  readonly look?: 'plain' | 'primary' | 'quiet';
  /** With its title as text, not as icon alone. */
  readonly text?: string;
  readonly className?: string | undefined;
}

/** A button that runs a command and is enabled when the command is. */
export function CommandButton({ command, look = 'quiet', text, className }: CommandButtonProps) {
  const { title, keys, enabled, checked, run } = useCommand(command);
  const state = {
    look,
    disabled: !enabled,
    onClick: run,
    className,
    ...(checked === undefined ? {} : { pressed: checked }),
    ...(command.icon ? { icon: command.icon } : {}),
  };
  if (text !== undefined || command.icon === undefined) return <Button {...state}>{text ?? title}</Button>;
  return <IconButton {...state} icon={command.icon} label={title} keys={keys} />;
}
