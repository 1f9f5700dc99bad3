// Every fault that the file, the compiler and training report: what, where, and what mends it.
import { CircleAlert, Info, TriangleAlert, Wrench } from 'lucide-react';
import { applyQuickFix } from '../../graph/edits/apply-quick-fix.ts';
import { resolvePath } from '../../graph/references.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { allProblems } from '../state/all-problems.ts';
import { useDocument, useSession, useWorkbench } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { LinkButton } from '../ui/link-button.tsx';
import { Message } from '../ui/message.tsx';
import { plainMessage } from '../ui/plain-message.ts';
import { texts } from '../ui/texts.ts';
import styles from './problems-panel.module.css';

const icons = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;

export function ProblemsPanel() {
  const faults = useDocument((data) => data.faults);
  const problems = useSession((data) => data.problems);
  const document = useDocument((data) => data.document);
  const all = allProblems(problems, { faults, document });
  if (all.length === 0) return <p className={styles['none']}>{texts.problems.none}</p>;
  return (
    <ul className={styles['list']}>
      {all.map((each) => (
        <Problem key={`${each.code} ${each.at.path ?? each.at.json ?? ''} ${each.message}`} diagnostic={each} />
      ))}
    </ul>
  );
}

function Problem({ diagnostic }: { readonly diagnostic: Diagnostic }) {
  const { reveal, edit, document } = useWorkbench();
  const { severity, message, code, hint, at, fixes } = diagnostic;
  const Icon = icons[severity];
  const place =
    at.path === undefined ? at.json : `${at.path}${at.port ? `.${at.port}` : at.attribute ? ` · ${at.attribute}` : ''}`;
  return (
    <li className={cx(styles['problem'], styles[severity])}>
      <Icon size={15} aria-label={texts.problems[severity]} />
      <div className={styles['text']}>
        <p>
          {place !== undefined && place !== '' && at.path !== undefined ? (
            <LinkButton mono title={texts.problems.goTo} onClick={() => void reveal(at.path as string)}>
              {place}
            </LinkButton>
          ) : (
            place && <code>{place}</code>
          )}{' '}
          <Message text={message} />
        </p>
        {hint !== undefined && (
          <p className={styles['hint']}>
            <Message text={hint} />
          </p>
        )}
      </div>
      <div className={styles['fixes']}>
        {at.path !== undefined &&
          fixes?.map((fix) => (
            <Button
              key={fix.title}
              icon={Wrench}
              onClick={() => {
                const where = resolvePath(document.store.getState().document, at.path as string);
                if (where)
                  edit(texts.edits.fix(plainMessage(fix.title)), (draft) =>
                    applyQuickFix(draft, where.scope, where.id, fix),
                  );
              }}
            >
              <span>
                <Message text={fix.title} />
              </span>
            </Button>
          ))}
        <code className={styles['code']}>{code}</code>
      </div>
    </li>
  );
}
