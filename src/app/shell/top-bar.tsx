import { ChevronDown, Command as CommandIcon, Moon, Sun } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { setFile } from '../../graph/edits/set-file.ts';
import { CommandButton } from '../commands/command-button.tsx';
import { paletteCommand } from '../commands/palette.ts';
import { redoCommand } from '../commands/redo.ts';
import { themeCommand } from '../commands/theme.ts';
import { toggleDockCommand } from '../commands/toggle-dock.ts';
import { toggleInspectorCommand } from '../commands/toggle-inspector.ts';
import { togglePaletteCommand } from '../commands/toggle-palette.ts';
import { undoCommand } from '../commands/undo.ts';
import { useCommand } from '../commands/use-command.ts';
import { useDocument, useTheme, useWorkbench } from '../state/context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { texts } from '../ui/texts.ts';
import { useFileMenu } from './file-menu.ts';
import { RunControls } from './run-controls.tsx';
import { RunStatus } from './run-status.tsx';
import styles from './top-bar.module.css';

export function TopBar() {
  const theme = useTheme();
  const palette = useCommand(paletteCommand);
  const themeSwitch = useCommand(themeCommand);
  const menu = useFileMenu();
  return (
    <header className={styles['bar']}>
      <div className={styles['left']}>
        <Logo />
        <Menu entries={menu.entries} onPrepare={menu.prepare}>
          <Button look="quiet">
            {texts.shell.file}
            <ChevronDown size={13} aria-hidden />
          </Button>
        </Menu>
        <FileName />
        <span className={styles['gap']} />
        <CommandButton command={undoCommand} />
        <CommandButton command={redoCommand} />
      </div>
      <RunControls />
      <div className={styles['right']}>
        <RunStatus />
        <span className={styles['panelButtons']}>
          <CommandButton command={togglePaletteCommand} />
          <CommandButton command={toggleDockCommand} />
          <CommandButton command={toggleInspectorCommand} />
        </span>
        <span className={styles['gap']} />
        <IconButton label={palette.title} icon={CommandIcon} keys={palette.keys} onClick={palette.run} />
        <IconButton
          label={themeSwitch.title}
          icon={theme === 'dark' ? Sun : Moon}
          keys={themeSwitch.keys}
          onClick={themeSwitch.run}
        />
      </div>
    </header>
  );
}

/** Two wires that meet: the chain rule as a sign. */
function Logo() {
  return (
    <span className={styles['logo']}>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="var(--accent)" />
        <path
          d="M8 9.5C15 9.5 13 16 20 16M8 22.5C15 22.5 13 16 20 16H25"
          fill="none"
          stroke="var(--accent-ink)"
          strokeWidth="2.4"
          strokeLinecap="round"
        />
        <circle cx="8" cy="9.5" r="3" fill="var(--accent-ink)" />
        <circle cx="8" cy="22.5" r="3" fill="var(--accent-ink)" />
        <circle cx="20" cy="16" r="3.4" fill="var(--accent-ink)" />
      </svg>
      <h1 className={styles['name']}>{texts.name}</h1>
    </span>
  );
}

function FileName() {
  const { edit } = useWorkbench();
  const name = useDocument((data) => data.graph.name);
  const saved = useDocument((data) => data.saved);
  const field = useRef<HTMLInputElement>(null);
  // Tells one tab of the browser from another.
  useEffect(() => {
    document.title = name === '' ? texts.name : `${name} · ${texts.name}`;
  }, [name]);
  const commit = (): void => {
    const next = field.current?.value.trim() ?? '';
    if (next !== '' && next !== name) edit(texts.edits.rename, (draft) => setFile(draft, { name: next }));
    else if (field.current) field.current.value = name;
  };
  return (
    <span className={styles['file']}>
      <span className={styles['fit']} data-text={name}>
        <input
          key={name}
          ref={field}
          className={styles['fileName']}
          defaultValue={name}
          aria-label={texts.shell.rename}
          spellCheck={false}
          size={1}
          onInput={({ currentTarget }) => {
            if (currentTarget.parentElement) currentTarget.parentElement.dataset['text'] = currentTarget.value;
          }}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            if (event.key !== 'Escape') return;
            event.currentTarget.value = name;
            event.currentTarget.blur();
          }}
        />
      </span>
      <span className={styles['saved']}>
        {saved === 'saved' ? texts.shell.saved : saved === 'saving' ? texts.shell.saving : texts.shell.notSaved}
      </span>
    </span>
  );
}
