import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { cx } from '../ui/cx.ts';
import { Message } from '../ui/message.tsx';
import { texts } from '../ui/texts.ts';
import styles from './diagnostic-list.module.css';

const icons = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;

/** What went wrong, and what to do about it. */
export function DiagnosticList({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) {
  if (diagnostics.length === 0) return null;
  return (
    <ul className={styles['list']} role="status">
      {diagnostics.map(({ severity, message, hint, at, code }) => {
        const Icon = icons[severity];
        return (
          <li key={`${code} ${at.path ?? at.json ?? ''} ${message}`} className={cx(styles['item'], styles[severity])}>
            <Icon size={14} aria-label={texts.problems[severity]} />
            <span>
              {at.path !== undefined && <code>{at.path} </code>}
              <Message text={message} />
              {hint !== undefined && (
                <em>
                  <Message text={hint} />
                </em>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
