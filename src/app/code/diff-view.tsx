// Two texts with their differences marked, side by side where there is room. Read only.
import { useEffect, useRef } from 'react';
import { useTheme } from '../state/context.tsx';
import styles from './diff-view.module.css';
import { createDiffEditor, type DiffEditor, setEditorTheme } from './monaco.ts';

interface DiffViewProps {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}

export function DiffView({ before, after, label }: DiffViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<DiffEditor | null>(null);
  const theme = useTheme();
  const first = useRef({ theme, label });
  useEffect(() => {
    if (box.current === null) return;
    const own = createDiffEditor(box.current, first.current.theme, first.current.label);
    editor.current = own;
    return () => {
      editor.current = null;
      own.dispose();
    };
  }, []);
  useEffect(() => editor.current?.show(before, after), [before, after]);
  useEffect(() => setEditorTheme(theme), [theme]);
  return <section ref={box} className={styles['diff']} aria-label={label} />;
}
