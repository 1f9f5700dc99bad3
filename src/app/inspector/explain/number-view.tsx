// One number: what it is, how it comes together, its terms, the window that they lie in, and its fields.
import type { NumberExplanation } from '../../../engine/protocol/explain.ts';
import { useSession } from '../../state/context.tsx';
import { isStale } from '../../state/session-store.ts';
import type { Place } from '../../state/walk.ts';
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
  readonly answer: NumberExplanation | null;
  readonly settled: boolean;
  /** `instead`: in place of the number looked at, not after it. */
  readonly onGo: (to: Place, instead?: boolean) => void;
  readonly onMore: () => void;
}

export function NumberView({ answer, settled, onGo, onMore }: NumberViewProps) {
  const waits = useSession((data) => isStale(data) || data.run.kind === 'running');
  if (answer === null) return <p className={styles['missing']}>{settled && !waits ? t.missing : texts.ui.loading}</p>;
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
