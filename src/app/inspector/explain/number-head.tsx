// The number itself, what else there is of the same element, and the sentence that puts it together.
import { LogIn } from 'lucide-react';
import type { ElementAt, NumberExplanation } from '../../../engine/protocol/explain.ts';
import { useWorkbench } from '../../state/context.tsx';
import { nodeOfName, type Place } from '../../state/walk.ts';
import { Button } from '../../ui/button.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatExact } from '../../ui/format.ts';
import { ElementLink } from './element-link.tsx';
import { openAt } from './follow.ts';
import styles from './number-head.module.css';

const t = explainTexts;

interface NumberHeadProps {
  readonly answer: NumberExplanation;
  readonly onGo: (to: Place) => void;
}

export function NumberHead({ answer, onGo }: NumberHeadProps) {
  const { name, at, op, kind, value, related, text, inside } = answer;
  return (
    <section className={styles['head']} aria-label={t.looked}>
      <p className={styles['name']}>
        <code data-element>{t.element(name, at.join(', '))}</code>
        <span className={styles['kind']}>
          {op === null ? '' : `${op} · `}
          {t.kinds[kind]}
        </span>
      </p>
      <p className={styles['value']}>{formatExact(value)}</p>
      {related.length > 0 && (
        <ul className={styles['related']} aria-label={t.related}>
          {related.map(({ as, element }) => (
            <li key={as}>
              <ElementLink element={element} onGo={onGo}>
                {t.relations[as]}
              </ElementLink>
            </li>
          ))}
        </ul>
      )}
      <p className={styles['formula']}>
        <span className="visually-hidden">{t.formula}: </span>
        {text}
      </p>
      {inside !== null && <OpenInside inside={inside} />}
    </section>
  );
}

/** The same number as a step of what its node stands for. */
function OpenInside({ inside }: { readonly inside: ElementAt }) {
  const workbench = useWorkbench();
  const open = async (): Promise<void> => {
    await openAt(workbench, nodeOfName(inside.name));
    workbench.explain(inside);
  };
  return (
    <p>
      <Button icon={LogIn} onClick={() => void open()}>
        {t.openInside(t.element(inside.name, inside.at.join(', ')))}
      </Button>
    </p>
  );
}
