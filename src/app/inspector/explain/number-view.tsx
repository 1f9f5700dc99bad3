// One number: what it is, how it comes together, its terms, the window that they lie in, and its fields.
import { ArrowRightToLine } from 'lucide-react';
import type { NumberExplanation } from '../../../engine/protocol/explain.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { canStep, isStale } from '../../state/session-store.ts';
import { nodeOfName, type Place } from '../../state/walk.ts';
import { Button } from '../../ui/button.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatExact } from '../../ui/format.ts';
import { texts } from '../../ui/texts.ts';
import { ElementPicture } from './element-picture.tsx';
import { FieldPictures } from './field-pictures.tsx';
import { NamedNumbers } from './named-numbers.tsx';
import { NumberGrids } from './number-grids.tsx';
import { NumberHead } from './number-head.tsx';
import styles from './number-view.module.css';
import { TermList } from './term-list.tsx';

const t = explainTexts;

export interface NumberViewProps {
  /** The value that the number belongs to. */
  readonly name: string;
  readonly answer: NumberExplanation | null;
  readonly settled: boolean;
  /** `instead`: in place of the number looked at, not after it. */
  readonly onGo: (to: Place, instead?: boolean) => void;
  readonly onMore: () => void;
}

export function NumberView({ name: asked, answer, settled, onGo, onMore }: NumberViewProps) {
  const waits = useSession((data) => isStale(data) || data.run.kind === 'running');
  if (answer === null)
    return settled && !waits ? <Missing name={asked} /> : <p className={styles['missing']}>{texts.ui.loading}</p>;
  const { name, index, at, value, paths, parts, grids } = answer;
  const sum = t.announce(t.element(name, at.join(', ')), formatExact(value), t.total[answer.by], answer.termCount);
  return (
    <div className={styles['view']} aria-busy={!settled}>
      <p className="visually-hidden" role="status">
        {settled ? sum : ''}
      </p>
      <div className={styles['column']}>
        <NumberHead answer={answer} onGo={onGo} />
        <ElementPicture answer={answer} onGo={(to) => onGo(to, true)} />
        <NamedNumbers label={t.paths} numbers={paths} onGo={onGo} sum={answer.result} />
        <NamedNumbers label={t.parts} numbers={parts} onGo={onGo} />
        {grids.length > 0 && <NumberGrids grids={grids} onGo={onGo} />}
        <TermList key={`${name} ${index}`} answer={answer} onGo={onGo} onMore={onMore} />
      </div>
      <div className={styles['column']}>
        <FieldPictures place={answer} onGo={onGo} />
      </div>
    </div>
  );
}

/** Says that there is no number yet, and runs to where it is. */
function Missing({ name }: Pick<NumberViewProps, 'name'>) {
  const { link } = useWorkbench();
  const able = useSession(canStep);
  const phase = name.startsWith('grad(') ? 'backward' : 'forward';
  const last = useSession((data) => data.lastSteps[nodeOfName(name)]?.[phase]);
  return (
    <div className={styles['missing']}>
      <p>{t.missing}</p>
      {last !== undefined && (
        <Button
          icon={ArrowRightToLine}
          disabled={!able}
          onClick={({ currentTarget }) => {
            // It goes with what it brings.
            currentTarget.closest<HTMLElement>('[data-walk]')?.focus();
            void link.control({ kind: 'run_to', step: last + 1 });
          }}
        >
          {t.runToIt}
        </Button>
      )}
    </div>
  );
}
